"""From the form to a mail or to nothing: what limits hold back, and what nobody is told."""

import datetime as dt
from ipaddress import ip_address

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from digests.models import Category
from subscribers import lifecycle, links, suppression
from subscribers.choices import chosen
from subscribers.mail import send_letters
from subscribers.models import ALL_CATEGORIES, SignUp, Subscriber
from subscribers.signing_up.asking import Wish, note
from subscribers.signing_up.deciding import decide_sign_ups
from subscribers.suppression import Reason
from tests.factories import make_editor, make_reader
from tests.subscribers.signing import send_form, sign_up, stamped

pytestmark = pytest.mark.django_db
Status, State, Why = Subscriber.Status, SignUp.State, SignUp.Why
NOW = dt.datetime(2024, 11, 22, 1, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def crew(monkeypatch):
    """Nobody is woken: tests say when the crew works."""
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda app, name, **how: None)


@pytest.fixture
def asking(client):
    """Somebody sends the form at a time and from a place, and the crew goes to work at once."""

    def ask(email, at=NOW, place="203.0.113.5", categories=("llm",), language="en"):
        with time_machine.travel(at, tick=False):
            client.post(
                "/subscribe/",
                {"email": email, "categories": categories, "language": language, "shown": stamped()},
                REMOTE_ADDR=place,
            )
            decide_sign_ups()
            send_letters()

    return ask


def outcomes():
    return list(SignUp.objects.order_by("pk").values_list("state", "why"))


def place(number):
    """An address in a network of its own."""
    return f"203.{number // 250}.{number % 250}.9"


def network(address):
    """That network, as it is kept."""
    return f"{address.rpartition('.')[0]}.0/24"


# ---- who asks


def test_the_sixth_form_from_one_visitor_within_an_hour_looks_like_the_others_and_sends_nothing(client):
    pages = [sign_up(client, f"a{n}@example.org").content.count(b"Check your mail") for n in range(7)]
    send_letters()
    assert len(set(pages)) == 1
    assert len(mail.outbox) == SignUp.objects.count() == 5


def test_ten_thousand_forms_would_fill_no_table(client):
    for n in range(8):
        send_form(client, f"a{n}@example.org")
    assert SignUp.objects.count() == 5


def test_forms_that_came_at_the_same_moment_are_counted_when_they_are_decided(client, monkeypatch):
    monkeypatch.setattr("subscribers.signing_up.asking.refusal", lambda facts: "")
    for n in range(7):
        send_form(client, f"a{n}@example.org")
    decide_sign_ups()
    assert outcomes() == [(State.CONFIRMATION, "")] * 5 + [(State.REFUSED, Why.VISITOR)] * 2


def test_after_an_hour_the_visitor_is_heard_again(asking):
    for n in range(6):
        asking(f"a{n}@example.org")
    asking("later@example.org", NOW + HOUR)
    assert len(mail.outbox) == 6


@pytest.mark.parametrize("network", ["203.0.113.{}", "2001:db8:1:2::{}"])
def test_a_network_may_ask_twenty_times_an_hour_however_many_addresses_it_has(asking, network):
    for n in range(1, 25):
        asking(f"a{n}@example.org", place=network.format(n))
    assert len(mail.outbox) == 20


# ---- who is asked for


def test_a_thousand_sign_ups_for_one_victim_are_one_mail_a_day_and_three_in_all(asking, settings):
    settings.SIGN_UP_ALARM = settings.SIGN_UP_ALARM._replace(mails=10_000)
    for n in range(200):
        asking("victim@example.org", NOW + n * HOUR / 2, place(n))
    assert len(mail.outbox) == 3
    days = [message.to for message in mail.outbox]
    assert days == [["victim@example.org"]] * 3


def test_spellings_of_one_mailbox_are_one_victim(asking):
    for n in range(9):
        asking(f"v.i.c.t.i.m+{n}@gmail.com", NOW + n * HOUR, place(n))
        asking(f"{'.'.join('victim'[: n + 1])}{'victim'[n + 1 :]}@googlemail.com", NOW + n * HOUR, place(99 + n))
    assert len(mail.outbox) == 1


def test_nobody_is_locked_out_for_ever(asking):
    for n in range(5):
        asking("slow@example.org", NOW + n * DAY * 1.1)
    assert len(mail.outbox) == 3
    asking("slow@example.org", NOW + 33 * DAY)
    assert len(mail.outbox) == 4


def test_whoever_confirmed_starts_anew(asking):
    asking("kim@example.org")
    with time_machine.travel(NOW, tick=False):
        lifecycle.confirm(Subscriber.objects.get().key)
        lifecycle.leave(Subscriber.objects.get().key)
    asking("kim@example.org", NOW + HOUR)
    assert [message.to for message in mail.outbox] == [["kim@example.org"]] * 2


