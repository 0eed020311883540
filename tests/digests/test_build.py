"""From a date to a draft, whole or in pieces, once."""

import dataclasses
import datetime as dt
import itertools

import httpx
import pytest
from django.core import mail
from django.db import IntegrityError
from django.utils import timezone

from digests import sample
from digests.build import NoDigest, build_digest
from digests.choosing.choose import Choice
from digests.collecting import days
from digests.collecting.collect import DAYS_OF_SILENCE, collect_papers
from digests.content import snapshot
from digests.draft import draft_digest
from digests.models import Chart, Consideration, DayReport, Digest, Entry, Paper, Rule, Section, Sighting, Summary
from digests.parts import PARTS
from tests.factories import DAY, make_digest, make_editor, make_paper
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db
SATURDAY, MONDAY = DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=3)
VISION = FakePaper(
    "2411.00001", "Image generation with diffusion", "We present an image generation model.", 30, ("cs.CV",)
)
ROBOT = FakePaper(
    "2411.00002", "Robot manipulation policies", "We introduce a robot manipulation policy.", 9, ("cs.RO",)
)
SPEECH = FakePaper(
    "2411.00003", "Speech recognition for calls", "We propose a speech recognition system.", 3, ("eess.AS",)
)


@pytest.fixture(autouse=True)
def one_language(settings):
    """Half the words to write and half the pictures to draw; a test that needs both languages asks for them."""
    settings.DIGEST_LANGUAGES = ["en"]


def refuse(request):
    raise httpx.ConnectError("refused", request=request)


@pytest.fixture
def editor():
    return make_editor(email="editor@example.org")


@pytest.fixture
def day_of_papers(sources):
    sources.add(VISION, ROBOT)
    sources.add(SPEECH, daily=False, hot=True)
    return sources


def stages(built):
    return [stage for stage, _, _ in built.stages]


def test_a_day_of_papers_becomes_a_draft_with_sections_summaries_and_charts(day_of_papers, settings):
    settings.DIGEST_LANGUAGES = ["ko", "en"]
    told = []
    built = build_digest(DAY, tell=told.append)
    digest = Digest.objects.get()
    assert (digest.day, digest.kind, digest.status, digest.is_sample) == (DAY, "daily", "draft", False)
    assert digest.build_lease_until is None
    assert [section.category.slug for section in digest.sections.all()] == ["computer-vision", "robotics", "audio"]
    assert {entry.paper.arxiv_id: entry.votes for entry in Entry.objects.all()} == {
        VISION.id: 30,
        ROBOT.id: 9,
        SPEECH.id: None,
    }
    assert all(entry.reason.startswith(f"#{entry.position + 1}: ") for entry in Entry.objects.all())
    assert Summary.objects.count() == 6
    assert all(summary.parts[part] for summary in Summary.objects.all() for part in PARTS)
    assert {chart.language for chart in Chart.objects.all()} == {"ko", "en"}
    assert all(bytes(chart.png).startswith(b"\x89PNG") for chart in Chart.objects.all())
    assert stages(built) == ["collect", "select", "classify", "draft", "summarise", "chart"]
    assert [line.split()[0] for line in told] == stages(built)
    assert told[0].startswith("collect    huggingface 2, deeplearn 1, records ")
    assert told[1].startswith("select     3 papers ")


def test_a_finished_digest_costs_no_request_and_stays_as_it_is(day_of_papers):
    build_digest(DAY)
    before = (Digest.objects.values().get(), list(Summary.objects.values()), list(Entry.objects.values()))
    day_of_papers.calls.clear()
    assert build_digest(DAY).stages == []
    assert day_of_papers.calls == []
    assert (Digest.objects.values().get(), list(Summary.objects.values()), list(Entry.objects.values())) == before


@pytest.mark.parametrize("status", ["draft", "discarded"])
def test_an_editors_digest_is_never_built_over(day_of_papers, status):
    digest = make_digest(sections=["llm"], status=status)
    build_digest(DAY)
    digest.refresh_from_db()
    assert (digest.status, digest.sections.count(), day_of_papers.calls) == (status, 1, [])


