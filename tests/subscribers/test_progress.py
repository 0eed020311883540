"""The page on which a sending is watched: what it counts, what it says, and what its buttons do."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests.models import Correction, Digest
from subscribers.delivery import guard
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.progress import progress_of
from subscribers.delivery.receipt import receipt
from subscribers.delivery.send import send_due
from subscribers.models import Delivery, DigestCount, Sending
from tests.factories import make_approved, make_digest, make_editor, make_reader

pytestmark = pytest.mark.django_db
Status = Delivery.Status
NOW = dt.datetime(2024, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def editor():
    editor = make_editor()
    editor.user_permissions.add(*Permission.objects.filter(codename__in=["view_delivery", "steer_digest"]))
    return editor


@pytest.fixture
def browser(editor):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(editor)
    return browser


def page_of(digest):
    return reverse("admin:subscribers_progress", args=[digest.pk])


def opened(**statuses):
    """A digest on its way with so many rows in each status, all of them due and finished, if so, half a minute ago."""
    for _turn in range(sum(statuses.values())):
        make_reader()
    digest = make_approved()
    open_deliveries(digest)
    pks = list(Delivery.objects.values_list("pk", flat=True))
    for status, many in statuses.items():
        finished = None if status in Delivery.OPEN else NOW - dt.timedelta(seconds=30)
        mine, pks = pks[:many], pks[many:]
        Delivery.objects.filter(pk__in=mine).update(
            status=status,
            finished_at=finished,
            send_at=NOW - dt.timedelta(hours=1),
            expires_at=NOW + dt.timedelta(days=1),
        )
    digest.refresh_from_db()
    return digest


def words_of(page):
    return " ".join(page.content.decode().split())


def test_the_counts_are_the_receipts():
    digest = opened(sent=3, queued=2, sending=1, unknown=1)
    told = progress_of(digest, NOW)
    counts = receipt(digest)
    assert told.audience == counts.pop("audience") == 7
    assert told.counts == counts
    assert (told.done, told.due) == (4, 3)


def test_the_time_left_goes_by_the_clocks_last_minute():
    digest = opened(sent=4, queued=2)
    DigestCount.objects.create(digest=digest, what=DigestCount.PACE, count=4, counted_at=NOW - dt.timedelta(seconds=59))
    told = progress_of(digest, NOW)
    assert (told.a_minute, told.seconds_left) == (4, 30)


def test_nothing_is_foretold_while_nothing_moves():
    digest = opened(queued=2)
    assert progress_of(digest, NOW).seconds_left is None
    Delivery.objects.update(send_at=NOW + dt.timedelta(hours=2))
    told = progress_of(digest, NOW)
    assert (told.due, told.next_at) == (0, NOW + dt.timedelta(hours=2))


def test_what_was_counted_long_ago_is_no_speed():
    digest = opened(sent=4, queued=2)
    DigestCount.objects.create(digest=digest, what=DigestCount.PACE, count=4, counted_at=NOW - dt.timedelta(minutes=3))
    assert progress_of(digest, NOW).a_minute == 0


def test_the_page_renews_itself_with_and_without_scripts_while_something_moves(browser):
    digest = opened(queued=1)
    words = words_of(browser.get(page_of(digest)))
    assert '<noscript><meta http-equiv="refresh"' in words and "web/progress.js" in words
    Digest.objects.update(status=Digest.Status.SENT)
    words = words_of(browser.get(page_of(digest)))
    assert 'http-equiv="refresh"' not in words and "web/progress.js" not in words


def test_the_script_is_told_what_the_page_says(browser):
    digest = opened(sent=1, queued=1)
    told = browser.get(reverse("admin:subscribers_progress_counts", args=[digest.pk])).json()
    assert (told["counts"]["sent"], told["counts"]["queued"], told["audience"], told["done"]) == (1, 1, 2, 1)
    assert told["is_moving"] and told["status"] == "sending" and "1 of 2 done." in told["summary"]


def test_pause_and_resume_lead_back_here_and_do_what_they_say(browser):
    digest = opened(queued=2)
    Delivery.objects.update(send_at=timezone.now(), expires_at=timezone.now() + dt.timedelta(hours=1))
    decide = reverse("admin:digests_digest_decide", args=[digest.pk])
    page = browser.post(decide, {"decision": "pause", "back": "progress"}, follow=True)
    assert page.redirect_chain[-1][0] == page_of(digest)
    assert "2 readers have not got it yet. Resume lets it go on" in words_of(page)
    assert send_due()["sent"] == 0
    browser.post(decide, {"decision": "resume", "back": "progress"})
    assert send_due()["sent"] == 2


def test_a_pause_by_the_product_says_why(browser):
    digest = opened(queued=1)
    digest.advance(Digest.Status.PAUSED, notes=["Sending paused: 535 authentication failed"])
    words = words_of(browser.get(page_of(digest)))
    assert "535 authentication failed" in words and "1 reader has not got it yet" in words


@pytest.mark.parametrize(("status", "said"), [("unknown", "nobody knows whether they arrived"), ("failed", "were refused and not sent")])  # fmt: skip
def test_what_went_wrong_is_said_with_what_to_do(browser, status, said):
    words = words_of(browser.get(page_of(opened(**{status: 2}))))
    assert said in words and "receipt" in words


def test_a_clock_that_stands_still_is_said(browser):
    digest = opened(queued=1)
    guard.note_tick()
    assert "The clock has not come by" not in words_of(browser.get(page_of(digest)))
    Sending.objects.update(ticked_at=timezone.now() - dt.timedelta(minutes=12))
    assert "The clock has not come by for 12 minutes" in words_of(browser.get(page_of(digest)))


def test_a_draft_has_no_sending_to_watch(browser):
    assert browser.get(page_of(make_digest())).status_code == 404


def test_who_may_see_neither_digests_nor_deliveries_sees_no_counts(django_user_model):
    clerk = Client()
    clerk.force_login(django_user_model.objects.create_user("clerk", is_staff=True))
    digest = opened(queued=1)
    assert clerk.get(page_of(digest)).status_code == 403
    assert clerk.get(reverse("admin:subscribers_progress_counts", args=[digest.pk])).status_code == 403


def test_the_front_page_leads_to_what_is_in_hand(browser):
    draft, sending = make_digest(), None
    words = words_of(browser.get(reverse("admin:index")))
    assert reverse("admin:subscribers_approve", args=[draft.pk]) in words
    draft.delete()
    sending = opened(queued=1)
    words = words_of(browser.get(reverse("admin:index")))
    assert page_of(sending) in words
    Digest.objects.update(status=Digest.Status.SENT)
    assert "Nothing else waits for an editor." in words_of(browser.get(reverse("admin:index")))


def test_the_front_page_leads_from_a_corrections_mailing_to_the_correction(browser):
    corrected = make_approved()
    mailing = make_digest(kind=Digest.Kind.CORRECTION, sections=())
    correction = Correction.objects.create(
        digest=corrected,
        text_en="It is 4.2 %.",
        made_by=corrected.approved_by,
        status="published",
        published_at=timezone.now(),
        mailed_as=mailing,
    )
    assert reverse("admin:subscribers_correction", args=[correction.pk]) in words_of(
        browser.get(reverse("admin:index"))
    )
