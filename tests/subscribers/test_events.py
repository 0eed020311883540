"""What comes back: twice, late, in any order, and false."""

import datetime as dt
import random
from collections import Counter

import pytest
import time_machine
from django.utils import timezone

from subscribers.delivery import names, strikes
from subscribers.delivery.events import KEPT, apply_waiting, record
from subscribers.delivery.moves import BECOMES, ORDER
from subscribers.lifecycle import confirm, leave
from subscribers.models import Delivery, DeliveryEvent, Subscriber, Suppression, UnusedReports
from subscribers.suppression import is_suppressed
from tests.factories import make_reader
from tests.subscribers.came_back import Kind, make_deliveries, make_delivery, make_sending, reader_of, report, status_of

pytestmark = pytest.mark.django_db
Status = Delivery.Status


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_event_moves_a_sent_delivery_by_the_table(kind):
    delivery = make_delivery()
    assert record([report(delivery, kind)]) == {"applied": 1}
    assert status_of(delivery) == BECOMES[kind]


@pytest.mark.parametrize("was", ["unknown", "queued", "expired"])
def test_a_report_proves_that_a_mail_went_out_after_all(was):
    delivery = make_delivery(was)
    record([report(delivery, Kind.DELIVERED)])
    assert status_of(delivery) == "delivered"


def test_accepted_closes_an_unknown_as_sent():
    delivery = make_delivery("unknown")
    record([report(delivery, Kind.ACCEPTED)])
    assert status_of(delivery) == "sent"


@pytest.mark.parametrize("later", [Kind.ACCEPTED, Kind.DELIVERED, Kind.FAILED])
@pytest.mark.parametrize("first", [Kind.BOUNCED, Kind.COMPLAINED])
def test_late_good_news_revives_nobody(first, later):
    delivery = make_delivery()
    record([report(delivery, first)])
    record([report(delivery, later)])
    assert status_of(delivery) == BECOMES[first]
    assert reader_of(delivery) == first


def test_hard_bounce_strikes_the_reader_off_and_suppresses_the_address():
    delivery = make_delivery()
    record([report(delivery, Kind.BOUNCED)])
    assert reader_of(delivery) == Subscriber.Status.BOUNCED
    assert is_suppressed(delivery.subscriber.email.upper()) == Suppression.Reason.BOUNCED


def test_complaint_strikes_off_even_who_has_left_or_bounced_already():
    for was in ("unsubscribed", "bounced", "pending"):
        delivery = make_delivery(digest=make_sending(day=dt.date(2024, 1, 1)), reader=make_reader(status=was))
        record([report(delivery, Kind.COMPLAINED)])
        assert reader_of(delivery) == Subscriber.Status.COMPLAINED
        assert is_suppressed(delivery.subscriber.email) == Suppression.Reason.COMPLAINED
        Delivery.objects.all().delete()
        delivery.digest.delete()


def test_unsubscribing_at_the_provider_counts_and_stops_what_is_queued():
    delivery = make_delivery()
    waiting = make_delivery("queued", make_sending(day=dt.date(2024, 11, 23)), delivery.subscriber)
    record([report(delivery, Kind.UNSUBSCRIBED)])
    assert reader_of(delivery) == Subscriber.Status.UNSUBSCRIBED
    assert status_of(waiting) == Status.SUPPRESSED


def test_third_soft_bounce_in_five_mails_strikes_off_and_the_second_does_not():
    reader = make_reader()
    days = [dt.date(2024, 11, day) for day in range(20, 25)]
    mails = [make_delivery(digest=make_sending(day=day), reader=reader) for day in days]
    record([report(mails[0], Kind.SOFT_BOUNCE)])
    record([report(mails[2], Kind.SOFT_BOUNCE)])
    assert reader_of(mails[0]) == Subscriber.Status.ACTIVE
    record([report(mails[4], Kind.SOFT_BOUNCE)])
    assert reader_of(mails[0]) == Subscriber.Status.BOUNCED


def test_soft_bounces_of_six_mails_ago_are_forgotten():
    reader = make_reader()
    mails = [make_delivery(digest=make_sending(day=dt.date(2024, 11, day)), reader=reader) for day in range(1, 8)]
    for each in (mails[0], mails[1], mails[6]):
        record([report(each, Kind.SOFT_BOUNCE)])
    assert reader_of(mails[0]) == Subscriber.Status.ACTIVE


