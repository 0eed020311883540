"""Test mails and previews as a reader: to staff only, few, marked, and without anybody's links."""

import smtplib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from digests.models import Digest
from newsletter.models import AuditLine
from subscribers.delivery import guard
from subscribers.delivery.opening import open_deliveries
from subscribers.desk.testing import MOST_AN_HOUR
from subscribers.models import Delivery
from tests.factories import make_approved, make_digest, make_editor, make_reader, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_editor(email="editor@example.org")


@pytest.fixture
def browser(editor):
    return browser_of(editor)


def browser_of(person):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person)
    return browser


def send(browser, digest, to, language="en", **asked):
    path = reverse("admin:subscribers_test_mail", args=[digest.pk, language], query=asked)
    return browser.post(path, {"to": to}, follow=True)


def test_a_test_mail_is_marked_and_says_what_readers_would_get(browser, editor):
    digest = make_digest(sections=["llm", "audio"])
    page = send(browser, digest, editor.pk, only="audio")
    assert "on its way to editor" in page.content.decode()
    [message] = mail.outbox
    assert message.to == ["editor@example.org"]
    assert message.subject.startswith("[Test] ")
    assert "About a audio paper" in message.body and "About a llm paper" not in message.body
    assert len(message.subject) <= 78


def test_a_test_mail_is_in_no_ledger_and_its_way_out_is_nobodys(browser, editor, client):
    make_reader("editor@example.org")
    digest = make_digest()
    send(browser, digest, editor.pk)
    assert not Delivery.objects.exists()
    header = mail.outbox[0].extra_headers["List-Unsubscribe"]
    assert "/nobody/unsubscribe/" in header and "/nobody/unsubscribe/" in mail.outbox[0].body
    client.post("/nobody/unsubscribe/", {"List-Unsubscribe": "One-Click"})
    assert editor.email and make_reader().status == "active"
    assert Digest.objects.get().status == Digest.Status.DRAFT


@pytest.mark.parametrize(
    "to", ["anybody@example.net", "a@example.net,b@example.net", "", "0", "-1", "9" * 40, "1 OR 1=1"]
)
def test_nobody_but_staff_can_be_named(browser, to):
    page = send(browser, make_digest(), to)
    assert "members of the staff" in page.content.decode()
    assert mail.outbox == []


def test_readers_former_staff_and_staff_without_an_address_get_none(browser, django_user_model):
    digest = make_digest()
    others = [
        django_user_model.objects.create_user("reader", "reader@example.org"),
        make_editor("gone", email="gone@example.org", is_active=False),
        make_editor("silent", email=""),
    ]
    for person in others:
        send(browser, digest, person.pk)
    assert mail.outbox == []


def test_an_address_in_the_form_changes_nothing(browser, editor):
    digest = make_digest()
    path = reverse("admin:subscribers_test_mail", args=[digest.pk, "en"])
    browser.post(path, {"to": editor.pk, "email": "x@example.net", "address": "x@example.net", "cc": "x@example.net"})
    [message] = mail.outbox
    assert message.recipients() == ["editor@example.org"]


def test_a_colleague_can_be_sent_one(browser):
    colleague = make_staff("viewer", "viewer", email="viewer@example.org")
    send(browser, make_digest(), colleague.pk)
    assert mail.outbox[0].to == ["viewer@example.org"]


def test_so_many_an_hour_are_enough(browser, editor):
    digest = make_digest()
    for _turn in range(MOST_AN_HOUR):
        send(browser, digest, editor.pk)
    page = send(browser, digest, editor.pk)
    assert "are enough for one person" in page.content.decode()
    assert len(mail.outbox) == MOST_AN_HOUR
    assert AuditLine.objects.filter(act="test", who="editor").count() == MOST_AN_HOUR
    other = make_editor("other", email="other@example.org")
    send(browser_of(other), digest, other.pk)
    assert len(mail.outbox) == MOST_AN_HOUR + 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_pressing_many_times_at_once_sends_no_more(editor, monkeypatch):
    monkeypatch.setattr("subscribers.desk.testing.MOST_AN_HOUR", 3)
    digest = make_digest()
    browsers = [browser_of(editor) for _turn in range(8)]

    def press(browser):
        try:
            send(browser, digest, editor.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(press, browsers))
    assert len(mail.outbox) == 3


def test_while_all_sending_is_stopped_no_test_mail_goes_either(browser, editor):
    guard.stop("operator", "a drill")
    page = send(browser, make_digest(), editor.pk)
    assert "operator stopped all sending" in page.content.decode()
    assert mail.outbox == []


def test_an_installation_that_mails_only_some_addresses_mails_no_other_here(browser, editor, settings):
    settings.SEND_ONLY_TO = {"example.com"}
    assert "SEND_ONLY_TO" in send(browser, make_digest(), editor.pk).content.decode()
    assert mail.outbox == []


def test_a_mail_server_that_refuses_is_told_to_the_editor(browser, editor, monkeypatch):
    def refuse(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    page = send(browser, make_digest(), editor.pk)
    assert page.status_code == 200
    assert "did not take the test mail" in page.content.decode()


def test_a_viewer_sends_none_and_a_get_sends_none(browser, editor):
    digest = make_digest()
    assert send(browser_of(make_staff("viewer", "viewer")), digest, editor.pk).status_code == 403
    assert browser.get(reverse("admin:subscribers_test_mail", args=[digest.pk, "en"])).status_code == 405
    assert mail.outbox == []


# ---- as a reader


def preview_as(browser, digest, address):
    return browser.post(reverse("admin:subscribers_preview_as", args=[digest.pk]), {"address": address}, follow=True)


@pytest.fixture
def operator():
    return browser_of(make_staff("operator", "operator"))


def test_the_preview_of_a_reader_is_what_this_reader_gets(operator):
    make_reader("kimberley@example.org", slugs=["audio"], language="ko")
    digest = make_digest(sections=["llm", "audio"])
    page = preview_as(operator, digest, " KIMBERLEY@example.org ")
    words = page.context["mail"].words
    assert "audio 논문을 소개한다" in words.text and "llm 논문을 소개한다" not in words.text
    assert "kimberley" not in page.redirect_chain[-1][0]


def test_a_reader_who_changed_since_is_shown_what_was_sent(operator):
    reader = make_reader("kim@example.org", slugs=["audio"], language="ko")
    digest = make_approved(sections=["llm", "audio"])
    open_deliveries(digest)
    type(reader).objects.update(language="en", categories=0)
    assert "audio 논문을 소개한다" in preview_as(operator, digest, "kim@example.org").context["mail"].words.text


def test_a_reader_of_other_categories_gets_none_and_it_is_said(operator):
    make_reader("kim@example.org", slugs=["robotics"])
    assert "gets no mail of this digest" in preview_as(operator, make_digest(), "kim@example.org").content.decode()


def test_an_address_that_nobody_reads_under_is_said(operator):
    assert (
        "Nobody reads under this address" in preview_as(operator, make_digest(), "nobody@example.org").content.decode()
    )


def test_who_may_not_see_addresses_finds_nobody_by_one(browser):
    make_reader("kim@example.org")
    digest = make_digest()
    assert preview_as(browser, digest, "kim@example.org").status_code == 403
    page = browser.get(reverse("admin:digests_digest_preview", args=[digest.pk, "en"])).content.decode()
    assert 'name="address"' not in page
