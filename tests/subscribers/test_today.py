"""Admin's front page: what it says of the day, and the one thing to press."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from digests.collecting.day_state import ListReport
from digests.desk.looking import open_doubts
from digests.models import Correction, DayReport, Digest, Summary
from subscribers.delivery import guard
from subscribers.delivery.opening import open_deliveries
from subscribers.desk.marks import marks_of
from subscribers.desk.next_step import Go, Standing, Tone, next_step
from subscribers.desk.sources import sources_of
from subscribers.desk.today import left
from subscribers.models import Delivery, DeliveryEvent
from tests.factories import make_approved, make_digest, make_reader, make_staff

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 3)
AT_SIX = dt.datetime(2026, 3, 2, 21, 0, tzinfo=dt.UTC)  # six in the morning of DAY in Seoul


@pytest.fixture(autouse=True)
def the_morning():
    with time_machine.travel(AT_SIX, tick=False), translation.override("en"):
        yield


def front(role="editor"):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(make_staff(f"the-{role}", *([role] if role else [])))
    return browser.get("/admin/")


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


# ---- what to do next


@pytest.mark.parametrize(
    ("standing", "go", "tone"),
    [
        (Standing(), Go.NOWHERE, Tone.CALM),
        (Standing(is_built_by_now=True), Go.NOWHERE, Tone.CALM),
        (Standing(is_built_by_now=True, is_worrying=True), Go.SOURCES, Tone.ALARM),
        (Standing(state="quiet", is_worrying=True), Go.NOWHERE, Tone.CALM),
        (Standing(state="stalled"), Go.DAY, Tone.CALM),
        (Standing(state="waiting"), Go.DAY, Tone.CALM),
        (Standing(state="waiting", is_worrying=True), Go.DAY, Tone.ALARM),
        (Standing(state="failed"), Go.DAY, Tone.ALARM),
        (Standing("building"), Go.DESK, Tone.CALM),
        (Standing("draft"), Go.APPROVE, Tone.ACT),
        (Standing("draft", doubts=2), Go.DESK, Tone.ACT),
        (Standing("draft", may_approve=False), Go.DESK, Tone.CALM),
        (Standing("approved"), Go.PROGRESS, Tone.CALM),
        (Standing("sending"), Go.PROGRESS, Tone.CALM),
        (Standing("paused"), Go.PROGRESS, Tone.ALARM),
        (Standing("paused", may_resume=False), Go.PROGRESS, Tone.ALARM),
        (Standing("sent"), Go.RECEIPT, Tone.CALM),
        (Standing("cancelled"), Go.RECEIPT, Tone.CALM),
        (Standing("discarded"), Go.DESK, Tone.CALM),
    ],
)
def test_each_standing_has_one_thing_to_do(standing, go, tone):
    step = next_step(standing)
    assert (step.go, step.tone) == (go, tone)
    assert step.says and bool(step.button) == bool(step.go)


def test_every_status_and_every_state_is_known():
    for status in Digest.Status:
        assert next_step(Standing(status)).says
    assert len({next_step(Standing(state=state)).says for state in DayReport.State if state != "fresh"}) == 4


# ---- the page


def test_a_clean_day_is_approved_with_two_clicks():
    digest = make_digest(day=DAY)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(make_staff("kim", "editor"))
    page = browser.get("/admin/")
    first = page.context["step_url"]
    assert f'href="{first}"' in page.content.decode() and page.context["step"].button == "Check and approve"
    there = browser.get(first)
    browser.post(first, {"seen_hash": there.context["seen_hash"]})
    digest.refresh_from_db()
    assert digest.status == Digest.Status.APPROVED
    assert browser.get("/admin/").context["step"].go == Go.PROGRESS


def test_marks_are_those_of_the_desk_with_the_gravest_first_and_lead_to_it(settings):
    settings.OPENAI_API_KEY, settings.OPENAI_MODEL = "key", "model"
    digest = make_digest(day=DAY)
    summary = Summary.objects.first()
    summary.flags = [
        {"kind": "withheld, speaks of itself", "text": "y"},
        {"kind": "number of something else", "text": "x"},
    ]
    summary.save()
    paper = digest.sections.first().entries.get().paper
    paper.confidence = 0.3
    paper.save()
    assert [(mark.name, mark.places) for mark in marks_of(digest)] == [
        ("number of something else", 1),
        ("unsure category", 1),
        ("written without the model", 2),
        ("taken out: speaks of itself", 1),
    ]
    page = front()
    assert page.context["step"].go == Go.DESK
    assert "5 places are marked" in words_of(page)


def test_what_somebody_looked_at_is_no_longer_marked():
    digest = make_digest(day=DAY)
    Summary.objects.filter(language="ko").update(flags=[{"kind": "cut off", "text": "x"}])
    for flag in open_doubts(digest):
        digest.looks.create(mark=flag.mark, by=make_staff(f"looker{flag.mark[:4]}"))
    page = front()
    assert page.context["marks"] == [] and page.context["step"].go == Go.APPROVE


def test_the_time_left_is_told_with_the_exact_hour():
    make_digest(day=DAY)
    said = words_of(front())
    assert "readers’ first mails: 2 h 0 min" in said
    assert "March 3, 2026, 08:00 (Asia/Seoul)" in said


def test_a_draft_whose_hour_is_past_is_late():
    make_digest(day=DAY)
    with time_machine.travel(AT_SIX + dt.timedelta(hours=3), tick=False):
        assert front().context["countdown"]["is_late"]


def test_sources_tell_what_was_wrong_with_them():
    DayReport.objects.create(
        day=DAY,
        list_day=DAY,
        state="failed",
        why="No paper source could be read.",
        sources={"huggingface": {"failed": "status 503"}, "arxiv": {"listed": 90, "new": 80}},
    )
    said = words_of(front())
    assert "status 503" in said and "90 papers, 80 new" in said and "not asked yet" in said
    assert "No paper source could be read." in said and "See which list, and why" in said


def test_what_needs_somebody_comes_with_the_button(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    guard.may_send()
    make_reader()
    digest = make_approved(day=DAY)
    open_deliveries(digest)
    digest.advance(Digest.Status.PAUSED)
    Delivery.objects.update(status="unknown")
    DeliveryEvent.objects.create(
        key="k", delivery=Delivery.objects.get(), digest=digest, provider="x", kind="bounced", state="held",
        occurred_at=timezone.now(),
    )  # fmt: skip
    guard.note_tick()
    guard.stop("kim", "a fire")
    with time_machine.travel(AT_SIX + dt.timedelta(minutes=10), tick=False):
        page = front()
    said = words_of(page)
    for words in (
        "Nothing is sent",
        "clock last came by 10 minutes",
        "is paused",
        "may have arrived or not",
        "is held",
    ):
        assert words in said, words
    urls = [trouble.url for trouble in page.context["troubles"]]
    assert f"/admin/subscribers/delivery/receipt/{digest.pk}/" in urls
    assert "/admin/subscribers/deliveryevent/?state__exact=held" in urls
    assert all(trouble.button for trouble in page.context["troubles"])


def test_a_calm_day_has_no_trouble_and_an_empty_installation_says_what_comes():
    page = front()
    assert page.context["troubles"] == []
    assert "about to be built" in words_of(page) and "Nothing else waits" in words_of(page)


def test_the_week_shows_each_days_fate():
    make_approved(day=DAY - dt.timedelta(days=1))
    DayReport.objects.create(day=DAY - dt.timedelta(days=2), list_day=DAY, state="quiet")
    tones = [past.tone for past in front().context["week"]]
    assert tones == ["quiet"] * 5 + ["good", "quiet"]


def test_a_viewer_is_told_what_others_do_and_sees_no_trouble_of_readers():
    make_digest(day=DAY)
    page = front("viewer")
    assert page.context["step"].button == "Read it" and page.context["troubles"] == []


def test_staff_without_a_role_are_told_to_ask_for_one():
    assert "You have no role yet" in words_of(front(""))


@pytest.mark.parametrize(
    ("minutes", "said"), [(5, "5 min"), (60, "1 h 0 min"), (135, "2 h 15 min"), (60 * 24 * 3, "3 days")]
)
def test_time_left_in_words(minutes, said):
    assert left(dt.timedelta(minutes=minutes)) == said


def test_the_page_asks_the_database_no_more_when_there_are_more_digests(django_assert_max_num_queries):
    for back in range(7):
        make_digest(day=DAY - dt.timedelta(days=back))
    browser = Client()
    browser.force_login(make_staff("kim", "editor"))
    browser.get("/admin/")
    with django_assert_max_num_queries(32):
        browser.get("/admin/")


@pytest.mark.parametrize(("state", "is_well"), [("quiet", True), ("fresh", False)])
def test_a_list_without_papers_is_marked_unless_nothing_is_announced(state, is_well):
    sources = {"arxiv": ListReport(listed=0, median=200.0).as_json()}
    report = DayReport(day=DAY, list_day=DAY, state=state, sources=sources)
    [line] = [line for line in sources_of(report) if line.name == "arxiv"]
    assert line.is_well is is_well


def test_a_correction_that_nobody_published_yet_is_in_hand():
    digest = make_approved(day=DAY)
    words = {"text_ko": "고칩니다.", "text_en": "Put right."}
    correction = Correction.objects.create(digest=digest, made_by=digest.approved_by, **words)
    page = front()
    assert "not published yet" in words_of(page)
    assert f"/admin/subscribers/delivery/correction/{correction.pk}/" in page.content.decode()
    assert "Nothing else waits for an editor." not in words_of(page)


def test_on_a_quiet_day_the_weekly_draft_is_what_is_to_be_done():
    weekly = make_digest(day=DAY, kind=Digest.Kind.WEEKLY, sections=["llm"])
    DayReport.objects.create(day=DAY, list_day=DAY, state=DayReport.State.QUIET)
    page = front()
    assert "Nothing to do" not in words_of(page)
    assert page.context["digest"] == weekly and page.context["step"].tone == Tone.ACT
    assert page.context["step_url"].endswith((f"/digest/{weekly.pk}/change/", f"/approve/{weekly.pk}/"))
    assert "weekly" in words_of(page)