def test_two_forms_for_one_address_at_the_same_moment_are_one_mail(client, asking):
    send_form(client, "kim@example.org")
    send_form(client, "KIM@example.org")
    decide_sign_ups()
    assert outcomes() == [(State.CONFIRMATION, ""), (State.REFUSED, Why.ADDRESS)]


def test_a_second_worker_leaves_a_form_alone_while_an_earlier_one_for_the_address_is_undecided(client, monkeypatch):
    send_form(client, "kim@example.org")
    send_form(client, "kim@example.org")
    _first, second = SignUp.objects.order_by("pk")
    monkeypatch.setattr("subscribers.signing_up.deciding._waiting", lambda full: iter([second]))
    decide_sign_ups()
    assert outcomes() == [(State.WAITING, ""), (State.WAITING, "")]


def test_a_form_that_two_workers_decide_is_acted_on_once(client, monkeypatch):
    send_form(client, "kim@example.org")
    only = SignUp.objects.get()
    monkeypatch.setattr("subscribers.signing_up.deciding._waiting", lambda full: iter([only, only]))
    assert decide_sign_ups() == 1


# ---- who signs up again before confirming


def test_the_latest_wishes_count_though_no_second_mail_goes_out(asking):
    asking("kim@example.org", categories=["llm"], language="en")
    asking("Kim@example.org", NOW + HOUR, place(7), categories=["robotics", "llm"], language="ko")
    pending = Subscriber.objects.get()
    assert len(mail.outbox) == 1
    assert ([each.slug for each in chosen(pending.categories)], pending.language) == (["llm", "robotics"], "ko")
    assert (pending.signed_up_at, pending.signed_up_from) == (NOW + HOUR, network(place(7)))


def test_a_mail_that_has_not_gone_out_yet_names_the_latest_wishes(client):
    send_form(client, "kim@example.org", categories=["llm"])
    decide_sign_ups()
    send_form(client, "kim@example.org", categories=["robotics"])
    decide_sign_ups()
    send_letters()
    assert len(mail.outbox) == 1
    with translation.override("en"):
        assert f"Categories: {Category.objects.get(slug='robotics')}\n" in mail.outbox[0].body


def test_another_spelling_of_the_mailbox_changes_no_wishes(asking):
    asking("kim@gmail.com", categories=["llm"])
    asking("k.im+x@gmail.com", NOW + HOUR, place(7), categories=["robotics"])
    assert [each.slug for each in chosen(Subscriber.objects.get().categories)] == ["llm"]


def test_who_asks_too_often_changes_no_wishes(asking):
    asking("kim@example.org", categories=["llm"])
    for n in range(4):
        asking(f"a{n}@example.org")
    asking("kim@example.org", categories=["robotics"])
    assert [each.slug for each in chosen(Subscriber.objects.get(email="kim@example.org").categories)] == ["llm"]


def test_typing_an_address_again_and_again_does_not_keep_it_here(asking):
    for n in range(30):
        asking("kim@example.org", NOW + n * DAY, place(n))
    assert len(mail.outbox) == 3
    assert Subscriber.objects.get().signed_up_at < NOW + 10 * DAY


@pytest.mark.parametrize("status", [each for each in Status if each != Status.PENDING])
def test_nobody_elses_wishes_are_changed(status):
    reader = make_reader("kim@example.org", status=status, categories=0b1, letter="confirmation", letter_since=NOW)
    with time_machine.travel(NOW + HOUR, tick=False):
        assert not lifecycle.wish_again("kim@example.org", "en", 0b10, lifecycle.Consent("yes", NOW))
    reader.refresh_from_db()
    assert reader.categories == 0b1


# ---- what is known of the address


@pytest.mark.parametrize("known", [None, *Status, "erased", "suppressed"])
def test_the_page_does_the_same_work_whatever_is_known_of_the_address(client, known):
    if known in list(Status):
        make_reader("known@example.org", status=known)
    elif known:
        suppression.suppress("known@example.org", Reason.ERASED if known == "erased" else Reason.COMPLAINED)
    with CaptureQueriesContext(
        connection,
    ) as stranger:
        send_form(client, "stranger@example.org")
    with CaptureQueriesContext(connection) as asked:
        send_form(client, "known@example.org")
    assert kinds(asked) == kinds(stranger)
    assert SignUp.objects.count() == 2


def kinds(queries):
    """What was asked of the database, but for the values."""
    return [query["sql"].partition("WHERE")[0].partition("VALUES")[0] for query in queries]


def test_who_complained_gets_no_mail_even_when_nothing_else_is_known(asking):
    suppression.suppress("angry@example.org", Reason.COMPLAINED)
    asking("angry@example.org")
    assert (mail.outbox, Subscriber.objects.count()) == ([], 0)


