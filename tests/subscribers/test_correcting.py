"""A correction goes to exactly those who had the digest, once each."""

import threading

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from digests.approve import NotApproved
from digests.content import hash_of, shown
from digests.correct import hash_seen, mail_it, publish
from digests.models import Correction, Digest
from newsletter.models import AuditLine
from subscribers.delivery.correcting import readers_of
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.receipt import receipt
from subscribers.delivery.send import send_due
from subscribers.models import Delivery, Subscriber
from tests.factories import make_approved, make_editor, make_reader

pytestmark = pytest.mark.django_db
Status = Delivery.Status


@pytest.fixture
def editor():
    return make_editor("corrector")


def sent_to(*names, **fields):
    """A digest that these readers have."""
    for name in names:
        make_reader(f"{name}@example.org", **fields)
    digest = make_approved()
    send_due()
    mail.outbox.clear()
    digest.refresh_from_db()
    return digest


def correct(digest, editor, **fields):
    """A correction of it, approved for mailing."""
    correction = make_correction(digest, **fields)
    assert mail_it(correction, editor, hash_seen(correction))
    correction.refresh_from_db()
    return correction


def make_correction(digest, **fields):
    given = {"text_ko": "수치는 4.2%입니다.", "text_en": "The figure is 4.2 %.", "made_by": digest.approved_by}
    return Correction.objects.create(digest=digest, **given | fields)


def at_once(*acts):
    """What each gave, all begun at the same time."""
    results, start = [], threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait()
            results.append(act())
        finally:
            connection.close()

    turns = [threading.Thread(target=run, args=[act]) for act in acts]
    for turn in turns:
        turn.start()
    for turn in turns:
        turn.join()
    return results


def names():
    return sorted(message.to[0].partition("@")[0] for message in mail.outbox)


def delivery_of(name, digest):
    return Delivery.objects.filter(subscriber__email=f"{name}@example.org", digest=digest)


def test_who_had_the_digest_gets_the_correction_once(editor):
    digest = sent_to("a", "b")
    make_reader("later@example.org")
    correction = correct(digest, editor)
    for _turn in range(3):
        send_due()
    assert names() == ["a", "b"]
    assert correction.status == Correction.Status.PUBLISHED
    assert Digest.objects.get(pk=correction.mailed_as_id).status == Digest.Status.SENT
    assert receipt(correction.mailed_as)["audience"] == receipt(correction.mailed_as)["sent"] == 2
    assert receipt(digest)["audience"] == 2, "the digest's own receipt stays as it was"


@pytest.mark.parametrize("status", sorted(set(Status.values) - {"sent", "delivered"}))
def test_who_did_not_get_the_digest_gets_no_correction(editor, status):
    digest = sent_to("a", "b")
    delivery_of("b", digest).update(status=status)
    correct(digest, editor)
    send_due()
    assert "b" not in [name for name in names() if delivery_of(name, digest).get().status != Status.QUEUED]
    assert not delivery_of("b", Correction.objects.get().mailed_as).exists()
    assert "a" in names()


@pytest.mark.parametrize("status", ["unsubscribed", "bounced", "complained", "pending"])
def test_who_left_since_gets_no_correction(editor, status):
    digest = sent_to("a", "b")
    Subscriber.objects.filter(email="b@example.org").update(status=status)
    assert readers_of(digest.pk).count() == 1
    correct(digest, editor)
    send_due()
    assert names() == ["a"]


def test_who_leaves_while_it_is_on_its_way_gets_none(editor):
    digest = sent_to("a", "b")
    correct(digest, editor)
    open_deliveries(Digest.objects.get(kind=Digest.Kind.CORRECTION))
    Subscriber.objects.filter(email="b@example.org").update(status="unsubscribed")
    send_due()
    assert names() == ["a"]
    assert receipt(Correction.objects.get().mailed_as)["suppressed"] == 1


