"""The preview: what it shows, and that what it shows can do nothing."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from digests.desk.preview import in_scheme
from digests.models import Chart, Digest, Summary
from tests.factories import make_approved, make_digest, make_editor

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(make_editor())
    return browser


def page_of(digest, language="en", **asked):
    return reverse("admin:digests_digest_preview", args=[digest.pk, language], query=asked)


def frame_of(digest, language="en", **asked):
    return reverse("admin:digests_digest_preview_html", args=[digest.pk, language], query=asked)


def test_the_preview_shows_subject_size_problems_and_both_parts(browser):
    digest = make_digest()
    page = browser.get(page_of(digest))
    words = page.content.decode()
    made = page.context["mail"]
    assert made.words.subject in words.replace("&#x27;", "'")
    assert str(made.size) in words and "the goal is 80000" in words
    assert "About a llm paper" in words
    assert "as they should be" in words


def test_what_is_wrong_with_the_mail_stands_beside_it(browser, settings):
    settings.POSTAL_ADDRESS = ""
    assert "The postal address is missing" in browser.get(page_of(make_digest())).content.decode()


def test_a_readers_choice_of_categories_is_what_is_shown(browser):
    digest = make_digest(sections=["llm", "audio"])
    asked = {"only": "audio"}
    text = browser.get(page_of(digest, **asked)).context["mail"].words.text
    html = browser.get(frame_of(digest, **asked)).content.decode()
    for part in (text, html):
        assert "About a audio paper" in part and "About a llm paper" not in part


def test_a_digest_without_papers_has_no_mail_to_show(browser):
    digest = make_digest(sections=())
    assert "get no mail" in browser.get(page_of(digest)).content.decode()
    assert browser.get(frame_of(digest)).status_code == 404


@pytest.mark.parametrize("asked", [{"only": "nonsense"}, {"known": "-1"}, {"known": "9" * 30}, {"scheme": "pink"}, {"width": "1"}])  # fmt: skip
def test_nonsense_in_the_address_shows_the_usual_mail(browser, asked):
    page = browser.get(page_of(make_digest(), **asked))
    assert page.status_code == 200
    assert "About a llm paper" in page.context["mail"].words.text


def test_a_language_that_is_not_written_is_not_there(browser):
    digest = make_digest()
    assert browser.get(page_of(digest, "fr")).status_code == 404
    assert browser.get(frame_of(digest, "fr")).status_code == 404


def test_what_was_approved_is_shown_as_it_was(browser):
    digest = make_approved()
    Summary.objects.all().delete()
    assert "About a llm paper" in browser.get(frame_of(digest)).content.decode()


def test_without_images_the_frame_loads_none(browser):
    digest = make_digest()
    policy = browser.get(frame_of(digest, images="off")).headers["Content-Security-Policy"]
    assert "img-src 'none'" in policy and "frame-ancestors 'self'" in policy
    assert "img-src 'none'" not in browser.get(frame_of(digest)).headers["Content-Security-Policy"]


@pytest.mark.parametrize("images", ["on", "off"])
def test_the_frame_runs_nothing(browser, images):
    digest = make_digest()
    page = browser.get(page_of(digest, images=images)).content.decode()
    assert re.search(r'<iframe [^>]*sandbox=""', page)
    answer = browser.get(frame_of(digest, images=images))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_each_scheme_is_shown_whatever_the_browser_is_set_to():
    html = (
        '<meta name="color-scheme" content="light dark"><style>:root { color-scheme: light dark; }'
        "@media (prefers-color-scheme: dark) { body { color: #fff } }</style>"
    )
    dark, light = in_scheme(html, "dark"), in_scheme(html, "light")
    assert "@media all {" in dark and "@media not all {" in light
    assert "light dark" not in dark + light
    assert 'content="dark"' in dark and "color-scheme: light;" in light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_real_mail_has_a_dark_scheme_to_show(browser, scheme):
    html = browser.get(frame_of(make_digest(), scheme=scheme)).content.decode()
    assert "prefers-color-scheme" not in html
    assert ("@media all" in html) == (scheme == "dark")


def test_a_chart_that_travels_in_the_mail_is_shown_here(browser, settings):
    settings.MAIL_CHART = "inline"
    digest = make_digest()
    Chart.objects.create(digest=digest, language="en", png=b"png", sha256="a" * 64, width=600, height=100)
    html = browser.get(frame_of(digest)).content.decode()
    assert "cid:" not in html and reverse("chart", args=["a" * 64]) in html


def test_the_personal_links_of_a_preview_are_nobodys(browser, client):
    html = browser.get(frame_of(make_digest())).content.decode()
    [leave] = set(re.findall(r'href="[^"]*?(/nobody/unsubscribe/)"', html))
    assert client.get(leave).status_code == 200


def test_a_correction_is_not_previewed_as_a_digest(browser):
    assert browser.get(page_of(make_digest(kind=Digest.Kind.CORRECTION, sections=()))).status_code == 404
