"""The latest digest in a few lines, beside the form for signing up."""

import datetime as dt

import pytest
from django.utils import translation

from digests.glimpse import glimpse
from digests.models import Digest
from tests.factories import make_approved, make_digest

pytestmark = pytest.mark.django_db


def test_without_a_digest_there_is_none() -> None:
    make_digest()  # a draft is nobody's business
    assert glimpse("en") is None


@pytest.mark.parametrize(("language", "line"), [("ko", "논문을 소개한다"), ("en", "About a")])
def test_it_shows_the_latest_digest_with_a_line_on_each_papers_subject(language: str, line: str) -> None:
    make_approved(day=dt.date(2024, 11, 21))
    make_approved(day=dt.date(2024, 11, 22), sections=("llm", "computer-vision", "robotics", "audio"))
    with translation.override(language):
        shown = glimpse(language)
    assert shown is not None
    assert shown["url"] == "/2024-11-22/"
    assert (shown["paper_count"], shown["category_count"], len(shown["papers"])) == (4, 4, 3)
    assert all(line in paper["line"] and paper["title"] for paper in shown["papers"])


def test_the_page_with_the_form_shows_it(client) -> None:  # type: ignore[no-untyped-def]
    digest = make_approved()
    page = client.get("/subscribe/", headers={"accept-language": "en"}).content.decode()
    assert "From the latest digest" in page and "/2024-11-22/" in page
    assert str(Digest.objects.get(pk=digest.pk).sections.first().entries.first().paper.title) in page