def test_the_next_day_lists_the_same_papers_and_none_of_them_comes_again(day_of_papers):
    build_digest(DAY)
    fresh = FakePaper("2411.00004", "Graph networks for tables", "We study graph networks.", 1)
    day_of_papers.add(fresh)
    build_digest(DAY + dt.timedelta(days=1))
    second = Digest.objects.get(day=DAY + dt.timedelta(days=1))
    assert [entry.paper.arxiv_id for entry in Entry.objects.filter(section__digest=second)] == [fresh.id]


# ---- broken off and taken up


def test_a_build_that_broke_off_is_continued_without_asking_the_sources_again(day_of_papers, monkeypatch, settings):
    settings.DIGEST_LANGUAGES = ["ko", "en"]

    def break_off(digest):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("digests.build.draw_charts", break_off)
        with pytest.raises(KeyboardInterrupt):
            build_digest(DAY)
    written = list(Summary.objects.values())
    Summary.objects.filter(pk=written.pop()["id"]).delete()
    day_of_papers.calls.clear()
    Digest.objects.update(build_lease_until=timezone.now() - dt.timedelta(seconds=1))

    built = build_digest(DAY)
    assert day_of_papers.calls == []
    assert stages(built) == ["summarise", "chart"]
    assert Digest.objects.get().status == "draft"
    assert list(Summary.objects.values())[:5] == written
    assert Summary.objects.count() == 6
    assert Chart.objects.count() == 2


def test_while_one_worker_builds_another_one_does_not(day_of_papers):
    digest = Digest.objects.create(day=DAY)
    assert digest.lease_build(600)
    with pytest.raises(NoDigest, match="Another worker") as caught:
        build_digest(DAY)
    assert caught.value.state == "building"
    assert f"{timezone.localtime(digest.build_lease_until):%H:%M}" in str(caught.value), "when it would be given up"


def begun(day=DAY):
    return Digest.objects.create(day=day)


def test_of_two_workers_on_one_day_the_second_asks_no_source(day_of_papers):
    assert Digest.objects.create(day=DAY).lease_build(600)
    with pytest.raises(NoDigest):
        build_digest(DAY)
    assert day_of_papers.calls == []
    assert Digest.objects.filter(day=DAY).exists(), "the first one's digest stands"


def taken_over(digest):
    """Another worker took over, this one having been stopped for longer than its lease."""
    Digest.objects.filter(pk=digest.pk).update(build_lease_until=timezone.now() - dt.timedelta(seconds=1))
    other = Digest.objects.get(pk=digest.pk)
    assert other.lease_build(600)
    return other


@pytest.mark.parametrize("lists", ["full", "broken"])
def test_worker_that_was_taken_over_while_collecting_leaves_the_others_digest_alone(
    day_of_papers, editor, monkeypatch, lists
):
    if lists == "broken":
        day_of_papers.break_all()

    def slow_collect(day):
        harvest = collect_papers(day)
        draft_digest(taken_over(Digest.objects.get()), [Choice(make_paper("audio").pk, None, "")], [], False)
        return harvest

    monkeypatch.setattr("digests.build.collect_papers", slow_collect)
    with pytest.raises(NoDigest, match="Another worker") as caught:
        build_digest(DAY)
    assert caught.value.state == "building"
    assert [section.category.slug for section in Digest.objects.get().sections.all()] == ["audio"]
    assert not DayReport.objects.exists(), "what became of the day is the other worker's to say"
    assert mail.outbox == []


def test_worker_that_was_taken_over_while_writing_writes_no_further(day_of_papers, monkeypatch):
    written = []

    def slow_summarise(section, languages, conversation):
        taken_over(section.digest)
        written.append(section)
        return []

    monkeypatch.setattr("digests.build.summarise_section", slow_summarise)
    with pytest.raises(NoDigest, match="Another worker"):
        build_digest(DAY)
    assert len(written) == 1
    assert Digest.objects.get().status == Digest.Status.BUILDING


def test_a_killed_workers_build_is_anothers_within_two_minutes(day_of_papers, monkeypatch):
    def killed(day):
        raise KeyboardInterrupt

    monkeypatch.setattr("digests.build.collect_papers", killed)
    with pytest.raises(KeyboardInterrupt):
        build_digest(DAY)
    assert Digest.objects.get().build_lease_until <= timezone.now() + dt.timedelta(minutes=2)


