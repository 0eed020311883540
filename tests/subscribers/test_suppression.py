"""Addresses that must not be mailed, and what an editor may do about them."""

import pytest
from django.contrib.auth.models import Group, Permission

from subscribers.delivery.events import apply_waiting, record
from subscribers.models import DeliveryEvent, Subscriber, Suppression
from subscribers.suppression import Reason, follow, forgive, hashes, is_suppressed, lift, suppress
from tests.factories import make_editor, make_reader
from tests.subscribers.came_back import Kind, make_delivery, make_sending, reader_of, report, status_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("same", ["a.reader@example.com", "A.READER@EXAMPLE.COM", " a.reader@Example.com "])
def test_address_is_found_however_it_is_written(same):
    suppress("a.reader@example.com", Reason.BOUNCED)
    assert is_suppressed(same) == Reason.BOUNCED
    assert is_suppressed("another@example.com") is None


def test_address_cannot_be_read_from_the_table(settings):
    suppress("reader@example.com", Reason.ERASED)
    assert "reader" not in str(Suppression.objects.values().get())
    settings.SUPPRESSION_KEYS = ["another key"]
    assert is_suppressed("reader@example.com") is None


def test_suppression_outlives_a_new_key_and_is_not_doubled(settings):
    suppress("reader@example.com", Reason.BOUNCED)
    settings.SUPPRESSION_KEYS = ["a new key", *settings.SUPPRESSION_KEYS]
    suppress("reader@example.com", Reason.COMPLAINED)
    assert is_suppressed("reader@example.com") == Reason.COMPLAINED
    assert Suppression.objects.count() == 1


def test_the_stronger_reason_stays_whichever_came_first():
    suppress("reader@example.com", Reason.COMPLAINED)
    suppress("reader@example.com", Reason.BOUNCED)
    suppress("reader@example.com", Reason.ERASED)
    assert is_suppressed("reader@example.com") == Reason.COMPLAINED
    assert not lift("reader@example.com", Reason.BOUNCED)
    assert lift("reader@example.com", Reason.COMPLAINED)


def test_suppressions_follow_statuses_of_many_readers_and_leave_the_erased():
    readers = [make_reader(status=status) for status in ["active", "bounced", "complained"] * 3]
    suppress(readers[0].email, Reason.BOUNCED)
    suppress(readers[3].email, Reason.ERASED)
    follow(Subscriber.objects.all())
    found = [is_suppressed(reader.email) for reader in readers]
    assert found == [None, "bounced", "complained", "erased", "bounced", "complained", None, "bounced", "complained"]


def test_forgiven_complaint_lets_the_reader_sign_up_and_mails_nothing_before():
    reader = make_reader(status="complained")
    suppress(reader.email, Reason.COMPLAINED)
    assert forgive(reader) and not forgive(reader)
    reader.refresh_from_db()
    assert reader.status == Subscriber.Status.UNSUBSCRIBED
    assert is_suppressed(reader.email) is None


# ---- in admin


@pytest.fixture
def editor(client):
    """Somebody who sees events and suppressions, logged in."""
    found = make_editor()
    rights = ["view_deliveryevent", "view_suppression", "view_subscriber"]
    found.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    client.force_login(found)
    return found


def allow(user, codename):
    user.user_permissions.add(Permission.objects.get(codename=codename))


def act(client, model, action, rows):
    """Choose an action for these rows in admin."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(f"/admin/subscribers/{model}/", chosen)


def held_events():
    """A digest with a flood of bounces held."""
    digest = make_sending(readers=20)
    record([report(delivery, Kind.BOUNCED) for delivery in digest.deliveries.all()])
    return digest, DeliveryEvent.objects.filter(state="held")


def test_editor_applies_held_events_at_the_next_tick_and_later_ones_count(client, editor):
    allow(editor, "settle_deliveryevent")
    digest, held = held_events()
    act(client, "deliveryevent", "apply_them", held)
    assert Subscriber.objects.filter(status="bounced").count() == 0
    assert apply_waiting() == {"applied": 20}
    assert Subscriber.objects.filter(status="bounced").count() == 20
    assert Suppression.objects.count() == 20
    assert set(DeliveryEvent.objects.values_list("settled_by", flat=True)) == {editor.pk}
    late = make_delivery(digest=digest)
    assert record([report(late, Kind.BOUNCED)]) == {"applied": 1}


def test_dismissed_events_never_do_anything(client, editor):
    allow(editor, "settle_deliveryevent")
    _digest, held = held_events()
    act(client, "deliveryevent", "dismiss_them", held)
    assert apply_waiting() == {}
    assert set(DeliveryEvent.objects.values_list("state", flat=True)) == {"dismissed"}
    assert Subscriber.objects.filter(status="active").count() == 20


def test_who_may_only_look_settles_nothing(client, editor):
    _digest, held = held_events()
    act(client, "deliveryevent", "apply_them", held)
    act(client, "subscriber", "forgive_them", [make_reader(status="complained")])
    assert held.count() == 20
    assert Subscriber.objects.filter(status="complained").count() == 1


def test_held_events_are_left_alone_by_the_tick():
    held_events()
    assert apply_waiting() == {}


def test_an_operator_takes_a_complaint_back_and_finds_suppressions_by_address(client, editor):
    editor.groups.set(Group.objects.filter(name="operator"))
    delivery = make_delivery()
    record([report(delivery, Kind.COMPLAINED)])
    short = hashes(delivery.subscriber.email)[0][:12]
    found = client.get("/admin/subscribers/suppression/", {"q": delivery.subscriber.email.upper()})
    assert short in found.content.decode()
    other = client.get("/admin/subscribers/suppression/", {"q": "somebody@example.com"})
    assert short not in other.content.decode()
    act(client, "subscriber", "forgive_them", [delivery.subscriber])
    assert (reader_of(delivery), status_of(delivery)) == ("unsubscribed", "complained")