def test_bounce_of_before_the_last_confirmation_strikes_nobody_off_but_a_complaint_does():
    earlier = timezone.now()
    with time_machine.travel(earlier + dt.timedelta(minutes=5)):
        delivery = make_delivery(reader=make_reader(confirmed_at=timezone.now()))
        record([report(delivery, Kind.BOUNCED, at=earlier)])
        assert reader_of(delivery) == Subscriber.Status.ACTIVE
        record([report(delivery, Kind.COMPLAINED, at=earlier)])
        assert reader_of(delivery) == Subscriber.Status.COMPLAINED


def test_confirming_again_lifts_a_bounce_and_never_a_complaint():
    bounced, complained = make_delivery(), make_delivery(digest=make_sending(day=dt.date(2024, 11, 23)))
    record([report(bounced, Kind.BOUNCED), report(complained, Kind.COMPLAINED)])
    for delivery in (bounced, complained):
        Subscriber.objects.filter(deliveries=delivery, status="bounced").update(status="pending")
        confirm(delivery.subscriber.key)
    assert is_suppressed(bounced.subscriber.email) is None
    assert is_suppressed(complained.subscriber.email) == Suppression.Reason.COMPLAINED


def test_the_same_event_is_kept_once_and_counted_as_repeated():
    delivery = make_delivery()
    once = report(delivery, Kind.DELIVERED)
    assert record([once, once]) == {"applied": 1, "repeated": 1}
    assert record([once]) == {"repeated": 1}
    assert DeliveryEvent.objects.count() == 1


def test_event_for_a_row_in_a_workers_hands_waits_for_the_worker():
    delivery = make_delivery("sending")
    assert record([report(delivery, Kind.DELIVERED)]) == {"waiting": 1}
    assert apply_waiting() == {}
    assert status_of(delivery) == Status.SENDING
    Delivery.objects.filter(pk=delivery.pk).update(status="sent")
    assert apply_waiting() == {"applied": 1}
    assert status_of(delivery) == Status.DELIVERED


def test_complaint_about_a_row_in_a_workers_hands_strikes_the_reader_off_at_once():
    delivery = make_delivery("sending")
    record([report(delivery, Kind.COMPLAINED)])
    assert (status_of(delivery), reader_of(delivery)) == ("sending", "complained")
    Delivery.objects.filter(pk=delivery.pk).update(status="unknown")
    apply_waiting()
    assert status_of(delivery) == Status.COMPLAINED
    assert DeliveryEvent.objects.get().reader_was == Subscriber.Status.ACTIVE


@pytest.mark.parametrize(
    ("away", "why"),
    [
        (dt.timedelta(days=-31), "old"),
        (dt.timedelta(hours=-1), "old"),
        (dt.timedelta(hours=1), "future"),
        (dt.timedelta(days=-3650), "old"),
    ],
)
def test_event_of_before_the_mail_or_of_the_future_is_counted_and_ignored(away, why):
    delivery = make_delivery()
    assert record([report(delivery, Kind.BOUNCED, at=timezone.now() + away)]) == {why: 1}
    assert (status_of(delivery), reader_of(delivery)) == ("sent", "active")
    assert UnusedReports.objects.get().why == why


def test_event_about_no_mail_of_ours_is_counted_and_ignored():
    delivery = make_delivery()
    strange = [report(delivery, Kind.BOUNCED, name=name) for name in ("", "x", "a" * 26, "../../etc", "0" * 5000)]
    assert record(strange) == {"unmatched": 5}
    assert record(strange[:2]) == {"unmatched": 2}
    assert DeliveryEvent.objects.count() == 0
    assert UnusedReports.objects.get().count == 7


def test_event_without_our_name_is_matched_by_provider_id_and_recipient():
    delivery = make_delivery()
    Delivery.objects.filter(pk=delivery.pk).update(provider_id="pm-1")
    about = {"name": "", "message_id": "pm-1"}
    other = make_reader().email
    assert record([report(delivery, Kind.DELIVERED, recipient=other, **about)]) == {"unmatched": 1}
    record([report(delivery, Kind.DELIVERED, recipient=delivery.subscriber.email.upper(), **about)])
    assert status_of(delivery) == Status.DELIVERED


