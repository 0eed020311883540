"""Approval: once, by name, for exactly the words that were seen."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from digests.approve import NotApproved, approve, approvers, send_back
from digests.content import hash_of, shown, snapshot
from digests.models import Digest, Summary
from newsletter.models import AuditLine
from tests.factories import DAY, make_approved, make_digest, make_editor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def seen(digest):
    return hash_of(snapshot(digest))


def test_an_approval_records_who_when_and_what():
    digest, editor = make_digest(), make_editor()
    assert approve(digest, editor, seen(digest))
    digest.refresh_from_db()
    assert (digest.status, digest.approved_by) == (Digest.Status.APPROVED, editor)
    assert digest.approved_at is not None
    assert digest.content_hash == hash_of(shown(digest)) == seen(digest)


def test_a_second_click_approves_nothing_more():
    digest, editor = make_digest(), make_editor()
    assert approve(digest, editor, seen(digest))
    first = Digest.objects.get().approved_at
    assert not approve(digest, make_editor("second"), seen(digest))
    assert (Digest.objects.get().approved_at, Digest.objects.get().approved_by) == (first, editor)


def test_words_that_changed_after_the_look_are_not_approved():
    digest, editor = make_digest(), make_editor()
    looked_at = seen(digest)
    summary = Summary.objects.first()
    summary.parts["topics"][0]["text"] = "Something else"
    summary.save()
    with pytest.raises(NotApproved, match="changed"):
        approve(digest, editor, looked_at)
    assert Digest.objects.get().status == Digest.Status.DRAFT


def test_who_lost_the_right_a_second_ago_cannot_approve():
    digest, editor = make_digest(), make_editor()
    editor.groups.clear()
    with pytest.raises(NotApproved, match="right"):
        approve(digest, type(editor).objects.get(pk=editor.pk), seen(digest))


def test_a_digest_without_papers_cannot_be_approved():
    digest = make_digest(sections=())
    with pytest.raises(NotApproved, match="no papers"):
        approve(digest, make_editor(), seen(digest))


def test_a_digest_that_is_still_built_cannot_be_approved():
    digest = make_digest(status=Digest.Status.BUILDING)
    with pytest.raises(NotApproved, match="draft"):
        approve(digest, make_editor(), seen(digest))


def test_an_approval_can_be_taken_back_until_sending_begins():
    digest = make_approved()
    assert send_back(digest)
    digest.refresh_from_db()
    assert (digest.status, digest.approved_by, digest.approved_content) == (Digest.Status.DRAFT, None, None)
    sending = make_approved(day=DAY + dt.timedelta(days=1), sections=("audio",))
    sending.advance(Digest.Status.SENDING)
    assert not send_back(sending)


def test_the_database_refuses_an_approval_without_a_name():
    digest = make_digest()
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.filter(pk=digest.pk).update(status=Digest.Status.APPROVED)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_clicks_at_once_exactly_one_approves():
    digest, editor = make_digest(), make_editor()
    looked_at, results = seen(digest), []

    def click():
        try:
            results.append(approve(digest, editor, looked_at))
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert sorted(results) == [False] * 7 + [True]


# ---- more than one


@pytest.fixture
def two_needed(settings):
    settings.APPROVALS_NEEDED = 2


def test_the_second_approver_makes_it_full_and_both_are_kept(two_needed):
    digest, first, second = make_digest(), make_editor(), make_editor("second")
    assert not approve(digest, first, seen(digest))
    assert Digest.objects.get().status == Digest.Status.DRAFT
    assert approve(digest, second, seen(digest))
    assert Digest.objects.get().approved_by == second
    assert approvers(digest, Digest.objects.get().content_hash) == [first, second]


def test_each_word_is_in_the_audit_log(two_needed):
    digest, first, second = make_digest(), make_editor(), make_editor("second")
    for person in (first, first, second):
        approve(digest, person, seen(digest))
    lines = list(AuditLine.objects.filter(act="approve").order_by("pk"))
    assert [line.who for line in lines] == ["editor", "second"]
    assert lines[0].facts == {"hash": seen(digest), "given": 1, "of": 2}
    assert lines[1].facts == {"hash": seen(digest)}


def test_nobody_approves_twice(two_needed):
    digest, editor = make_digest(), make_editor()
    assert [approve(digest, editor, seen(digest)) for _turn in range(3)] == [False] * 3
    assert Digest.objects.get().status == Digest.Status.DRAFT


def test_an_edit_between_two_approvals_begins_the_count_anew(two_needed):
    digest, first, second = make_digest(), make_editor(), make_editor("second")
    approve(digest, first, seen(digest))
    summary = Summary.objects.first()
    summary.parts["topics"][0]["text"] = "Something else"
    summary.save()
    assert not approve(digest, second, seen(digest))
    assert approve(digest, first, seen(digest))


def test_the_word_of_who_lost_the_right_meanwhile_does_not_count(two_needed):
    digest, first = make_digest(), make_editor()
    approve(digest, first, seen(digest))
    first.groups.clear()
    assert not approve(digest, make_editor("second"), seen(digest))
    assert approve(digest, make_editor("third"), seen(digest))


def test_what_is_sent_back_is_approved_by_both_anew(two_needed):
    digest, first, second = make_digest(), make_editor(), make_editor("second")
    approve(digest, first, seen(digest))
    approve(digest, second, seen(digest))
    assert send_back(digest)
    assert not approve(digest, first, seen(digest))


def test_the_right_is_asked_for_now_and_not_when_the_page_was_loaded():
    digest, editor = make_digest(), make_editor()
    assert editor.has_perm("digests.approve_digest")  # what Django now remembers for this request
    editor.groups.clear()
    with pytest.raises(NotApproved, match="right"):
        approve(digest, editor, seen(digest))
    assert Digest.objects.get().status == Digest.Status.DRAFT


def test_who_was_removed_a_second_ago_cannot_approve():
    digest, editor = make_digest(), make_editor()
    type(editor).objects.filter(pk=editor.pk).update(is_active=False)
    with pytest.raises(NotApproved, match="right"):
        approve(digest, editor, seen(digest))


def test_a_mail_that_must_not_be_sent_cannot_be_approved(settings):
    settings.POSTAL_ADDRESS = ""
    digest = make_digest()
    with pytest.raises(NotApproved, match="postal address"):
        approve(digest, make_editor(), seen(digest))
