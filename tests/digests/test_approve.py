"""Approval: once, by name, for exactly the words that were seen."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from digests.approve import NotApproved, approve, send_back
from digests.content import hash_of, shown, snapshot
from digests.models import Digest, Summary
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
    editor.user_permissions.clear()
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