def test_each_reads_it_in_their_language_with_their_own_way_out(editor):
    digest = sent_to("korean", language="ko")
    make_reader("english@example.org", language="en")
    english = Subscriber.objects.get(email="english@example.org")
    Delivery.objects.create(
        digest=digest, subscriber=english, status=Status.SENT, send_at=timezone.now(), expires_at=timezone.now()
    )
    paper = digest.sections.first().entries.first().paper
    correct(digest, editor, paper=paper)
    send_due()
    bodies = {message.to[0].partition("@")[0]: message for message in mail.outbox}
    assert "수치는 4.2%입니다." in bodies["korean"].body and "The figure is" not in bodies["korean"].body
    assert "The figure is 4.2 %." in bodies["english"].body
    for message in bodies.values():
        assert paper.url in message.body and paper.title in message.body
        assert "/unsubscribe/" in message.body and "List-Unsubscribe" in message.extra_headers
    assert len({message.extra_headers["Message-ID"] for message in bodies.values()}) == 2


def test_readers_of_a_later_time_zone_get_it_after_the_digest(editor):
    digest = sent_to("a")
    make_reader("far@example.org")
    waiting = Delivery.objects.create(
        digest=digest,
        subscriber=Subscriber.objects.get(email="far@example.org"),
        status=Status.QUEUED,
        send_at=timezone.now() + timezone.timedelta(hours=2),
        expires_at=timezone.now() + timezone.timedelta(hours=9),
    )
    Digest.objects.filter(pk=digest.pk).update(status=Digest.Status.SENDING)
    correct(digest, editor)
    send_due()
    assert names() == ["a"]
    Delivery.objects.filter(pk=waiting.pk).update(status=Status.SENT)
    mail.outbox.clear()
    for _turn in range(2):
        send_due()
    assert names() == ["far"]


def test_an_unknown_delivery_gets_its_correction_once_it_is_known(editor):
    digest = sent_to("a", "b")
    delivery_of("b", digest).update(status=Status.UNKNOWN)
    correct(digest, editor)
    send_due()
    assert names() == ["a"]
    delivery_of("b", digest).update(status=Status.DELIVERED)
    send_due()
    send_due()
    assert names() == ["a", "b"]


def test_a_cancelled_digests_readers_are_put_right_too(editor):
    digest = sent_to("a")
    Digest.objects.filter(pk=digest.pk).update(status=Digest.Status.CANCELLED)
    correct(digest, editor)
    send_due()
    assert names() == ["a"]


def test_a_weekly_digest_can_be_corrected(editor):
    digest = sent_to("a")
    Digest.objects.filter(pk=digest.pk).update(kind=Digest.Kind.WEEKLY)
    digest.refresh_from_db()
    correct(digest, editor)
    send_due()
    assert f"/weekly/{digest.day}/" in mail.outbox[0].body


# ---- approved by the same rules


def test_the_mailing_is_frozen_under_the_hash_that_was_seen(editor):
    correction = correct(sent_to("a"), editor)
    mailing = Digest.objects.get(pk=correction.mailed_as_id)
    assert (mailing.approved_by, mailing.content_hash) == (editor, hash_of(shown(mailing)))
    assert shown(mailing)["texts"] == {"ko": "수치는 4.2%입니다.", "en": "The figure is 4.2 %."}


def test_words_that_changed_since_are_not_mailed(editor):
    correction = make_correction(sent_to("a"))
    seen = hash_seen(correction)
    Correction.objects.update(text_en="Something else.")
    with pytest.raises(NotApproved, match="changed|바뀌|변경"):
        mail_it(correction, editor, seen)
    correction.refresh_from_db()
    assert (correction.mailed_as, correction.status) == (None, "draft"), "all or nothing"


def test_who_may_not_approve_mails_no_correction(editor):
    correction = make_correction(sent_to("a"))
    editor.user_permissions.clear()
    editor.groups.clear()
    with pytest.raises(NotApproved):
        mail_it(correction, editor, hash_seen(correction))
    assert not Digest.objects.filter(kind=Digest.Kind.CORRECTION).exists()