def test_event_that_gives_another_mails_id_is_not_believed():
    delivery = make_delivery()
    Delivery.objects.filter(pk=delivery.pk).update(provider_id="<pm-1@provider>")
    assert record([report(delivery, Kind.BOUNCED, message_id="<forged@example.invalid>")]) == {"unmatched": 1}
    assert record([report(delivery, Kind.DELIVERED, message_id="pm-1@provider")]) == {"applied": 1}
    own = names.message_id(delivery.digest_id, delivery.pk)
    assert record([report(delivery, Kind.BOUNCED, message_id=own)]) == {"applied": 1}


def test_quiet_events_are_forgotten_after_forty_days_and_striking_ones_kept():
    delivery = make_delivery()
    record([report(delivery, Kind.DELIVERED), report(delivery, Kind.BOUNCED)])
    with time_machine.travel(timezone.now() + KEPT + dt.timedelta(days=1)):
        assert apply_waiting() == {"forgotten": 1}
    assert DeliveryEvent.objects.get().kind == Kind.BOUNCED


def test_ten_thousand_events_shuffled_and_repeated_end_as_the_tables_say():
    digest = make_sending(readers=2500)
    draw = random.Random(33)
    expected, reports = {}, []
    for delivery in digest.deliveries.order_by("pk"):
        kinds = draw.choices([Kind.ACCEPTED, Kind.DELIVERED], k=2)
        if draw.random() < 0.02:
            kinds.append(draw.choice([Kind.BOUNCED, Kind.COMPLAINED, Kind.SOFT_BOUNCE]))
        expected[delivery.pk] = max((BECOMES[kind] for kind in kinds), key=ORDER.index)
        reports += [report(delivery, kind) for kind in kinds]
    reports += draw.choices(reports, k=10_000 - len(reports))
    draw.shuffle(reports)
    counts = Counter()
    while reports:
        size = draw.choice([1, 10, 300, 1000])
        counts += record(reports[:size])
        del reports[:size]
    assert dict(digest.deliveries.values_list("pk", "status")) == expected
    assert counts["applied"] + counts["repeated"] == 10_000
    digest.refresh_from_db()
    assert counts["held"] == 0


# ---- floods


def flood(digest, kind=Kind.BOUNCED, share=1.0):
    """Reports about this share of the digest's mails, in one call each."""
    mails = list(digest.deliveries.order_by("pk"))
    counts = Counter()
    for delivery in mails[: int(len(mails) * share)]:
        counts += record([report(delivery, kind)])
    return counts


@pytest.mark.parametrize("kind", [Kind.BOUNCED, Kind.COMPLAINED])
def test_forged_flood_strikes_nobody_off_pauses_and_says_so(kind, caplog):
    digest = make_sending(readers=200)
    counts = flood(digest, kind)
    assert counts["held"] == 190  # all but the ten in twenty that came before it rang
    assert Counter(digest.deliveries.values_list("status", flat=True)) == {"sent": 200}
    assert Counter(Subscriber.objects.values_list("status", flat=True)) == {"active": 200}
    assert not Suppression.objects.exists()
    assert set(DeliveryEvent.objects.values_list("state", flat=True)) == {"held"}
    digest.refresh_from_db()
    assert digest.status == "paused"
    assert "too many to be believed" in digest.notes[-1]
    assert "too many to be believed" in caplog.text


def test_second_flood_pauses_again_after_the_first_was_dismissed():
    digest = make_sending(readers=60)
    for _ in range(2):
        flood(digest, share=0.1)
        digest.refresh_from_db()
        assert digest.status == "paused"
        DeliveryEvent.objects.update(state="dismissed")
        digest.advance("sending")
    assert len(digest.notes) == 2


def test_flood_after_the_digest_was_sent_is_held_and_noted_too():
    digest = make_sending(readers=50)
    digest.advance("sent")
    assert flood(digest)["held"]
    digest.refresh_from_db()
    assert digest.status == "sent"
    assert "too many" in digest.notes[-1]


