"""What only the owner of an address may do, by a link mailed to that address alone."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client

from subscribers import lifecycle, links, suppression
from subscribers.delivery.opening import open_deliveries
from subscribers.mail import send_letters
from subscribers.models import AddressChange, Delivery, OwnersLink, Subscriber
from subscribers.owner.forgetting import forget_links
from subscribers.suppression import Reason
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db
Status = Subscriber.Status
NOW = dt.datetime(2024, 11, 21, 22, tzinfo=dt.UTC)  # Friday, 07:00 in Seoul


@pytest.fixture(autouse=True)
def nobody_wakes_the_crew(monkeypatch):
    monkeypatch.setattr("newsletter.waking.wake", lambda task: None)


@pytest.fixture
def reader():
    return make_reader("kim.reader@example.org", language="en")


def ask(client, reader):
    return client.post(f"{links.path(links.PREFERENCES, reader.key)}own/")


def path_in(message, kind):
    return re.search(rf"/{kind}/[^\s\"<>]+/", message.body)[0]


def own_page(client, reader):
    """Ask for the link, have it mailed, and give its path."""
    ask(client, reader)
    send_letters()
    return path_in(mail.outbox[-1], "own")


# ---- the link


def test_the_link_goes_to_the_address_alone_and_the_page_shows_little_of_it(client, reader):
    page = ask(client, reader).content.decode()
    assert "k***@example.org" in page and "kim" not in page
    assert send_letters() == 1
    assert mail.outbox[0].to == ["kim.reader@example.org"]
    own = client.get(path_in(mail.outbox[0], "own"))
    assert "kim.reader@example.org" in own.content.decode()
    assert "no-store" in own["Cache-Control"] and own["Referrer-Policy"] == "same-origin"


def test_a_link_cannot_be_asked_for_by_opening_a_page_nor_from_another_site(client, reader):
    path = f"{links.path(links.PREFERENCES, reader.key)}own/"
    assert client.get(path).status_code == 405
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert not OwnersLink.objects.exists()


def test_links_are_mailed_ten_minutes_apart_and_five_a_day_and_the_page_says_the_same(client, reader):
    with time_machine.travel(NOW) as clock:
        pages = {re.sub(r"value=\"\w+\"", "", ask(client, reader).content.decode()) for _ in range(3)}
        assert (len(pages), send_letters()) == (1, 1)
        for _ in range(9):
            clock.shift(dt.timedelta(minutes=11))
            ask(client, reader)
            send_letters()
    assert len(mail.outbox) == 5


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.COMPLAINED, Status.ERASED])
def test_who_must_not_be_mailed_is_not_and_the_page_does_not_tell(client, reader, status):
    Subscriber.objects.update(status=status)
    assert "is on its way" in ask(client, reader).content.decode()
    assert send_letters() == 0


def test_who_complains_before_the_letter_goes_out_gets_none(client, reader):
    ask(client, reader)
    suppression.suppress(reader.email, Reason.COMPLAINED)
    assert (send_letters(), mail.outbox) == (0, [])


def test_who_has_left_can_still_ask_by_the_same_page(client, reader):
    lifecycle.leave(reader.key)
    assert 'action="own/"' in client.get(links.path(links.PREFERENCES, reader.key)).content.decode()
    assert client.get(own_page(client, reader)).status_code == 200


def test_a_link_is_good_for_a_day(client, reader):
    with time_machine.travel(NOW) as clock:
        path = own_page(client, reader)
        clock.shift(dt.timedelta(hours=23))
        assert client.get(path).status_code == 200
        clock.shift(dt.timedelta(hours=2))
        assert {client.get(path).status_code, client.post(f"{path}export/").status_code} == {404}
        assert client.post(f"{path}erase/").status_code == 404
    assert Subscriber.objects.get().status == Status.ACTIVE


@pytest.mark.parametrize("purpose", [links.PREFERENCES, links.UNSUBSCRIBE, links.CONFIRM, links.RETURN, links.ADDRESS])
def test_no_other_link_opens_the_page(client, reader, purpose):
    link = OwnersLink.objects.create(subscriber=reader, asked_at=NOW)
    for key in (reader.key, link.key):
        path = f"/own/{links.token(purpose, key)}/"
        assert client.get(path).status_code == 404
        assert client.post(f"{path}export/").status_code == 404
        assert client.post(f"{path}erase/").status_code == 404
    assert client.get(f"/own/{links.token(links.OWN, reader.key)}/").status_code == 404
    assert Subscriber.objects.get().status == Status.ACTIVE


def test_another_site_can_do_nothing_with_the_page(client, reader):
    path = own_page(client, reader)
    stranger = Client(enforce_csrf_checks=True)
    assert {stranger.post(f"{path}{act}").status_code for act in ("", "export/", "erase/")} == {403}


def test_old_links_are_forgotten(client, reader):
    with time_machine.travel(NOW) as clock:
        own_page(client, reader)
        assert forget_links() == 0
        clock.shift(dt.timedelta(days=4))
        assert forget_links() == 1


# ---- taking along


def test_the_file_has_everything_that_is_kept_and_is_handed_out_once(client, reader):
    digest = make_approved()
    open_deliveries(digest)
    path = own_page(client, reader)
    answer = client.post(f"{path}export/")
    assert answer["Content-Disposition"] == 'attachment; filename="my-subscription.json"'
    told = json.loads(answer.content)
    assert told["subscription"]["email"] == "kim.reader@example.org"
    assert told["subscription"]["confirmed_at"].startswith("2020-01-01")
    assert [(each["digest__day"], each["status"]) for each in told["mails"]] == [("2024-11-22", "queued")]
    assert len(told["links_asked_for"]) == 1
    assert reader.key not in answer.content.decode()
    assert client.post(f"{path}export/").status_code == 404
    assert "has handed out the file" in client.get(path).content.decode()


def test_the_file_names_every_column_of_a_subscriber_but_our_own(client, reader):
    told = json.loads(client.post(f"{own_page(client, reader)}export/").content)
    columns = {field.name for field in Subscriber._meta.concrete_fields}
    assert columns - set(told["subscription"]) == {"id", "key", "letter_due_at"}


def test_the_file_holds_nothing_about_anybody_else(client, reader):
    other = make_reader("somebody.else@example.net")
    open_deliveries(make_approved())
    told = client.post(f"{own_page(client, reader)}export/").content.decode()
    assert "somebody.else" not in told and other.key not in told
    assert len(json.loads(told)["mails"]) == 1


# ---- another address


def wish(client, reader, new="new.kim@example.net"):
    """Ask for another address; give the paths that each side was mailed."""
    page = client.post(own_page(client, reader), {"email": new})
    assert page.status_code == 200
    before = len(mail.outbox)
    send_letters()
    mailed = {message.to[0]: path_in(message, "address") for message in mail.outbox[before:]}
    return mailed.get("kim.reader@example.org"), mailed.get(new)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_address_changes_when_both_sides_have_agreed_and_not_before(client, reader, order):
    sides = wish(client, reader)
    assert "as soon as the other address has agreed" in client.post(sides[order[0]]).content.decode()
    assert "as soon as" in client.post(sides[order[0]]).content.decode()
    assert Subscriber.objects.get().email == "kim.reader@example.org"
    assert "The address is changed" in client.post(sides[order[1]]).content.decode()
    after = Subscriber.objects.get()
    assert (after.pk, after.email, after.key, after.status) == (reader.pk, "new.kim@example.net", reader.key, "active")
    assert "The address is changed" in client.get(sides[order[0]]).content.decode()


def test_a_press_that_no_hand_did_speaks_for_nobody(client, reader):
    for path in wish(client, reader):
        assert 'role="alert"' in client.post(f"{path}?pressed=script").content.decode()
    letter = next(message for message in mail.outbox if message.to == ["new.kim@example.net"])
    refuse = re.search(r"/refuse/[^\s>]+", letter.extra_headers["List-Unsubscribe"])[0]
    assert 'role="alert"' in client.post(f"{refuse}?pressed=script").content.decode()
    change = AddressChange.objects.get()
    assert (change.former_agreed_at, change.new_agreed_at, change.ended_at) == (None, None, None)


def test_opening_the_links_agrees_to_nothing(client, reader):
    for path in wish(client, reader):
        for method in ("get", "head", "options"):
            getattr(client, method)(path, headers={"sec-purpose": "prefetch"})
    change = AddressChange.objects.get()
    assert (change.former_agreed_at, change.new_agreed_at) == (None, None)


def test_the_new_side_learns_nothing_of_the_former_and_gets_no_link_of_the_subscription(client, reader):
    wish(client, reader)
    letter = next(message for message in mail.outbox if message.to == ["new.kim@example.net"])
    whole = letter.message().as_string() + letter.body + letter.alternatives[0][0]
    assert "kim.reader" not in whole
    assert not re.search("/(preferences|unsubscribe|own)/", whole)
    assert "/refuse/" in letter.extra_headers["List-Unsubscribe"]


def test_either_side_can_refuse_with_one_click_and_the_new_one_is_left_alone_for_a_while(client, reader):
    with time_machine.travel(NOW) as clock:
        former, new = wish(client, reader)
        refuse = path_in(mail.outbox[-1], "refuse")
        client.get(refuse)
        assert AddressChange.objects.get().ended_at is None
        outsider = Client(enforce_csrf_checks=True)
        answer = outsider.post(refuse, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, bool(answer.cookies)) == (200, False)
        for path in (former, new):
            assert "This change is off" in client.post(path).content.decode()
        clock.shift(dt.timedelta(days=2))
        assert wish(client, reader)[1] is None
    assert Subscriber.objects.get().email == "kim.reader@example.org"


def test_only_the_last_wish_counts(client, reader):
    with time_machine.travel(NOW) as clock:
        first = wish(client, reader)
        clock.shift(dt.timedelta(minutes=11))
        second = wish(client, reader, "third.kim@example.net")
        for path in first:
            assert "This change is off" in client.post(path).content.decode()
        for path in second:
            client.post(path)
    assert Subscriber.objects.get().email == "third.kim@example.net"


def test_a_stranger_is_asked_once_a_day_whoever_wishes_for_the_address(client, reader):
    other = make_reader("other@example.org", language="en")
    assert wish(client, reader)[1]
    page = client.post(own_page(client, other), {"email": "NEW.KIM@example.net"})
    assert "Look into both mailboxes" in page.content.decode()
    mail.outbox.clear()
    send_letters()
    assert [message.to for message in mail.outbox] == [["other@example.org"]]


def test_three_changes_a_day_can_be_asked_for(client, reader):
    with time_machine.travel(NOW) as clock:
        for number in range(4):
            clock.shift(dt.timedelta(minutes=11))
            page = client.post(own_page(client, reader), {"email": f"new{number}@example.net"})
    assert "a day has three" in page.content.decode()
    assert AddressChange.objects.count() == 3


@pytest.mark.parametrize("wrong", ["kim.reader@EXAMPLE.org", "KIM.reader@example.org", "", "a@b", "a@b.c\r\nBcc:x@y.z"])
def test_an_address_that_is_none_or_the_present_one_is_refused_kindly(client, reader, wrong):
    page = client.post(own_page(client, reader), {"email": wrong})
    assert 'role="alert"' in page.content.decode()
    assert not AddressChange.objects.exists()


@pytest.mark.parametrize("status", [Status.PENDING, Status.ACTIVE, Status.UNSUBSCRIBED, Status.BOUNCED])
def test_an_address_that_is_known_takes_over_the_subscription_of_its_owner(client, reader, status):
    known = make_reader("New.Kim@example.net", status=status, send_hour=20)
    Subscriber.objects.filter(pk=reader.pk).update(send_hour=6, categories=0b1)
    before = client.post(own_page(client, reader), {"email": "new.kim@example.net"}).content.decode()
    assert "Look into both mailboxes" in before
    send_letters()
    for message in mail.outbox[-2:]:
        client.post(path_in(message, "address"))
    known.refresh_from_db()
    reader.refresh_from_db()
    assert (known.status, known.send_hour, known.categories) == (Status.ACTIVE, 6, 0b1)
    assert (reader.status, reader.email) == (Status.UNSUBSCRIBED, "kim.reader@example.org")


def test_a_digest_that_waits_goes_with_the_subscription(client, reader):
    known = make_reader("new.kim@example.net", status=Status.UNSUBSCRIBED)
    with time_machine.travel(NOW) as clock:
        digest = make_approved()
        open_deliveries(digest)
        paths = wish(client, reader)
        clock.shift(dt.timedelta(minutes=1))
        for path in paths:
            client.post(path)
    assert [(row.subscriber_id, row.status) for row in digest.deliveries.all()] == [(known.pk, Delivery.Status.QUEUED)]


def test_who_complained_is_not_asked_and_the_answer_is_the_same(client, reader):
    suppression.suppress("new.kim@example.net", Reason.COMPLAINED)
    former, new = wish(client, reader)
    assert (former is None, new) == (False, None)
    client.post(former)
    assert Subscriber.objects.get().email == "kim.reader@example.org"


def test_an_address_that_bounced_or_was_erased_may_agree_for_itself(client, reader):
    suppression.suppress("new.kim@example.net", Reason.ERASED)
    for path in wish(client, reader):
        client.post(path)
    assert suppression.is_suppressed("new.kim@example.net") is None
    assert Subscriber.objects.get().email == "new.kim@example.net"


def test_a_reader_who_leaves_meanwhile_stays_away(client, reader):
    former, new = wish(client, reader)
    client.post(former)
    lifecycle.leave(reader.key)
    assert "This change is off" in client.post(new).content.decode()
    after = Subscriber.objects.get()
    assert (after.email, after.status) == ("kim.reader@example.org", Status.UNSUBSCRIBED)


def test_a_link_to_agree_is_good_for_seven_days(client, reader):
    with time_machine.travel(NOW) as clock:
        paths = wish(client, reader)
        clock.shift(dt.timedelta(days=8))
        assert {client.post(path).status_code for path in paths} == {404}


def test_one_side_cannot_speak_for_the_other(client, reader):
    _former, new = wish(client, reader)
    for _ in range(3):
        client.post(new)
    change = AddressChange.objects.get()
    assert change.former_agreed_at is None
    for purpose in (links.REFUSE, links.OWN, links.UNSUBSCRIBE):
        assert client.post(f"/address/{links.token(purpose, change.former_key)}/").status_code == 404


def test_links_that_were_mailed_to_the_former_address_open_nothing_afterwards(client, reader):
    path = own_page(client, reader)
    client.post(path, {"email": "new.kim@example.net"})
    send_letters()
    for message in mail.outbox[-2:]:
        client.post(path_in(message, "address"))
    assert Subscriber.objects.get().email == "new.kim@example.net"
    assert (client.get(path).status_code, client.post(f"{path}erase/").status_code) == (404, 404)