def test_a_build_that_was_lost_while_collecting_begins_anew(day_of_papers):
    Digest.objects.create(day=DAY, build_lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert build_digest(DAY).digest.status == Digest.Status.DRAFT


def test_a_draft_is_written_whole_or_not_at_all():
    taken = make_digest(day=DAY - dt.timedelta(days=1), sections=["llm"]).sections.get().entries.get().paper
    with pytest.raises(IntegrityError):
        draft_digest(begun(), [Choice(make_paper().pk, 1, ""), Choice(taken.pk, 1, "")], ["a note"], False)
    assert not Section.objects.filter(digest__day=DAY).exists()
    assert Digest.objects.get(day=DAY).notes == []


def test_sections_stand_by_their_best_paper_and_entries_as_they_were_chosen():
    best, second, third = make_paper("audio"), make_paper("llm"), make_paper("audio")
    digest = begun()
    draft_digest(digest, [Choice(p.pk, None, "") for p in (best, second, third)], [], False)
    assert [section.category.slug for section in digest.sections.all()] == ["audio", "llm"]
    assert [entry.paper for entry in digest.sections.first().entries.all()] == [best, third]


# ---- days without a digest


def state_of(day=DAY, **options):
    with pytest.raises(NoDigest) as caught:
        build_digest(day, **options)
    assert not Digest.objects.filter(day=day).exists()
    return caught.value.state, str(caught.value)


def report_of(day):
    return DayReport.objects.get(day=day)


@pytest.mark.parametrize("the_list", [[], [VISION.id]])
def test_a_weekend_without_anything_new_is_quiet_whatever_is_listed(day_of_papers, the_list):
    build_digest(DAY)
    day_of_papers.daily = the_list
    state, sentence = state_of(SATURDAY)
    assert (state, "weekend" in sentence) == ("quiet", True)
    assert (report_of(SATURDAY).state, report_of(SATURDAY).retry_at) == ("quiet", None)


def test_a_holiday_of_the_operators_list_is_quiet(sources, settings):
    assert state_of(MONDAY)[0] == "failed"
    settings.ARXIV_HOLIDAYS = [MONDAY]
    assert state_of(MONDAY)[0] == "quiet"


def test_new_hot_papers_alone_make_no_digest_on_a_day_off_and_are_kept_for_the_next(day_of_papers):
    day_of_papers.daily.clear()
    assert state_of(SATURDAY)[0] == "quiet"
    day_of_papers.hot.clear()
    day_of_papers.add(FakePaper("2411.00009", "Something for Monday"))
    build_digest(MONDAY)
    assert {entry.paper.arxiv_id for entry in Entry.objects.all()} == {SPEECH.id, "2411.00009"}


def test_a_day_whose_lists_show_the_same_papers_again_is_stalled(day_of_papers):
    build_digest(DAY)
    state, sentence = state_of(MONDAY)
    assert state == "stalled"
    assert sentence == "Everything listed for 2024-11-25 was listed before: the same papers again."
    assert report_of(MONDAY).state == "stalled"


def test_a_stuck_list_is_stalled_though_papers_of_it_were_passed_over(day_of_papers, settings):
    settings.DIGEST_MAX_PAPERS = 1
    build_digest(DAY)
    assert state_of(MONDAY)[0] == "stalled"


def test_empty_lists_on_a_weekday_are_a_failure_and_no_empty_digest(sources):
    state, sentence = state_of()
    assert state == "failed"
    assert "empty for 2024-11-22, though new papers were to be expected" in sentence


def test_a_day_that_has_not_begun_waits(sources):
    tomorrow = days.today() + dt.timedelta(days=1)
    assert state_of(tomorrow) == ("waiting", f"{tomorrow} has not begun.")
    assert sources.calls == []


def test_a_digest_is_fresh_and_what_each_source_gave_is_kept(day_of_papers):
    build_digest(DAY)
    report = report_of(DAY)
    assert (report.state, report.list_day, report.retry_at) == ("fresh", DAY, None)
    assert {name: (told["listed"], told["new"]) for name, told in report.sources.items() if name != "records"} == {
        "huggingface": (2, 2),
        "deeplearn": (1, 1),
    }
    assert (report.sources["records"]["asked"], report.sources["records"]["listed"]) == (2, 2)


def test_the_lists_of_a_day_stay_those_of_its_first_try(day_of_papers):
    day_of_papers.break_all()
    with pytest.raises(NoDigest):
        build_digest(DAY, lists_at=dt.datetime(2024, 11, 21, 20, tzinfo=dt.UTC))
    day_of_papers.broken.clear()
    build_digest(DAY)
    assert {sighting.day for sighting in Sighting.objects.all()} == {DAY - dt.timedelta(days=1)}


def test_while_there_is_time_a_digest_waits_for_its_main_list(day_of_papers):
    day_of_papers.broken["huggingface"] = refuse
    state, sentence = state_of(is_patient=True)
    assert state == "waiting"
    assert "could not be reached" in sentence
    assert report_of(DAY).retry_at is not None
    assert build_digest(DAY).digest.status == "draft"


def test_a_day_of_which_nothing_is_fit_is_failed_and_says_where_to_look(sources):
    sources.add(VISION)
    Rule.objects.create(text="image generation", effect="block")
    state, sentence = state_of()
    assert (state, "nothing is fit" in sentence) == ("failed", True)
    assert Consideration.objects.get().reason.startswith("kept out by the rule “image generation”")


def test_a_paper_that_another_digest_takes_meanwhile_is_passed_over(day_of_papers, monkeypatch):
    def take_one_first(*args, **more):
        monkeypatch.setattr("digests.build.draft_digest", draft_digest)
        other = begun(DAY - dt.timedelta(days=1))
        draft_digest(other, [Choice(Paper.objects.get(arxiv_id=VISION.id).pk, 1, "")], [], False)
        return draft_digest(*args, **more)

    monkeypatch.setattr("digests.build.draft_digest", take_one_first)
    digest = build_digest(DAY).digest
    assert {entry.paper.arxiv_id for entry in Entry.objects.filter(section__digest=digest)} == {ROBOT.id, SPEECH.id}


def test_a_passed_over_paper_that_rises_is_marked_in_a_later_digest(sources, settings):
    settings.DIGEST_MAX_PAPERS = 1
    sources.add(VISION, ROBOT)
    sources.lists = {"2024-11-22": [VISION.id, ROBOT.id], "2024-11-25": [SPEECH.id]}
    sources.add(SPEECH, daily=False)
    build_digest(DAY)
    sources.papers[ROBOT.id] = dataclasses.replace(ROBOT, votes=80)
    settings.DIGEST_MAX_PAPERS = 30
    digest = build_digest(MONDAY).digest
    marks = {e.paper.arxiv_id: e.is_late for e in Entry.objects.filter(section__digest=digest)}
    assert marks == {ROBOT.id: True, SPEECH.id: False}
    papers = [paper for section in snapshot(digest)["sections"] for paper in section["papers"]]
    assert {paper["id"]: paper["is_late"] for paper in papers} == marks


# ---- editors are told


def editor_mails():
    return [(message.subject, message.body) for message in mail.outbox]


def test_editors_are_mailed_once_when_a_day_fails(sources, editor):
    sources.break_all()
    for _ in range(2):
        state_of()
    [(_subject, body)] = editor_mails()
    assert "could not be reached" in body


def test_a_digest_and_a_quiet_day_are_no_reason_for_a_mail(day_of_papers, editor):
    build_digest(DAY)
    state_of(SATURDAY)
    assert editor_mails() == []


def test_editors_are_told_of_a_source_that_is_silent_for_days(sources, editor):
    number = itertools.count(1)
    for weekday in range(DAYS_OF_SILENCE + 1):
        paper = FakePaper(f"2411.{next(number):05d}", f"Paper {weekday}")
        sources.add(paper)
        build_digest(DAY - dt.timedelta(days=4 - weekday))
    [(subject, _body)] = editor_mails()
    assert "deeplearn" in subject


def test_a_day_when_nothing_can_be_reached_is_failed_and_a_later_try_succeeds(day_of_papers):
    day_of_papers.break_all()
    state, sentence = state_of()
    assert state == "failed"
    assert "could not be reached" in sentence
    day_of_papers.broken.clear()
    assert build_digest(DAY).digest.status == "draft"


def test_a_day_is_failed_when_one_source_is_dead_and_the_other_has_nothing(sources):
    sources.broken["deeplearn"] = refuse
    state, sentence = state_of()
    assert state == "failed"
    assert "deeplearn.org could not be reached" in sentence


def test_a_day_of_titles_that_nobody_could_look_up_is_failed_and_not_stalled(sources):
    sources.add(SPEECH, daily=False, hot=True)
    sources.broken["arxiv"] = refuse
    assert state_of()[0] == "failed"


# ---- the day goes on without what is missing


@pytest.mark.parametrize("source", ["huggingface", "deeplearn", "arxiv"])
def test_a_dead_source_is_a_note_on_the_draft(day_of_papers, source):
    day_of_papers.broken[source] = refuse
    build_digest(DAY)
    digest = Digest.objects.get()
    assert digest.status == "draft"
    assert any(note.startswith(f"{source}: ") for note in digest.notes)


@pytest.mark.parametrize("error", [OSError("no font"), ValueError("no room"), RuntimeError("no face")])
def test_a_chart_that_cannot_be_drawn_is_a_note(day_of_papers, monkeypatch, error):
    def fail(*args):
        raise error

    monkeypatch.setattr("digests.distribution.draw_distribution", fail)
    build_digest(DAY)
    digest = Digest.objects.get()
    assert digest.status == "draft"
    assert [note for note in digest.notes if note.startswith("chart")] == [f"chart (en): {error}"]


def test_a_model_that_refuses_us_costs_no_digest(day_of_papers, model):
    asked = model(401)
    build_digest(DAY)
    digest = Digest.objects.get()
    assert digest.status == "draft"
    assert {summary.written_by for summary in Summary.objects.all()} == {Summary.OFFLINE}
    assert {paper.decided_by for paper in Paper.objects.all()} == {"builtin"}
    assert any("401" in note for note in digest.notes)
    assert len(asked.requests) == 1, "a wrong key stays wrong"


def test_an_editors_category_stands(day_of_papers):
    build_digest(DAY)
    robotics = Section.objects.get(category__slug="robotics").category
    Paper.objects.filter(arxiv_id=VISION.id).update(category=robotics, decided_by="editor")
    Digest.objects.all().delete()
    build_digest(DAY)
    assert Paper.objects.get(arxiv_id=VISION.id).decided_by == "editor"
    assert Entry.objects.get(paper__arxiv_id=VISION.id).section.category == robotics


def test_only_the_languages_of_the_settings_are_written(day_of_papers):
    build_digest(DAY)
    assert {summary.language for summary in Summary.objects.all()} == {"en"}
    assert {chart.language for chart in Chart.objects.all()} == {"en"}


# ---- the sample


def test_the_sample_stands_in_only_where_asked_and_is_marked(sources):
    sources.break_all()
    build_digest(DAY, use_sample=True)
    digest = Digest.objects.get()
    assert digest.is_sample
    assert any("bundled sample" in note for note in digest.notes)
    assert {entry.kind for entry in Entry.objects.all()} == {Entry.SAMPLE}
    assert all(paper.is_sample for paper in Paper.objects.all())


def test_the_sample_stays_away_while_any_source_answers(day_of_papers):
    day_of_papers.broken["huggingface"] = refuse
    build_digest(DAY, use_sample=True)
    assert not Digest.objects.get().is_sample
    assert Entry.objects.get().paper.arxiv_id == SPEECH.id


def test_a_quiet_day_is_no_occasion_for_the_sample(sources):
    assert state_of(SATURDAY, use_sample=True)[0] == "quiet"


def test_the_sample_can_stand_in_on_two_days_and_keeps_no_paper_from_its_own(sources):
    sources.break_all()
    build_digest(DAY, use_sample=True)
    draft_digest(begun(DAY + dt.timedelta(days=1)), sample.load(), [], True)
    shown = Entry.objects.first().paper
    sources.broken.clear()
    sources.add(FakePaper(shown.arxiv_id, "The real title", "The real abstract."))
    build_digest(DAY + dt.timedelta(days=3))
    assert Entry.objects.get(section__digest__day=DAY + dt.timedelta(days=3)).paper.title == "The real title"
    assert Entry.objects.filter(paper=shown, kind=Entry.SAMPLE).count() == 2