def test_a_second_person_is_asked_where_two_are_needed(editor, settings):
    correction = make_correction(sent_to("a"))
    settings.APPROVALS_NEEDED = 2
    assert not mail_it(correction, editor, hash_seen(correction))
    send_due()
    assert names() == []
    assert mail_it(correction, make_editor("second"), hash_seen(correction))
    send_due()
    assert names() == ["a"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_clicks_at_once_one_mails_it(editor):
    correction = make_correction(sent_to("a"))
    seen = hash_seen(correction)
    assert sorted(at_once(*[lambda: mail_it(correction, editor, seen)] * 6)) == [False] * 5 + [True]
    assert Digest.objects.filter(kind=Digest.Kind.CORRECTION).count() == 1


def test_a_correction_is_published_once(editor):
    correction = make_correction(sent_to("a"))
    assert [publish(correction, editor, hash_seen(correction)) for _turn in range(2)] == [True, False]


def test_where_two_are_needed_the_first_word_publishes_nothing(client, editor, settings):
    digest = sent_to("a")
    correction = make_correction(digest)
    settings.APPROVALS_NEEDED = 2
    for _turn in range(2):
        assert not mail_it(correction, editor, hash_seen(correction))
        assert not publish(correction, editor, hash_seen(correction))
    correction.refresh_from_db()
    assert (correction.status, correction.mailed_as) == ("draft", None)
    assert "4.2%" not in client.get(reverse("digest", args=[digest.day])).content.decode()
    assert mail_it(correction, make_editor("second"), hash_seen(correction))
    assert "4.2%" in client.get(reverse("digest", args=[digest.day])).content.decode()


def test_two_words_for_the_web_are_none_for_the_mails(editor, settings):
    correction, second = make_correction(sent_to("a")), make_editor("second")
    settings.APPROVALS_NEEDED = 2
    assert not publish(correction, editor, hash_seen(correction))
    assert not mail_it(correction, second, hash_seen(correction)), "published now, and one word for the mails"
    correction.refresh_from_db()
    assert (correction.status, correction.mailed_as) == ("published", None)
    assert mail_it(correction, editor, hash_seen(correction))
    assert list(Digest.objects.get(kind="correction").approvals.values_list("by__username", flat=True)) == [
        "corrector",
        "second",
    ]


def test_words_that_changed_after_the_first_word_need_both_anew(editor, settings):
    correction, second = make_correction(sent_to("a")), make_editor("second")
    settings.APPROVALS_NEEDED = 2
    mail_it(correction, editor, hash_seen(correction))
    Correction.objects.update(text_en="Other words.")
    correction.refresh_from_db()
    assert not mail_it(correction, second, hash_seen(correction))
    assert Correction.objects.get().status == "draft"


def test_a_word_of_somebody_who_lost_the_right_counts_no_more(editor, settings):
    correction = make_correction(sent_to("a"))
    settings.APPROVALS_NEEDED = 2
    publish(correction, editor, hash_seen(correction))
    editor.groups.clear()
    assert not publish(correction, make_editor("second"), hash_seen(correction))
    assert Correction.objects.get().status == "draft"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_editor_pressing_everything_at_once_publishes_nothing(editor, settings):
    correction = make_correction(sent_to("a"))
    settings.APPROVALS_NEEDED = 2
    seen = hash_seen(correction)
    presses = [lambda: publish(correction, editor, seen), lambda: mail_it(correction, editor, seen)] * 3
    assert at_once(*presses) == [False] * 6
    correction.refresh_from_db()
    assert (correction.status, correction.mailed_as, correction.approvals.count()) == ("draft", None, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_editors_at_once_the_second_publishes_and_mails_it(editor, settings):
    correction, second = make_correction(sent_to("a")), make_editor("second")
    settings.APPROVALS_NEEDED = 2
    seen = hash_seen(correction)
    presses = [lambda by=by: mail_it(correction, by, seen) for by in (editor, second) * 2]
    assert sorted(at_once(*presses)) == [False, False, False, True]
    assert Correction.objects.get().status == "published"
    assert Digest.objects.filter(kind=Digest.Kind.CORRECTION).count() == 1
    assert AuditLine.objects.filter(act="correct").count() == 1


def test_the_archive_shows_no_mailing_as_a_digest(client, editor):
    digest = sent_to("a")
    correct(digest, editor)
    send_due()
    for path in ("/", reverse("digest", args=[digest.day])):
        page = client.get(path)
        assert page.status_code == 200
    assert page.context["digest"]["paper_count"] == 2
