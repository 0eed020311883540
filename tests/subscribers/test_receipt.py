"""What became of each delivery, and what an editor may do about those whose fate is unknown."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from digests.correct import hash_seen, mail_it
from digests.models import Correction, Digest
from newsletter.models import AuditLine
from subscribers.delivery import ledger
from subscribers.delivery.ledger import Finished
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.receipt import NotSettled, reasons, receipt, send_again, settle_as_sent
from subscribers.delivery.send import send_due
from subscribers.models import Delivery, Subscriber
from tests.factories import DAY, make_approved, make_approved_weekly, make_reader, make_staff, make_week

pytestmark = pytest.mark.django_db
Status = Delivery.Status


@pytest.fixture
def editor():
    return make_staff("operator", "operator")


@pytest.fixture
def browser(editor):
    browser = Client()
    browser.force_login(editor)
    return browser


def doubtful(unknown=2, sent=1):
    """A digest that is closed, with so many rows unknown and so many sent."""
    for _ in range(unknown + sent):
        make_reader()
    digest = make_approved()
    open_deliveries(digest)
    dues = ledger.claim("one", 10, timezone.now())
    ledger.begin(dues, "one")
    lost = "The worker was lost while it was sending."
    outcomes = [Finished(due.pk, Status.UNKNOWN, lost) for due in dues[:unknown]]
    ledger.finish([*outcomes, *(Finished(due.pk, Status.SENT) for due in dues[unknown:])], "one")
    digest.advance(Digest.Status.SENT)
    return digest


def counts_of(digest):
    return {name: count for name, count in receipt(digest).items() if count}


# ---- counting


def test_the_receipt_sums_up_to_the_audience():
    for _ in range(4):
        make_reader()
    digest = make_approved()
    open_deliveries(digest)
    first, second, *_ = ledger.claim("one", 2, timezone.now())
    ledger.finish([Finished(first.pk, Status.SKIPPED, "On pause.")], "one")
    ledger.begin([second], "one")
    counts = receipt(digest)
    assert counts["audience"] == 4 == sum(count for name, count in counts.items() if name != "audience")
    assert (counts["queued"], counts["skipped"], counts["sending"]) == (2, 1, 1)
    assert reasons(digest) == [("skipped", "On pause.", 1)]


def test_the_report_names_every_outcome(capsys):
    doubtful()
    call_command("delivery_report", date=DAY, format="json")
    told = json.loads(capsys.readouterr().out)
    assert (told["date"], told["kind"], told["status"]) == ("2024-11-22", "daily", "sent")
    outcomes = set(Status.values)
    assert outcomes <= set(told)
    assert told["audience"] == sum(told[name] for name in outcomes) == 3


def test_the_report_of_a_weekly_digest_is_its_own(capsys, monkeypatch):
    monkeypatch.setattr("digests.weekly.draw_charts", lambda digest: None)
    make_reader(cadence="weekly")
    make_week(days=1)
    open_deliveries(make_approved_weekly())
    call_command("delivery_report", date="2024-11-25", kind="weekly")
    assert "audience           1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no daily digest of 2024-11-25"):
        call_command("delivery_report", date="2024-11-25")


def corrected():
    """A digest that five were meant to get, with a correction: two get that, one of whom bounces."""
    readers = {name: make_reader(f"{name}@example.org") for name in ("has", "hard", "left", "never", "unknown")}
    digest = make_approved()
    send_due()
    of = {name: Delivery.objects.filter(subscriber=reader, digest=digest) for name, reader in readers.items()}
    of["never"].update(status=Status.BOUNCED, error="550 no such user")
    of["unknown"].update(status=Status.UNKNOWN)
    Subscriber.objects.filter(pk=readers["left"].pk).update(status="unsubscribed")
    words = {"text_ko": "고칩니다.", "text_en": "Put right."}
    correction = Correction.objects.create(digest=digest, made_by=digest.approved_by, **words)
    mail_it(correction, digest.approved_by, hash_seen(correction))
    send_due()
    correction.refresh_from_db()
    bounced = Delivery.objects.filter(subscriber=readers["hard"], digest=correction.mailed_as)
    bounced.update(status=Status.BOUNCED, error="550 gone")
    return correction


def test_the_report_of_a_digest_has_its_corrections_and_whom_they_left_out(capsys):
    correction = corrected()
    call_command("delivery_report", date=DAY, format="json")
    told = json.loads(capsys.readouterr().out)
    (each,) = told["corrections"]
    assert (each["correction"], each["status"], each["mailing"]) == (correction.pk, "published", "sent")
    assert each["audience"] == sum(each[name] for name in Status.values) == 2
    assert (each["sent"], each["bounced"]) == (1, 1)
    assert each["reasons"] == [{"status": "bounced", "why": "550 gone", "count": 1}]
    assert {(group["status"], group["reader"]) for group in each["left_out"]} == {
        ("bounced", "active"),
        ("unknown", "active"),
        ("sent", "unsubscribed"),
    }
    assert each["audience"] + sum(group["count"] for group in each["left_out"]) == told["audience"]
    call_command("delivery_report", date=DAY)
    said = capsys.readouterr().out
    assert "  audience           2" in said and "    bounced: 550 gone (1)" in said and "    no mail: " in said


@pytest.mark.parametrize(
    ("name", "digest_mail", "correction_mail", "why"),
    [
        ("has", "sent", "sent", ""),
        ("hard", "sent", "bounced", "550 gone"),
        ("left", "sent", "none", "reads no longer: unsubscribed"),
        ("never", "bounced", "none", "has not got the digest: bounced"),
        ("later", "none", "none", "was not in the audience of the digest"),
    ],
)
def test_the_report_finds_every_person_and_says_why(capsys, name, digest_mail, correction_mail, why):
    corrected()
    make_reader("later@example.org", confirmed_at=timezone.now())
    call_command("delivery_report", date=DAY, format="json", reader=f"{name.upper()}@example.org")
    told = json.loads(capsys.readouterr().out)
    (each,) = told["corrections"]
    assert (told["mail"], each["mail"], each["why"]) == (digest_mail, correction_mail, why)
    if name == "later":
        assert told["why"] == "had not confirmed when it was approved"


def test_the_report_says_that_it_knows_nobody_of_that_address():
    corrected()
    with pytest.raises(CommandError, match="Nobody is known"):
        call_command("delivery_report", date=DAY, reader="stranger@example.org")


def test_the_receipts_in_admin_show_what_became_of_a_correction_and_lead_to_the_people(browser):
    correction = corrected()
    mailing = correction.mailed_as
    page = browser.get(f"/admin/subscribers/delivery/receipt/{correction.digest_id}/")
    (row,) = page.context["corrections"]
    assert row["audience"] == sum(count for _name, count, _url in row["outcomes"]) == 2
    own = browser.get(f"/admin/subscribers/delivery/receipt/{mailing.pk}/")
    assert own.context["audience"] == sum(line["count"] for line in own.context["lines"]) == 2
    assert own.context["audience"] + sum(line["count"] for line in own.context["left_out"]) == page.context["audience"]
    for line in own.context["left_out"]:
        assert browser.get(line["url"]).context["cl"].result_count == line["count"]
    (reason,) = own.context["reasons"]
    assert "hard@example.org" in browser.get(reason["url"]).content.decode()


# ---- settling


def test_unknown_mails_are_sent_again_under_the_same_name_in_the_same_words(editor):
    make_reader(slugs=["llm"], language="ko")
    digest = make_approved()
    send_due()
    Delivery.objects.update(status=Status.UNKNOWN)
    reader = Delivery.objects.get().subscriber
    reader.language, reader.categories = "en", 0
    reader.save()
    assert send_again(digest, 1, editor) == 1
    assert send_due()["sent"] == 1
    first, second = mail.outbox
    assert first.extra_headers == second.extra_headers
    assert (first.subject, first.body, first.alternatives) == (second.subject, second.body, second.alternatives)
    assert counts_of(digest) == {"audience": 1, "sent": 1}


def test_a_digest_whose_unknown_mails_are_sent_again_opens_and_closes_again(editor):
    digest = doubtful()
    assert send_again(digest, 2, editor) == 2
    digest.refresh_from_db()
    assert digest.status == Digest.Status.SENDING
    assert send_due()["sent"] == 2
    digest.refresh_from_db()
    assert (digest.status, counts_of(digest)) == (Digest.Status.SENT, {"audience": 3, "sent": 3})


def test_a_late_word_of_the_first_worker_does_not_touch_a_row_that_is_sent_again(editor):
    digest = doubtful(unknown=1, sent=0)
    send_again(digest, 1, editor)
    assert ledger.finish([Finished(Delivery.objects.get().pk, Status.SENT)], "one") == 0


def test_nothing_is_sent_again_by_itself():
    doubtful()
    assert not send_due()


@pytest.mark.parametrize("act", [send_again, settle_as_sent])
def test_what_changed_since_it_was_looked_at_is_not_settled(act, editor):
    digest = doubtful(unknown=2)
    with pytest.raises(NotSettled, match="has changed|바뀌었"):
        act(digest, 3, editor)
    assert counts_of(digest)["unknown"] == 2


def test_a_cancelled_digest_sends_nothing_again(editor):
    digest = doubtful()
    Digest.objects.update(status=Digest.Status.CANCELLED)
    with pytest.raises(NotSettled):
        send_again(digest, 2, editor)


def test_unknown_mails_taken_as_sent_say_by_whom(editor):
    digest = doubtful()
    assert settle_as_sent(digest, 2, editor) == 2
    assert counts_of(digest) == {"audience": 3, "sent": 3}
    assert reasons(digest) == [("sent", "Unknown; taken as sent by operator.", 2)]


# ---- refused


def refused(failed=2, sent=1):
    """A digest that is closed, with so many mails refused and so many sent."""
    digest = doubtful(unknown=failed, sent=sent)
    Delivery.objects.filter(status=Status.UNKNOWN).update(status=Status.FAILED, error="552 too large")
    return digest


def test_failed_mails_are_sent_again_after_a_person_saw_the_number(editor):
    digest = refused()
    with pytest.raises(NotSettled):
        send_again(digest, 3, editor, Status.FAILED)
    assert send_again(digest, 2, editor, Status.FAILED) == 2
    assert send_due()["sent"] == 2
    assert counts_of(digest) == {"audience": 3, "sent": 3}


def test_sending_failed_ones_again_leaves_unknown_ones_alone(editor):
    digest = refused(failed=1, sent=1)
    Delivery.objects.filter(status=Status.SENT).update(status=Status.UNKNOWN)
    send_again(digest, 1, editor, Status.FAILED)
    send_due()
    assert counts_of(digest) == {"audience": 2, "sent": 1, "unknown": 1}


def test_who_left_since_the_refusal_gets_nothing(editor):
    digest = refused(failed=1, sent=0)
    Subscriber.objects.update(status="unsubscribed")
    send_again(digest, 1, editor, Status.FAILED)
    send_due()
    assert mail.outbox == []
    assert counts_of(digest) == {"audience": 1, "suppressed": 1}


# ---- in admin


def test_failed_mails_are_shown_with_their_reason_and_sent_again_from_the_receipt(browser):
    digest = refused()
    receipt_page = f"/admin/subscribers/delivery/receipt/{digest.pk}/"
    path = f"{receipt_page}send-failed-again/"
    words = browser.get(receipt_page).content.decode()
    assert path in words and "552 too large" in words
    assert browser.get(path).context["unknown"] == 2
    for _press in range(2):
        browser.post(path, {"unknown": "2"})
    assert counts_of(digest) == {"audience": 3, "queued": 2, "sent": 1}
    assert AuditLine.objects.get(act="send-again").facts == {"count": 2, "was": "failed"}


def test_the_page_counts_and_leads_to_the_people(browser):
    digest = doubtful()
    page = browser.get(f"/admin/subscribers/delivery/receipt/{digest.pk}/")
    assert page.context["audience"] == 3
    [unknown] = [line for line in page.context["lines"] if line["count"] == 2]
    people = browser.get(unknown["url"])
    assert people.context["cl"].result_count == 2
    assert "The worker was lost" in people.content.decode()


def test_a_person_is_found_by_the_whole_address_in_any_case(browser):
    doubtful()
    reader = make_reader("Kim@example.org")
    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(subscriber=reader)
    found = browser.get("/admin/subscribers/delivery/?q=kim@EXAMPLE.org").context["cl"]
    assert [row.subscriber for row in found.result_list] == [reader]
    assert browser.get("/admin/subscribers/delivery/?q=kim").context["cl"].result_count == 0


def test_looking_settles_nothing_and_pressing_does_and_is_logged(browser):
    digest = doubtful()
    path = f"/admin/subscribers/delivery/receipt/{digest.pk}/send-again/"
    page = browser.get(path)
    assert page.context["unknown"] == 2
    assert counts_of(digest)["unknown"] == 2
    browser.post(path, {"unknown": "2"})
    assert counts_of(digest) == {"audience": 3, "queued": 2, "sent": 1}
    line = AuditLine.objects.get(act="send-again")
    assert (line.who, line.about, line.facts) == ("operator", str(digest), {"count": 2})
    browser.post(path, {"unknown": "2"})  # a second press
    assert counts_of(digest) == {"audience": 3, "queued": 2, "sent": 1}


def test_taking_as_sent_sends_nothing(browser):
    digest = doubtful()
    browser.post(f"/admin/subscribers/delivery/receipt/{digest.pk}/as-sent/", {"unknown": "2"})
    assert counts_of(digest) == {"audience": 3, "sent": 3}
    assert not send_due()


def test_only_those_with_the_right_may_settle(editor):
    digest = doubtful()
    editor.groups.set(Group.objects.filter(name="editor"))
    browser = Client()
    browser.force_login(editor)
    assert browser.get(f"/admin/subscribers/delivery/receipt/{digest.pk}/").status_code == 200
    path = f"/admin/subscribers/delivery/receipt/{digest.pk}/send-again/"
    assert browser.post(path, {"unknown": "2"}).status_code == 403
    assert counts_of(digest)["unknown"] == 2


def test_a_viewer_sees_no_receipt():
    browser = Client()
    browser.force_login(make_staff("viewer", "viewer"))
    assert browser.get(f"/admin/subscribers/delivery/receipt/{doubtful().pk}/").status_code == 403


def test_the_desk_leads_to_the_receipt_and_cancels_what_is_paused(browser):
    digest = doubtful()
    desk = f"/admin/digests/digest/{digest.pk}/change/"
    assert f"/admin/subscribers/delivery/receipt/{digest.pk}/" in browser.get(desk).content.decode()
    Digest.objects.update(status=Digest.Status.PAUSED)
    browser.post(f"/admin/digests/digest/{digest.pk}/decide/", {"decision": "cancel"})
    digest.refresh_from_db()
    assert digest.status == Digest.Status.CANCELLED
