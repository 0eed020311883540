"""Letters that come back find their person, by whatever road, and strike off nobody else."""

import datetime as dt
import json
import smtplib

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from subscribers import letters_back, lifecycle, retention, suppression
from subscribers.delivery import bounces, names
from subscribers.delivery.events import record
from subscribers.letters_back import note
from subscribers.mail import send_letters
from subscribers.models import (
    ALL_CATEGORIES,
    AddressChange,
    DeliveryEvent,
    LetterSent,
    Subscriber,
    Suppression,
    UnusedReports,
)
from subscribers.owner.erasing import erase
from subscribers.owner.keeping import everything_about
from subscribers.signing_up.forgetting import forget
from tests.factories import make_reader, make_staff
from tests.subscribers import amazon
from tests.subscribers.test_bounces import bounce
from tests.subscribers.test_letters_sent import Refusing, refusing  # noqa: F401 - a fixture
from tests.subscribers.test_webhooks import amazon_answers, configured, mailgun, post, post_sns  # noqa: F401

pytestmark = pytest.mark.django_db
Kind = LetterSent.Kind


def asked(email="new@example.org"):
    """Somebody who was mailed a confirmation; the person and the letter."""
    lifecycle.sign_up(email, "en", ALL_CATEGORIES)
    assert send_letters() == 1
    return Subscriber.objects.get(email=email), LetterSent.objects.latest("pk")


def status_of(reader):
    return Subscriber.objects.get(pk=reader.pk).status


def named(letter):
    return names.letter_name(letter.pk)


def report(letter, event="failed", **fields):
    """As Mailgun posts it, about this letter."""
    about = {"user-variables": {"delivery": named(letter)}, "recipient": "someone@example.org"}
    if event == "failed":
        about |= {"severity": "permanent", "reason": "bounce"}
    return mailgun(FOR_NOBODY, event, **about | fields)


class FOR_NOBODY:  # what the builder of reports asks of a delivery
    pk = 1

    class subscriber:
        email = "someone@example.org"


# ---- what a letter is called


def test_a_letter_carries_its_name_in_message_id_and_metadata():
    reader, letter = asked()
    (sent,) = mail.outbox
    assert names.letter_named(names.named_in_message_id(sent.extra_headers["Message-ID"])) == letter.pk
    assert names.letter_named(sent.metadata["delivery"]) == letter.pk
    assert (letter.subscriber, letter.kind) == (reader, "confirmation")
    assert letter.address_hash in suppression.hashes("new@example.org")


def test_a_letters_name_is_no_deliverys_and_none_can_be_made_up():
    assert names.delivery_named(names.letter_name(7)) is None
    assert names.letter_named(names.name_of(7)) is None
    assert names.letter_named("a" * 26) is None


def test_through_smtp_a_letter_has_a_return_path_of_its_own(settings):
    settings.RETURN_PATH = "bounces@papers.example.com"
    _reader, letter = asked()
    (sent,) = mail.outbox
    assert sent.from_email == f"bounces+{named(letter)}@papers.example.com"
    assert sent.message()["From"] == settings.FROM_EMAIL


def test_a_letter_that_did_not_go_out_leaves_no_row(refusing):  # noqa: F811
    refusing(error=smtplib.SMTPServerDisconnected())
    lifecycle.sign_up("new@example.org", "en", ALL_CATEGORIES)
    send_letters()
    assert not LetterSent.objects.filter(came_back="bounced").exists()


# ---- by a provider's report


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ("postmark", {"RecordType": "Bounce", "Type": "HardBounce", "Description": "no such user"}),
        ("brevo", {"event": "hard_bounce"}),
        ("mailjet", {"event": "bounce", "hard_bounce": True, "error": "user unknown"}),
    ],
)
def test_a_hard_bounce_of_a_confirmation_in_each_providers_words_reaches_the_person(provider, said):
    reader, letter = asked()
    carried = {"delivery": named(letter)}
    body = {
        "postmark": said | {"Metadata": carried, "MessageID": "1"},
        "brevo": said | {"X-Mailin-custom": json.dumps(carried), "message-id": "1"},
        "mailjet": [said | {"Payload": json.dumps(carried), "MessageID": 1}],
    }[provider]
    for _turn in range(2):
        assert post(body, provider).status_code == 200
    assert status_of(reader) == "bounced"
    assert suppression.is_suppressed(reader.email) == "bounced"
    letter.refresh_from_db()
    assert letter.came_back == "bounced"
    assert not UnusedReports.objects.exists() and not DeliveryEvent.objects.exists()