@pytest.mark.parametrize("reason", [Reason.ERASED, Reason.BOUNCED])
def test_who_was_erased_or_bounced_comes_back_by_confirming(asking, reason):
    suppression.suppress("back@example.org", reason)
    asking("back@example.org")
    assert suppression.is_suppressed("back@example.org") == reason
    lifecycle.confirm(Subscriber.objects.get().key)
    assert suppression.is_suppressed("back@example.org") is None


@pytest.mark.parametrize(("language", "words"), [("ko", "이미 구독"), ("en", "already subscribed")])
def test_a_reader_who_signs_up_again_is_told_so_with_links_of_their_own_once_a_day(asking, language, words):
    reader = make_reader("kim@example.org", language=language, categories=0b1)
    asking("Kim@Example.org")
    asking("kim@example.org", NOW + HOUR, place(7))
    reader.refresh_from_db()
    assert (reader.status, reader.categories) == (Status.ACTIVE, 0b1)
    assert len(mail.outbox) == 1
    assert words in mail.outbox[0].subject + mail.outbox[0].body
    assert "/preferences/" in mail.outbox[0].body and "/confirm/" not in mail.outbox[0].body
    assert "List-Unsubscribe" in mail.outbox[0].extra_headers


# ---- how much goes out


def test_so_many_mails_a_minute_and_the_rest_a_minute_later(asking, settings):
    settings.SIGN_UP_MAILS = settings.SIGN_UP_MAILS._replace(mails=3)
    for n in range(5):
        asking(f"a{n}@example.org", place=place(n))
    assert len(mail.outbox) == 3
    with time_machine.travel(NOW + dt.timedelta(seconds=61), tick=False):
        decide_sign_ups()
        send_letters()
    assert len(mail.outbox) == 5


def test_one_domain_has_its_turn_and_keeps_nobody_else_waiting(asking, settings):
    settings.SIGN_UP_PER_DOMAIN = settings.SIGN_UP_PER_DOMAIN._replace(mails=2)
    for n in range(5):
        asking(f"a{n}@company.example", place=place(n))
    asking("kim@example.org", place=place(9))
    assert [message.to[0].partition("@")[2] for message in mail.outbox] == ["company.example"] * 2 + ["example.org"]
    with time_machine.travel(NOW + HOUR + dt.timedelta(seconds=1), tick=False):
        decide_sign_ups()
        send_letters()
    assert len(mail.outbox) == 5


def test_what_waited_for_a_day_is_forgotten(asking, settings):
    settings.SIGN_UP_PER_DOMAIN = settings.SIGN_UP_PER_DOMAIN._replace(mails=0)
    asking("a@company.example")
    with time_machine.travel(NOW + DAY + HOUR, tick=False):
        decide_sign_ups()
    assert outcomes() == [(State.REFUSED, Why.STALE)]
    assert SignUp.objects.get().email == ""


def test_too_many_at_a_time_stop_confirmations_and_operators_are_told_once(asking, settings):
    settings.SIGN_UP_ALARM = settings.SIGN_UP_ALARM._replace(mails=4)
    operator = make_editor("operator", email="operator@example.org")
    operator.user_permissions.add(Permission.objects.get(codename="stop_sending"))
    make_editor("editor", email="editor@example.org")
    for n in range(9):
        asking(f"a{n}@example.org", place=place(n))
    told = [message for message in mail.outbox if message.to == ["operator@example.org"]]
    assert len(told) == 1 and "SIGN_UP_ALARM" in told[0].body
    assert len(mail.outbox) == 4 + 1
    assert outcomes()[4:] == [(State.REFUSED, Why.ALARM)] * 5
    asking("late@example.org", NOW + 2 * HOUR, place(99))
    assert mail.outbox[-1].to == ["late@example.org"]


# ---- what is kept


def test_a_decided_sign_up_says_nothing_of_whose_it_was(asking):
    asking("kim@example.org")
    kept = SignUp.objects.values().get()
    assert "kim" not in str(kept) and "203.0.113" not in str(kept)


def test_the_evidence_of_consent_is_with_the_subscriber(asking, client):
    asking("kim@example.org", place="203.0.113.77")
    subscriber = Subscriber.objects.get()
    assert (subscriber.signed_up_at, subscriber.signed_up_from) == (NOW, "203.0.113.0/24")
    client.post(links.path(links.CONFIRM, subscriber.key), REMOTE_ADDR="2001:db8:1:2::3")
    subscriber.refresh_from_db()
    assert subscriber.confirmed_from == "2001:db8:1::/48"
    assert subscriber.consent_text


def test_a_wish_is_kept_in_the_words_it_was_given():
    assert note(Wish("kim@example.org", "ko", ALL_CATEGORIES, "네, 받겠습니다"), ip_address("203.0.113.5"))
    decide_sign_ups()
    assert Subscriber.objects.get().consent_text == "네, 받겠습니다"
