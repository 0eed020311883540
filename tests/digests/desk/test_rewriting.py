"""Words written anew: by the crew, once, and never over an editor's."""

import datetime as dt

import pytest
from django.utils import timezone

from digests.desk.rewriting import MOST_TRIES, rewrite, rewrite_waiting
from digests.models import Answer, Digest, Rewrite, Summary
from digests.tasks import tick
from newsletter.models import AuditLine
from tests.factories import make_paper
from tests.fakes import Refused, good_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asleep(monkeypatch):
    """The crew is not called: what waits stays in the rows until a test has it done."""
    monkeypatch.setattr("digests.desk.saving.wake", lambda task, *ids: None)


def wish(desk, writer="builtin", language="en", paper=False):
    section = desk.digest.sections.first()
    target = section.entries.get().pk if paper else section.pk
    key = f"paper-{target}" if paper else str(target)
    act = f"rewrite-paper-{target}" if paper else f"rewrite-{target}"
    page = desk.press(act, **{f"writer-{key}": writer, f"language-{key}": language})
    return page, Rewrite.objects.order_by("pk").last()


def summary_of(desk, language="en"):
    return Summary.objects.get(section=desk.digest.sections.first(), language=language)


def test_the_built_in_writer_writes_a_section_anew(desk):
    page, asked = wish(desk)
    assert asked.status == "waiting" and summary_of(desk).parts["key_points"][0]["text"].startswith("About a llm")
    assert asked.get_language_display() in page.content.decode()
    rewrite_waiting()
    summary, digest = summary_of(desk), Digest.objects.get()
    assert summary.parts["key_points"][0]["text"] == summary.section.entries.get().paper.title
    assert (summary.written_by, digest.revision) == ("offline", 1)
    assert Rewrite.objects.get().status == "done"
    line = AuditLine.objects.get(facts__what="rewritten")
    assert line.who == "editor" and "About a llm" in str(line.facts["before"])


def test_the_model_writes_of_one_paper_anew_and_the_rest_stays(desk, model):
    desk.press("add", new_paper=make_paper("llm", abstract="We present a thing. It gains 5%.").arxiv_id)
    entry = desk.digest.sections.first().entries.first()
    asked = model(good_account)
    before = [line for line in summary_of(desk).parts["key_points"] if line["papers"] != [entry.paper.arxiv_id]]
    desk.press(f"rewrite-paper-{entry.pk}", **{f"writer-paper-{entry.pk}": "model", f"language-paper-{entry.pk}": "en"})
    rewrite_waiting()
    summary = summary_of(desk)
    assert Rewrite.objects.get().status == "done", Rewrite.objects.get().note
    assert summary.written_by == "fake" and [line for line in summary.parts["key_points"] if line in before] == before
    assert not any("About a llm" in line["text"] for line in summary.parts["key_points"])
    assert asked and Answer.objects.filter(digest=desk.digest).exists()


def test_an_edit_made_meanwhile_is_not_overwritten(desk):
    wish(desk)
    summary = summary_of(desk)
    desk.press("save", **{f"s{summary.pk}-impact-0": "My own words."})
    rewrite_waiting()
    assert summary_of(desk).parts["impact"][0]["text"] == "My own words."
    assert Rewrite.objects.get().status == "overtaken" and Digest.objects.get().revision == 1


def test_an_edit_of_other_words_is_in_nobodys_way(desk):
    wish(desk)
    desk.press("save", **{f"s{summary_of(desk, 'ko').pk}-impact-0": "내 문장입니다."})
    rewrite_waiting()
    assert Rewrite.objects.get().status == "done" and Digest.objects.get().revision == 2


def test_written_twice_is_written_once(desk):
    _page, asked = wish(desk)
    rewrite(asked.pk)
    rewrite(asked.pk)
    assert Digest.objects.get().revision == 1 and AuditLine.objects.filter(facts__what="rewritten").count() == 1


def test_while_one_worker_writes_another_lets_it_be(desk):
    _page, asked = wish(desk)
    Rewrite.objects.update(lease_until=timezone.now() + dt.timedelta(minutes=1))
    rewrite(asked.pk)
    assert Rewrite.objects.get().status == "waiting" and Digest.objects.get().revision == 0


def test_a_wish_that_broke_off_too_often_is_given_up_and_says_so(desk):
    wish(desk)
    Rewrite.objects.update(tries=MOST_TRIES)
    rewrite_waiting()
    assert Rewrite.objects.get().status == "failed" and Rewrite.objects.get().note


def test_a_model_that_fails_changes_nothing_and_says_so(desk, model):
    model(Refused(500))
    wish(desk, writer="model")
    rewrite_waiting()
    assert Rewrite.objects.get().status == "failed" and Digest.objects.get().revision == 0
    assert summary_of(desk).parts["impact"][0]["text"] == "About a llm paper: impact"


def test_without_a_model_none_can_be_asked(desk):
    _page, asked = wish(desk, writer="model")
    assert asked is None


def test_the_same_is_wished_for_once_at_a_time(desk):
    wish(desk)
    wish(desk)
    assert Rewrite.objects.count() == 1


def test_a_digest_on_its_way_keeps_its_words(desk):
    wish(desk)
    Digest.objects.update(status="discarded")
    rewrite_waiting()
    assert Rewrite.objects.get().status == "overtaken"


def test_the_tick_finds_what_nobody_was_called_for(desk, monkeypatch):
    wish(desk)
    for other in ("decide_overdue", "build_due_digests", "build_due_weekly", "catalogue_missing", "draw_missing_cards"):
        monkeypatch.setattr(f"digests.tasks.{other}", lambda: None)
    tick()
    assert Rewrite.objects.get().status == "done"