def test_amazon_tells_it_by_its_own_number(amazon_answers):  # noqa: F811
    reader, _letter = asked("r@example.com")
    LetterSent.objects.update(provider_id="ses-1")
    assert post_sns(amazon.signed(amazon.message())) == 200
    assert status_of(reader) == "bounced"


def test_a_number_of_the_provider_with_another_recipient_is_about_somebody_else(amazon_answers):  # noqa: F811
    reader, _letter = asked("other@example.com")
    LetterSent.objects.update(provider_id="ses-1")
    assert post_sns(amazon.signed(amazon.message())) == 200
    assert status_of(reader) == "pending"


@pytest.mark.parametrize(
    ("event", "fields", "becomes", "reason"),
    [
        ("complained", {}, "complained", "complained"),
        ("unsubscribed", {}, "unsubscribed", None),
        ("failed", {"reason": "old"}, "pending", None),
        ("failed", {"severity": "temporary"}, "pending", None),
        ("delivered", {}, "pending", None),
    ],
)
def test_what_else_is_reported_of_a_confirmation(event, fields, becomes, reason):
    reader, letter = asked()
    assert post(report(letter, event, **fields)).status_code == 200
    assert (status_of(reader), suppression.is_suppressed(reader.email)) == (becomes, reason)


@pytest.mark.parametrize("kind", ["welcome", "already", "renewal", "owners-link", "former"])
def test_a_hard_bounce_of_any_letter_to_a_reader_strikes_the_reader(kind):
    reader = make_reader()
    letter = note(reader, kind, reader.email)
    assert post(report(letter)).status_code == 200
    assert (status_of(reader), suppression.is_suppressed(reader.email)) == ("bounced", "bounced")


def test_the_same_report_twice_and_a_weaker_one_after_it_change_nothing():
    reader, letter = asked()
    post(report(letter, "complained"))
    Subscriber.objects.update(status="unsubscribed")  # an editor forgave
    again = report(letter, "complained")
    for body in (again, report(letter), again):
        post(body)
    assert status_of(reader) == "unsubscribed"
    letter.refresh_from_db()
    assert letter.came_back == "complained"


def test_a_bounce_from_before_the_confirmation_is_out_of_date():
    reader = make_reader(confirmed_at=timezone.now())
    letter = note(reader, "confirmation", reader.email)
    LetterSent.objects.update(sent_at=timezone.now() - dt.timedelta(hours=2))
    post(report(letter, timestamp=(timezone.now() - dt.timedelta(hours=1)).timestamp()))
    assert (status_of(reader), suppression.is_suppressed(reader.email)) == ("active", None)


def test_who_signs_up_again_after_a_bounce_is_asked_again_and_confirms():
    reader, letter = asked()
    post(report(letter))
    lifecycle.sign_up(reader.email, "en", ALL_CATEGORIES)
    assert send_letters() == 1
    assert lifecycle.confirm(Subscriber.objects.get().key)
    assert (status_of(reader), suppression.is_suppressed(reader.email)) == ("active", None)


# ---- letters to an address that is not the reader's


def moving():
    reader = make_reader("here@example.org")
    change = AddressChange.objects.create(
        subscriber=reader, former_address=reader.email, new_address="there@example.org", asked_at=timezone.now()
    )
    return reader, change, note(reader, Kind.NEW_ADDRESS, change.new_address, change)


@pytest.mark.parametrize(("event", "reason"), [("failed", "bounced"), ("complained", "complained")])
def test_a_new_address_that_does_not_exist_ends_the_move_and_leaves_the_reader_alone(event, reason):
    reader, change, letter = moving()
    post(report(letter, event))
    change.refresh_from_db()
    assert change.ended_at and not change.happened
    assert status_of(reader) == "active"
    assert suppression.is_suppressed("there@example.org") == reason
    assert suppression.is_suppressed("here@example.org") is None


def test_a_letter_to_the_former_address_says_nothing_of_the_reader_who_has_moved():
    reader = make_reader("here@example.org")
    letter = note(reader, "welcome", reader.email)
    Subscriber.objects.update(email="there@example.org")
    post(report(letter))
    assert (status_of(reader), suppression.is_suppressed("there@example.org")) == ("active", None)
    assert suppression.is_suppressed("here@example.org") == "bounced"


# ---- by a bounce mail, and by the server's answer


def test_a_bounce_mail_that_holds_the_letter_or_its_return_path_reaches_the_person(settings):
    settings.RETURN_PATH = "bounces@papers.example.com"
    for place, email in enumerate(("one@example.org", "two@example.org")):
        reader, letter = asked(email)
        own_id = mail.outbox[-1].extra_headers["Message-ID"]
        to = f"bounces+{named(letter)}@papers.example.com"
        raw = bounce(own_id=own_id) if place else bounce(to=to)
        assert record([bounces.report_in(raw)])["applied"] == 1
        assert record([bounces.report_in(raw)])["repeated"] == 1
        assert status_of(reader) == "bounced"


