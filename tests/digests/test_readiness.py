"""Is a digest fit to be sent? Each check by what it is made of."""

import pytest
from django.utils import translation

from digests.content import snapshot
from digests.models import Chart, DayReport, Digest, Summary
from digests.readiness import State, examine, is_green, obstacles
from digests.weekly import build_weekly
from digests.writing.making import Making, Short
from tests.factories import DAY, make_digest, make_week

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def digest():
    return with_charts(make_digest())


def with_charts(digest):
    for language in ("ko", "en"):
        Chart.objects.create(digest=digest, language=language, png=b"png", sha256=language * 32, width=600, height=100)
    return digest


def checks(digest):
    return examine(digest, snapshot(digest))


def worries(digest):
    return {check.name: check.state.value for check in checks(digest) if check.state is not State.GOOD}


def words(digest, name):
    return next(check.text for check in checks(digest) if check.name == name)


def test_a_clean_digest_is_green(digest):
    assert worries(digest) == {}
    assert is_green(checks(digest))


def test_a_digest_without_papers_cannot_be_sent():
    digest = make_digest(sections=())
    assert worries(digest)["papers"] == "stop"
    assert [check.name for check in obstacles(checks(digest))] == ["papers"]


def test_a_missing_summary_is_named_with_its_language(digest):
    Summary.objects.filter(section__category__slug="llm", language="en").delete()
    assert worries(digest) == {"summaries": "look"}
    assert "(en)" in words(digest, "summaries") and "(ko)" not in words(digest, "summaries")


def test_a_summary_without_a_word_is_missing(digest):
    summary = Summary.objects.filter(language="ko").first()
    Summary.objects.filter(pk=summary.pk).update(parts={part: [] for part in summary.parts})
    assert worries(digest) == {"summaries": "look"}


def test_doubts_are_counted_by_kind(digest):
    Summary.objects.filter(language="ko").update(flags=[{"kind": "number not in the abstract", "text": "5%"}])
    assert worries(digest) == {"doubts": "look"}
    assert words(digest, "doubts") == "2 statements are marked: number not in the abstract 2."


def test_where_the_built_in_writer_stood_in_is_told(digest):
    Summary.objects.filter(section__category__slug="llm", language="ko").update(
        making=Making(short=Short.MODEL).as_json()
    )
    assert worries(digest) == {"writer": "look"}


def test_a_chart_that_was_not_drawn_is_told(digest):
    Chart.objects.filter(language="en").delete()
    assert worries(digest) == {"chart": "look"}


def test_a_list_that_failed_is_told(digest):
    DayReport.objects.create(
        day=DAY, list_day=DAY, state="fresh", sources={"arxiv": {"failed": "status 503"}, "huggingface": {"failed": ""}}
    )
    assert worries(digest) == {"sources": "look"}
    assert words(digest, "sources") == "arxiv: status 503"


def test_a_thin_list_is_told(digest):
    DayReport.objects.create(day=DAY, list_day=DAY, state="fresh", why="huggingface: lists 3 papers where 20 are usual.")  # fmt: skip
    assert words(digest, "sources") == "huggingface: lists 3 papers where 20 are usual."


def test_a_sample_is_told():
    digest = with_charts(make_digest(is_sample=True))
    assert worries(digest) == {"sample": "look"}


def test_a_digest_that_advertises_has_a_line_that_says_it_is_marked(digest):
    assert "advertising" not in [check.name for check in checks(digest)]
    digest.is_advertising = True
    assert words(digest, "advertising") == "It is marked: every subject begins with (광고)."


def test_an_advertising_mail_without_the_mark_cannot_be_sent(digest, monkeypatch):
    monkeypatch.setattr("digests.rendering._mark", lambda content: "")
    digest.is_advertising = True
    assert worries(digest) == {"advertising": "stop"}


def test_a_mail_without_a_postal_address_cannot_be_sent(digest, settings):
    settings.POSTAL_ADDRESS = ""
    assert worries(digest) == {"mail": "stop"}
    assert "ko: The postal address is missing" in words(digest, "mail")


def test_a_weekly_digest_is_green_though_no_list_was_read_for_it():
    make_week()
    weekly = build_weekly(DAY.replace(day=25)).digest
    DayReport.objects.create(day=weekly.day, list_day=weekly.day, state="failed", why="All is down.")
    assert isinstance(weekly, Digest)
    assert worries(weekly) == {}