def test_few_bounces_of_a_small_list_are_believed():
    digest = make_sending(readers=20)
    assert flood(digest, share=0.2) == {"applied": 4}
    assert Subscriber.objects.filter(status="bounced").count() == 4


def test_five_in_a_hundred_are_believed_and_six_are_not():
    digest = make_sending(readers=100)
    assert flood(digest, share=0.05) == {"applied": 5}
    assert Subscriber.objects.filter(status="bounced").count() == 5
    digest = make_sending(readers=100, day=dt.date(2024, 11, 23))
    assert flood(digest, share=0.06)["held"] == 1
    assert DeliveryEvent.objects.filter(digest=digest, state="held").count() == 6


def test_what_a_flood_did_is_taken_back_step_by_step():
    digest = make_sending(readers=40)
    unknown, gone, angry, left = digest.deliveries.order_by("pk")[:4]
    Delivery.objects.filter(pk=unknown.pk).update(status="unknown")
    Subscriber.objects.filter(pk=gone.subscriber_id).update(status="bounced")
    record([report(unknown, Kind.BOUNCED)])
    record([report(gone, Kind.COMPLAINED)])
    record([report(angry, Kind.BOUNCED), report(angry, Kind.COMPLAINED), report(angry, Kind.DELIVERED)])
    record([report(left, Kind.COMPLAINED)])
    leave(left.subscriber.key)
    assert Subscriber.objects.filter(status__in=["bounced", "complained"]).count() == 4
    flood(digest)
    assert [status_of(each) for each in (unknown, gone, angry, left)] == ["unknown", "sent", "delivered", "sent"]
    readers = [reader_of(each) for each in (unknown, gone, angry, left)]
    assert readers == ["active", "bounced", "active", "unsubscribed"]
    assert is_suppressed(gone.subscriber.email) == Suppression.Reason.BOUNCED
    assert Suppression.objects.count() == 1


def test_delivered_is_believed_while_a_flood_is_held():
    digest = make_sending(readers=30)
    flood(digest)
    record([report(digest.deliveries.first(), Kind.DELIVERED)])
    assert digest.deliveries.filter(status="delivered").count() == 1


def test_flood_of_a_digest_does_not_hold_the_bounces_of_another():
    flood(make_sending(readers=30))
    other = make_delivery(digest=make_sending(day=dt.date(2024, 11, 23)))
    assert record([report(other, Kind.BOUNCED)]) == {"applied": 1}


def test_three_complaints_in_a_thousand_pause_once_and_still_count():
    digest = make_sending(readers=1000)
    assert flood(digest, Kind.COMPLAINED, share=0.002) == {"applied": 2}
    digest.refresh_from_db()
    assert digest.status == "sending"
    flood(digest, Kind.COMPLAINED, share=0.003)
    digest.refresh_from_db()
    assert (digest.status, len(digest.notes)) == ("paused", 1)
    assert Subscriber.objects.filter(status="complained").count() == 3
    digest.advance("sending")  # an editor has read it and goes on
    flood(digest, Kind.COMPLAINED, share=0.006)
    digest.refresh_from_db()
    assert digest.status == "sending"


def test_bounces_often_needs_more_than_one_mail():
    reader = make_reader()
    [delivery] = make_deliveries(make_sending(), [reader])
    record([report(delivery, Kind.SOFT_BOUNCE), report(delivery, Kind.SOFT_BOUNCE), report(delivery, Kind.SOFT_BOUNCE)])
    assert reader_of(delivery) == "active"
    assert strikes.OFTEN == 3


def test_name_of_a_delivery_is_opaque_constant_and_outlives_a_new_key(settings):
    name = names.name_of(1234567)
    assert len(name) == 26 and names.name_of(1234567) == name
    assert names.delivery_named(name.upper()) == 1234567
    settings.LINK_KEYS = ["a new key", *settings.LINK_KEYS]
    assert names.name_of(1234567) != name
    assert names.delivery_named(name) == 1234567
    assert len({names.name_of(number)[:3] for number in range(200)}) > 150  # neighbours share nothing
    assert names.delivery_named(name[:-2] + "aa") is None
