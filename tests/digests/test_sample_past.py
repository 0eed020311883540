"""The sample's past must be fit to be read, and must look like days that the clock itself has made."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from digests import sample
from digests.archive.public import catalogued_papers
from digests.collecting.day_state import ListReport
from digests.content import hash_of, snapshot
from digests.due import due_days
from digests.models import DayReport, Digest, Summary
from digests.sample import lists, past
from tests.digests.test_sample_day import ADDRESS, ARXIV_CATEGORY, ARXIV_ID, PAPERS
from tests.factories import DAY, make_digest, make_editor

DAYS = past.papers_by_day()
ROWS = [row for rows in DAYS for row in rows]
SUNDAY = dt.date(2026, 11, 29)  # Thanksgiving was on Thursday: arXiv announced nothing on its eve's morrow

each_paper = pytest.mark.parametrize("row", ROWS, ids=[row["arxiv_id"] for row in ROWS])


def test_no_paper_comes_twice_in_the_past_or_in_the_sample_day() -> None:
    ids = [row["arxiv_id"] for row in [*ROWS, *PAPERS]]
    assert len(set(ids)) == len(ids)


def test_each_day_of_the_past_is_a_small_digest() -> None:
    assert len(DAYS) >= 10
    assert all(3 <= len(rows) <= 6 for rows in DAYS)


@each_paper
def test_every_paper_of_the_past_can_be_told_of(row: dict[str, Any]) -> None:
    assert ARXIV_ID.fullmatch(row["arxiv_id"])
    assert row["title"] == " ".join(row["title"].split()) != ""
    assert row["authors"] and all(author.strip() for author in row["authors"])
    assert len(row["abstract"].split()) >= 60
    assert not ADDRESS.search(row["abstract"])
    assert all(ARXIV_CATEGORY.fullmatch(category) for category in row["categories"])
    assert (row["votes"] is not None) == (row["source"] == "huggingface")


@pytest.mark.django_db
def test_the_past_has_digests_on_the_days_of_arxivs_calendar_and_leaves_out_days_that_have_one() -> None:
    make_digest(dt.date(2026, 11, 25))
    days = past.days_before(SUNDAY, 4)
    assert [day.isoformat() for day in days.busy] == ["2026-11-20", "2026-11-21", "2026-11-24", "2026-11-26"]
    assert [day.isoformat() for day in days.quiet] == ["2026-11-22", "2026-11-23", "2026-11-27", "2026-11-28"]


@pytest.mark.django_db
def test_a_day_of_the_past_is_approved_on_its_morning_and_found_in_the_archive(settings, client) -> None:
    settings.OPENAI_API_KEY = "a key that must not be used: no model is asked for a trial"
    editor = make_editor()
    digest = past.write(DAY, DAYS[0], editor)
    digest.refresh_from_db()
    assert (digest.status, digest.is_sample, digest.approved_by) == (Digest.Status.APPROVED, True, editor)
    assert digest.approved_at is not None and digest.approved_at.astimezone(dt.UTC).date() == dt.date(2024, 11, 21)
    assert digest.approved_content == snapshot(digest) and digest.content_hash == hash_of(snapshot(digest))
    assert digest.charts.count() == 2
    assert {summary.written_by for summary in Summary.objects.all()} == {Summary.OFFLINE}
    assert {paper.arxiv_id for paper in catalogued_papers()} == {row["arxiv_id"] for row in DAYS[0]}
    page = client.get(f"/{DAY}/").content.decode()
    assert all(row["arxiv_id"] in page for row in DAYS[0])
    assert DAYS[0][0]["arxiv_id"] in client.get("/search/", {"q": DAYS[0][0]["title"]}).content.decode()
    assert str(DAY) in client.get("/feed/").content.decode()


@pytest.mark.django_db
def test_lists_of_the_past_have_a_median_once_there_are_enough_and_quiet_days_have_nothing(settings) -> None:
    days = past.days_before(SUNDAY, 9)
    lists.report(days)
    told = {report.day: report for report in DayReport.objects.all()}
    assert {day for day, report in told.items() if report.state == DayReport.State.QUIET} == set(days.quiet)
    last = {name: ListReport(**each) for name, each in told[days.busy[-1]].sources.items()}
    assert set(last) == set(settings.DIGEST_SOURCES)
    assert all(report.listed >= report.new > 0 and report.median for report in last.values())
    first = {name: ListReport(**each) for name, each in told[days.busy[0]].sources.items()}
    assert all(report.median is None for report in first.values())
    assert any(ListReport(**told[day].sources[lists.FAILING]).is_thin for day in days.busy)
    assert lists.FAILED_SAYS in told[days.busy[lists.FAILS_ON]].why


@pytest.mark.django_db
def test_a_report_that_a_day_has_already_is_left_alone() -> None:
    days = past.days_before(SUNDAY, 2)
    DayReport.objects.create(day=days.busy[0], list_day=days.busy[0], state=DayReport.State.FAILED, why="It did fail.")
    lists.report(days)
    assert DayReport.objects.get(day=days.busy[0]).why == "It did fail."
    assert DayReport.objects.get(day=days.busy[1]).state == DayReport.State.FRESH


@pytest.mark.django_db
def test_the_clock_has_missed_nothing_in_the_past() -> None:
    with time_machine.travel("2026-11-29T10:00:00+09:00", tick=False):
        days = past.days_before(SUNDAY, 3)
        lists.report(days)
        for day in days.busy:
            make_digest(day, is_sample=True)
        assert due_days(dt.datetime.now(dt.UTC)) == [SUNDAY]


@pytest.mark.django_db
def test_the_samples_papers_are_stored_once_and_marked() -> None:
    first, again = sample.chosen_of(DAYS[0]), sample.chosen_of(DAYS[0])
    assert [choice.paper_id for choice in first] == [choice.paper_id for choice in again]
