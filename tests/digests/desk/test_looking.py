"""Ticking doubts off: who looked at what, and what becomes of it when the words change."""

import pytest
from django.urls import reverse
from django.utils import translation

from digests.approve import approve
from digests.content import hash_of, snapshot
from digests.desk.looking import open_doubts
from digests.models import Digest, Look, Paper, Summary
from digests.readiness import examine
from newsletter.models import AuditLine
from subscribers.desk.marks import marks_of
from tests.factories import make_editor

pytestmark = pytest.mark.django_db
DOUBTFUL = "It gains 95.7 percent."


@pytest.fixture
def doubtful(desk):
    """The desk at a draft with one doubtful statement, and the name of its field."""
    summary = Summary.objects.filter(language="en").first()
    desk.field = f"s{summary.pk}-impact-0"
    desk.press("save", **{desk.field: DOUBTFUL})
    assert len(flags_of(desk)) == 1
    return desk


def flags_of(desk):
    return desk.look().context["flags"]


def tick(desk, flag, **more):
    return desk.press("save", looked=[flag.mark], **more)


def doubts_check(desk):
    with translation.override("en"):
        return next(each for each in examine(desk.digest, snapshot(desk.digest)) if each.name == "doubts")


def test_a_ticked_doubt_is_told_with_who_and_when_and_is_no_longer_open(doubtful):
    page = tick(doubtful, flags_of(doubtful)[0])
    [flag] = page.context["flags"]
    assert flag.look.by.username == "editor" and not page.context["open_flags"]
    assert "editor" in page.content.decode() and "95.7" in page.content.decode()
    assert open_doubts(doubtful.digest) == [] and marks_of(doubtful.digest) == []


def test_looking_changes_no_words_and_takes_no_approval_back(doubtful):
    before = hash_of(snapshot(doubtful.digest))
    revision = Digest.objects.get().revision
    tick(doubtful, flags_of(doubtful)[0])
    assert hash_of(snapshot(doubtful.digest)) == before and Digest.objects.get().revision == revision


def test_an_approved_digest_stays_approved_when_a_doubt_is_ticked(doubtful):
    assert approve(doubtful.digest, make_editor("kim"), hash_of(snapshot(doubtful.digest)))
    tick(doubtful, flags_of(doubtful)[0])
    assert Digest.objects.get().status == Digest.Status.APPROVED and Look.objects.count() == 1


def test_the_same_doubt_about_other_words_is_open_again(doubtful):
    tick(doubtful, flags_of(doubtful)[0])
    doubtful.press("save", **{doubtful.field: DOUBTFUL + " It does so everywhere."})
    [flag] = flags_of(doubtful)
    assert flag.is_open and "95.7" in flag.text


def test_a_further_doubt_about_a_ticked_statement_is_open(doubtful):
    tick(doubtful, flags_of(doubtful)[0])
    summary = Summary.objects.get(pk=doubtful.field[1:].partition("-")[0])
    summary.flags = [*summary.flags, {"kind": "cut off", "text": DOUBTFUL}]
    summary.save()
    assert [flag.kind for flag in open_doubts(doubtful.digest)] == ["cut off"]


def test_other_words_of_the_section_leave_the_tick_alone(doubtful):
    tick(doubtful, flags_of(doubtful)[0])
    looked = [flag.mark for flag in flags_of(doubtful)]
    other = doubtful.field.replace("impact", "topics")
    doubtful.press("save", looked=looked, looked_before=looked, **{other: "Another topic."})
    assert [flag.is_open for flag in flags_of(doubtful)] == [False]


def test_words_changed_together_with_the_tick_are_not_taken_as_looked_at(doubtful):
    tick(doubtful, flags_of(doubtful)[0], **{doubtful.field: "It gains 84.6 percent."})
    [flag] = flags_of(doubtful)
    assert flag.is_open and "84.6" in flag.text and not Look.objects.exists()


def test_a_tick_that_is_taken_away_opens_the_doubt_again(doubtful):
    [flag] = flags_of(doubtful)
    tick(doubtful, flag)
    doubtful.press("save", looked_before=[flag.mark])
    assert [each.is_open for each in flags_of(doubtful)] == [True]


def test_a_page_that_did_not_know_of_a_colleagues_tick_leaves_it(doubtful):
    sent = doubtful.shown()
    tick(doubtful, flags_of(doubtful)[0])
    doubtful.press("save", sent)
    assert Look.objects.count() == 1


def test_ticks_are_in_the_history_with_name_and_doubt(doubtful):
    [flag] = flags_of(doubtful)
    tick(doubtful, flag)
    doubtful.press("save", looked_before=[flag.mark])
    lines = AuditLine.objects.filter(act__in=("look", "unlook")).order_by("pk")
    assert [(line.act, line.who, line.facts["mark"]) for line in lines] == [
        ("look", "editor", flag.mark), ("unlook", "editor", flag.mark),
    ]  # fmt: skip
    page = doubtful.client.get(doubtful.address.replace("change", "history")).content.decode()
    assert page.count("95.7") >= 3


def test_the_check_before_approving_counts_what_is_open_and_what_was_looked_at(doubtful):
    assert doubts_check(doubtful).state == "look"
    tick(doubtful, flags_of(doubtful)[0])
    check = doubts_check(doubtful)
    assert check.state == "good" and "1 was looked at" in check.text
    doubtful.press("save", **{doubtful.field.replace("impact", "outlook"): "It loses 7.3 percent."})
    check = doubts_check(doubtful)
    assert check.state == "look" and check.text.startswith("1 statement is marked") and "1 was looked at" in check.text


def test_the_page_of_approving_names_what_nobody_looked_at(doubtful, client):
    Paper.objects.update(confidence=0.3, decided_by="builtin")
    address = reverse("admin:subscribers_approve", args=[doubtful.digest.pk])
    assert sum(mark.places for mark in client.get(address).context["marks"]) == 3
    doubtful.press("save", looked=[flag.mark for flag in flags_of(doubtful)])
    assert client.get(address).context["marks"] == []


def test_an_unsure_category_is_looked_at_until_the_paper_moves(desk):
    Paper.objects.update(confidence=0.3, decided_by="builtin")
    with translation.override("ko"):
        desk.press("save", looked=[flag.mark for flag in flags_of(desk)])
    with translation.override("en"):
        assert open_doubts(desk.digest) == []
    Paper.objects.update(confidence=0.2)
    assert len(open_doubts(desk.digest)) == 2


def test_a_tick_of_a_page_that_was_refused_is_kept_on_it(doubtful):
    [flag] = flags_of(doubtful)
    page = doubtful.press("add", looked=[flag.mark], new_paper="nonsense")
    assert f'value="{flag.mark}" checked' in page.content.decode() and not Look.objects.exists()


@pytest.mark.parametrize("mark", ["", "0" * 64, "x", "'; drop table"])
def test_a_mark_that_is_none_notes_nothing(doubtful, mark):
    assert doubtful.press("save", looked=[mark]).status_code == 200
    assert not Look.objects.exists()


def test_looking_twice_is_looking_once(doubtful):
    [flag] = flags_of(doubtful)
    sent = doubtful.shown()
    for _turn in range(2):
        doubtful.press("save", sent, looked=[flag.mark])
    assert Look.objects.count() == 1
