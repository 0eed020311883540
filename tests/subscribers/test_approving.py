"""The page on which a digest is approved: what it tells before, and that it approves once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests.content import hash_of, snapshot
from digests.models import Approval, Digest, Summary
from subscribers.delivery.forecast import forecast
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.send import send_due
from subscribers.models import Delivery
from tests.factories import DAY, make_approved, make_digest, make_editor, make_reader

pytestmark = pytest.mark.django_db
AT_ONCE = 20


def page_of(digest):
    return reverse("admin:subscribers_approve", args=[digest.pk])


def seen(digest):
    return hash_of(snapshot(digest))


def browser_of(editor):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(editor)
    return browser


@pytest.fixture
def editor():
    return make_editor()


@pytest.fixture
def browser(editor):
    return browser_of(editor)


# ---- what it tells


def test_the_page_shows_subjects_audience_editions_and_checks(browser):
    make_reader(language="ko")
    make_reader(language="en", slugs=["llm"])
    make_reader(language="en", slugs=["audio"])
    digest = make_digest()
    page = browser.get(page_of(digest))
    words = page.content.decode()
    for made in page.context["mails"]:
        assert made.words.subject.partition(" · ")[0] in words
    assert "2 readers get a mail, in 2 editions" in " ".join(words.split())
    assert "1 other reader chose none" in words
    assert {check.name for check in page.context["checks"]} >= {
        "papers",
        "summaries",
        "doubts",
        "size",
        "mail",
        "sources",
    }
    assert page.context["languages"] == [("en", 1), ("ko", 1)]
    assert sorted(readers for _name, readers in page.context["categories"]) == [1, 2]
    assert all(edition["size"] > 1000 for edition in page.context["editions"])


def test_a_get_approves_nothing(browser):
    digest = make_digest()
    browser.get(page_of(digest))
    browser.head(page_of(digest))
    assert Digest.objects.get().status == Digest.Status.DRAFT


def test_what_is_in_the_way_is_said_and_there_is_no_button(browser, settings):
    settings.POSTAL_ADDRESS = ""
    digest = make_digest()
    words = browser.get(page_of(digest)).content.decode()
    assert "It cannot be approved yet" in words and "The postal address is missing" in words
    assert "Approve and send" not in words
    assert browser.post(page_of(digest), {"seen_hash": seen(digest)}).status_code == 409
    assert Digest.objects.get().status == Digest.Status.DRAFT


def test_a_digest_of_a_day_gone_by_is_marked(browser):
    words = browser.get(page_of(make_digest(day=timezone.now().date() - dt.timedelta(days=3)))).content.decode()
    assert "is of a day that is over" in words


def test_the_forecast_is_who_then_gets_it():
    for hour, zone in ((8, "Asia/Seoul"), (20, "Asia/Seoul"), (8, "America/New_York")):
        make_reader(send_hour=hour, time_zone=zone)
    make_reader(slugs=["audio"])
    make_reader(status="unsubscribed")
    make_reader(cadence="weekly")
    make_reader(paused_until=DAY + dt.timedelta(days=9))
    digest = make_approved()
    Digest.objects.update(approved_at=dt.datetime(2024, 11, 22, 1, tzinfo=dt.UTC))  # ten in Seoul
    digest.refresh_from_db()
    told = forecast(digest, digest.approved_content)
    open_deliveries(digest)
    queued = list(Delivery.objects.filter(edition__gt=1).order_by("send_at"))
    assert told.readers == len(queued) == 3
    assert told.others == Delivery.objects.filter(edition__lte=1).count() == 1
    assert told.at_once == sum(row.send_at == digest.approved_at for row in queued) == 1
    assert [told.first, told.last] == [queued[1].send_at, queued[2].send_at]
    assert sum(readers for _key, readers in told.editions) == told.readers


# ---- that it approves once


def test_approving_leads_to_the_page_where_the_sending_is_watched(browser, editor):
    digest = make_digest()
    answer = browser.post(page_of(digest), {"seen_hash": seen(digest)}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("admin:subscribers_progress", args=[digest.pk])
    assert Digest.objects.get().approved_by == editor


def test_a_late_approval_goes_out_at_once(browser):
    make_reader(send_hour=8)
    digest = make_digest(day=timezone.now().date() - dt.timedelta(days=1))
    browser.post(page_of(digest), {"seen_hash": seen(digest)})
    assert send_due()["sent"] == 1
    assert len(mail.outbox) == 1


def test_the_sender_is_woken_at_once(browser, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr("subscribers.desk.approving.wake", woken.append)
    digest = make_digest()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(page_of(digest), {"seen_hash": seen(digest)})
        browser.post(page_of(digest), {"seen_hash": seen(digest)})
    assert woken == ["subscribers.tick"]


def test_the_second_editor_is_told_who_did_it(browser, editor):
    digest = make_digest()
    looked_at = seen(digest)
    browser.post(page_of(digest), {"seen_hash": looked_at})
    answer = browser_of(make_editor("second")).post(page_of(digest), {"seen_hash": looked_at}, follow=True)
    assert f"Already approved by {editor}" in answer.content.decode()
    assert Digest.objects.get().approved_by == editor


def test_a_stale_page_is_a_conflict_and_shows_what_there_is_now(browser):
    digest = make_digest()
    stale = seen(digest)
    summary = Summary.objects.first()
    summary.parts["topics"][0]["text"] = "Something else"
    summary.save()
    answer = browser.post(page_of(digest), {"seen_hash": stale})
    assert answer.status_code == 409
    assert "changed after you opened it" in answer.content.decode()
    assert answer.context["seen_hash"] == seen(digest)
    assert Digest.objects.get().status == Digest.Status.DRAFT


def test_a_replayed_approval_of_a_digest_sent_back_since_is_a_conflict_after_an_edit(browser):
    digest = make_digest()
    replayed = {"seen_hash": seen(digest)}
    browser.post(page_of(digest), replayed)
    digest.refresh_from_db()
    digest.touch()
    Summary.objects.filter(language="ko").delete()
    assert browser.post(page_of(digest), replayed).status_code == 409
    assert Digest.objects.get().status == Digest.Status.DRAFT


def test_without_the_right_the_page_is_closed(client):
    digest = make_digest()
    clerk = make_editor("clerk")
    clerk.groups.clear()
    browser = browser_of(clerk)
    assert browser.get(page_of(digest)).status_code == 403
    assert browser.post(page_of(digest), {"seen_hash": seen(digest)}).status_code == 403
    assert client.post(page_of(digest), {"seen_hash": seen(digest)})["Location"].startswith("/admin/login/")


def test_of_two_needed_the_first_is_told_that_another_must(browser, settings):
    settings.APPROVALS_NEEDED = 2
    digest = make_digest()
    answer = browser.post(page_of(digest), {"seen_hash": seen(digest)}, follow=True)
    assert "1 other editor must approve" in answer.content.decode()
    second = browser_of(make_editor("second"))
    assert "1 of 2 approvals of these words: editor" in second.get(page_of(digest)).content.decode()
    second.post(page_of(digest), {"seen_hash": seen(digest)})
    assert Digest.objects.get().approved_by.username == "second"


def test_a_correction_is_not_approved_here(browser):
    assert browser.get(page_of(make_digest(kind=Digest.Kind.CORRECTION, sections=()))).status_code == 404


# ---- against a running server, from many sides at once


class Person:
    """An editor at a running site, over real HTTP."""

    def __init__(self, site, editor):
        browser = Client()
        browser.force_login(editor)
        self.site, self.editor = site, editor
        self.cookies = {"sessionid": browser.cookies["sessionid"].value, "csrftoken": "a" * 32}

    def approve(self, digest, looked_at):
        """The status of the answer, and where it leads."""
        form = {"seen_hash": looked_at, "csrfmiddlewaretoken": "a" * 32}
        answer = httpx.post(self.site + page_of(digest), data=form, cookies=self.cookies, timeout=None)
        return answer.status_code, answer.headers.get("location", "")


@pytest.fixture
def site(live_server):
    return live_server.url


running = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@running
def test_of_twenty_clicks_at_once_one_approves_and_everybody_gets_one_mail(site):
    readers = [make_reader().email for _turn in range(3)]
    digest = make_digest()
    people = [Person(site, make_editor(f"editor{n}")) for n in range(4)]
    looked_at = seen(digest)
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = list(crowd.map(lambda n: people[n % len(people)].approve(digest, looked_at), range(AT_ONCE)))
    assert {status for status, _where in answers} == {302}
    assert Digest.objects.get().status == Digest.Status.APPROVED
    assert Digest.objects.get().approved_by in [person.editor for person in people]
    send_due()
    send_due()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(readers)


@running
def test_of_many_first_approvals_at_once_two_different_ones_count(site, settings):
    settings.APPROVALS_NEEDED = 2
    digest = make_digest()
    people = [Person(site, make_editor(f"editor{n}")) for n in range(2)]
    looked_at = seen(digest)
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        list(crowd.map(lambda n: people[0].approve(digest, looked_at), range(AT_ONCE)))
    assert Digest.objects.get().status == Digest.Status.DRAFT
    assert Approval.objects.count() == 1
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        list(crowd.map(lambda n: people[n % 2].approve(digest, looked_at), range(AT_ONCE)))
    assert Digest.objects.get().approved_by == people[1].editor
    assert Approval.objects.count() == 2


@running
def test_whose_role_was_removed_a_second_ago_is_refused(site):
    digest, person = make_digest(), Person(site, make_editor())
    looked_at = seen(digest)
    person.editor.user_permissions.clear()
    person.editor.groups.clear()
    assert person.approve(digest, looked_at)[0] == 403
    type(person.editor).objects.update(is_active=False)
    assert person.approve(digest, looked_at)[1].startswith("/admin/login/")
    assert Digest.objects.get().status == Digest.Status.DRAFT


@running
def test_of_edits_and_approvals_at_once_no_words_are_approved_that_nobody_saw(site):
    digest = make_digest()
    people = [Person(site, make_editor(f"editor{n}")) for n in range(3)]

    def edit_or_approve(n):
        try:
            if n % 3:
                people[n % 3].approve(digest, seen(digest))
            else:
                edit(digest, f"Edited {n} times")
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(edit_or_approve, range(18)))
    now = Digest.objects.get()
    assert now.revision == 6
    if now.status == Digest.Status.APPROVED:
        assert now.content_hash == hash_of(now.approved_content) == hash_of(snapshot(now))


def edit(digest, words):
    with transaction.atomic():
        now = Digest.objects.select_for_update().get(pk=digest.pk)
        summary = Summary.objects.first()
        summary.parts["topics"][0]["text"] = words
        summary.save()
        now.touch()