def test_a_full_mailbox_is_noted_and_strikes_nobody():
    reader, letter = asked()
    raw = bounce(own_id=mail.outbox[0].extra_headers["Message-ID"], status="5.2.2", diagnostic="552 5.2.2 full")
    record([bounces.report_in(raw)])
    letter.refresh_from_db()
    assert (letter.came_back, status_of(reader)) == ("soft", "pending")


def refused_by_rcpt(words=b"5.1.1 no such user"):
    return smtplib.SMTPRecipientsRefused({"x@example.org": (550, words)})


def test_an_address_that_the_server_refuses_among_others_is_suppressed(refusing):  # noqa: F811
    refusing(error=refused_by_rcpt(), unwanted=("gone@example.org",))
    for name in ("gone", "here"):
        lifecycle.sign_up(f"{name}@example.org", "en", ALL_CATEGORIES)
    assert send_letters() == 1
    found = dict(Subscriber.objects.values_list("email", "status"))
    assert found == {"gone@example.org": "bounced", "here@example.org": "pending"}
    assert LetterSent.objects.get(came_back="bounced").subscriber.email == "gone@example.org"
    assert suppression.is_suppressed("gone@example.org") == "bounced"


def test_a_server_that_refuses_everybody_strikes_nobody(refusing):  # noqa: F811
    refusing(error=refused_by_rcpt())
    for name in ("one", "two", "three"):
        lifecycle.sign_up(f"{name}@example.org", "en", ALL_CATEGORIES)
    assert send_letters() == 0
    assert set(Subscriber.objects.values_list("status", flat=True)) == {"pending"}
    assert not Suppression.objects.exists()


# ---- what keeps it from doing harm, and what is seen of it


def test_when_very_many_come_back_nobody_more_is_struck_off():
    letters = [note(make_reader(), "welcome", f"r{number}@x") for number in range(20)]
    for letter in letters:
        letter.address_hash = suppression.hashes(letter.subscriber.email)[0]
        letter.save()
        letters_back.came_back(letter.pk, "bounced", timezone.now(), "550 gone")
    struck = Subscriber.objects.filter(status="bounced").count()
    assert struck == letters_back.TOO_MANY.events - 1
    assert LetterSent.objects.filter(is_held=True).count() == 20 - struck


def test_a_name_of_a_letter_that_is_forgotten_is_about_no_mail_of_ours():
    _reader, letter = asked()
    body = report(letter)
    LetterSent.objects.all().delete()
    assert post(body).status_code == 200
    assert UnusedReports.objects.get().why == "unmatched"


def test_the_persons_story_has_the_letter_and_what_came_back_with_addresses_masked():
    reader, letter = asked("kim.minsu@example.org")
    letters_back.came_back(letter.pk, "bounced", timezone.now(), "550 <kim.minsu@example.org> <script>")
    for role, sees in (("editor", False), ("operator", True)):
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(make_staff(role, role))
        page = browser.get(f"/admin/subscribers/subscriber/{reader.pk}/change/").content.decode()
        assert "letter sent: confirmation" in page
        assert "letter came back (confirmation): bounced for good" in page
        assert "<script>" not in page.partition("letter came back")[2][:300]
        assert ("kim.minsu@example.org" in page) == sees


def test_letters_are_taken_along_and_erased_with_the_person(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    reader, _letter = asked()
    (told,) = everything_about(reader)["letters"]
    assert told["kind"] == "confirmation" and "address_hash" not in told
    assert erase(reader)
    assert not LetterSent.objects.exists()


def test_words_of_letters_are_forgotten_after_a_month_and_letters_after_three():
    _reader, letter = asked()
    letters_back.came_back(letter.pk, "soft", timezone.now(), "452 kim@example.org full")
    LetterSent.objects.update(sent_at=timezone.now() - dt.timedelta(days=40))
    retention.prune()
    assert LetterSent.objects.get().detail == ""
    LetterSent.objects.update(sent_at=timezone.now() - dt.timedelta(days=100))
    retention.Upkeep.objects.all().delete()
    retention.prune()
    assert not LetterSent.objects.exists()


def test_who_could_not_be_asked_is_forgotten_as_who_did_not_answer():
    _reader, letter = asked()
    post(report(letter))
    Subscriber.objects.update(signed_up_at=timezone.now() - dt.timedelta(days=15))
    forget()
    assert not Subscriber.objects.exists()
    assert suppression.is_suppressed("new@example.org") == "bounced"
