"""Writing a correction in admin: what is asked for, what is shown before it goes, and that it goes once."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests.models import Correction, Digest
from newsletter.models import AuditLine
from subscribers.delivery.send import send_due
from subscribers.models import Subscriber
from tests.factories import make_approved, make_digest, make_editor, make_paper, make_reader, make_staff

pytestmark = pytest.mark.django_db
WORDS = {"text_ko": "수치는 4.2%입니다.", "text_en": "The figure is 4.2 %."}


@pytest.fixture
def browser():
    return browser_of(make_editor("corrector"))


@pytest.fixture
def digest():
    """A digest that two readers have, and one has not."""
    make_reader("a@example.org")
    make_reader("b@example.org")
    digest = make_approved()
    send_due()
    mail.outbox.clear()
    make_reader("later@example.org")
    digest.refresh_from_db()
    return digest


def browser_of(person):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person)
    return browser


def write(browser, digest, **words):
    """The page that shows what was written."""
    return browser.post(reverse("admin:subscribers_correct", args=[digest.pk]), WORDS | words, follow=True)


def press(browser, page, decision, **changes):
    form = {"decision": decision, "seen_hash": page.context["seen_hash"]} | changes
    return browser.post(page.request["PATH_INFO"], form, follow=True)


def words_of(page):
    return " ".join(page.content.decode().split())


def test_a_correction_is_written_looked_at_and_mailed_to_those_who_had_the_digest(browser, digest):
    page = write(browser, digest)
    assert "2 readers have the digest" in words_of(page)
    assert "The figure is 4.2 %." in words_of(page) and "수치는 4.2%입니다." in words_of(page)
    assert Correction.objects.get().made_by.username == "corrector"
    page = press(browser, page, "mail")
    assert "once each" in words_of(page)
    send_due()
    assert sorted(message.to[0] for message in mail.outbox) == ["a@example.org", "b@example.org"]
    receipt = words_of(browser.get(reverse("admin:subscribers_delivery_receipt", args=[digest.pk])))
    mailing = Correction.objects.get().mailed_as
    assert f'{reverse("admin:subscribers_delivery_receipt", args=[mailing.pk])}">2</a>' in receipt


def test_a_second_press_mails_nobody_twice(browser, digest):
    page = write(browser, digest)
    press(browser, page, "mail")
    send_due()
    again = press(browser, page, "mail")
    assert "It was mailed before" in words_of(again)
    send_due()
    assert len(mail.outbox) == 2


def test_publishing_only_mails_nobody_and_can_be_followed_by_mailing(browser, digest):
    page = press(browser, write(browser, digest), "publish")
    assert Correction.objects.get().status == Correction.Status.PUBLISHED
    send_due()
    assert mail.outbox == []
    press(browser, page, "mail")
    send_due()
    assert len(mail.outbox) == 2
    assert AuditLine.objects.filter(act="correct").count() == 1


def test_every_language_is_asked_for_and_nothing_is_lost(browser, digest):
    page = write(browser, digest, text_ko="")
    assert page.context["form"].errors.keys() == {"text_ko"}
    assert "The figure is 4.2 %." in words_of(page)
    assert not Correction.objects.exists()


def test_a_correction_is_not_longer_than_its_mail_holds(browser, digest):
    page = write(browser, digest, text_en="x" * 1001)
    assert page.context["form"].errors.keys() == {"text_en"}


def test_only_a_paper_of_the_digest_can_be_named(browser, digest):
    page = write(browser, digest, paper=make_paper().pk)
    assert page.context["form"].errors.keys() == {"paper"}
    paper = digest.sections.first().entries.first().paper
    write(browser, digest, paper=paper.pk)
    assert Correction.objects.get().paper == paper


def test_a_draft_can_be_reworded_and_a_published_one_not(browser, digest):
    page = write(browser, digest)
    path = reverse("admin:subscribers_rewrite", args=[Correction.objects.get().pk])
    seen = {"seen_hash": page.context["seen_hash"]}
    browser.post(path, WORDS | {"text_en": "Better."} | seen)
    assert Correction.objects.get().text_en == "Better."
    assert press(browser, page, "mail").status_code == 409, "what was seen is not what there is now"
    press(browser, browser.get(page.request["PATH_INFO"]), "publish")
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("meanwhile", ["reworded", "published"])
def test_who_rewords_what_somebody_else_changed_is_told_and_keeps_the_words(browser, digest, meanwhile):
    page = write(browser, digest)
    path = reverse("admin:subscribers_rewrite", args=[Correction.objects.get().pk])
    seen = {"seen_hash": browser.get(path).context["seen_hash"]}
    if meanwhile == "reworded":
        browser.post(path, WORDS | {"text_en": "Better."} | seen)
    else:
        press(browser, page, "publish")
    before = Correction.objects.values().get()
    answer = browser.post(path, WORDS | {"text_en": "Other words of mine."} | seen)
    assert answer.status_code == 409
    assert "Other words of mine." in words_of(answer) and "Somebody else changed this correction" in words_of(answer)
    assert Correction.objects.values().get() == before
    again = browser.post(path, WORDS | {"text_en": "Other words of mine."} | {"seen_hash": answer.context["seen_hash"]})
    assert again.status_code == 409, "a second press of the same page does not get through either"


@pytest.mark.parametrize("status", ["building", "draft", "approved", "discarded"])
def test_a_digest_that_nobody_has_needs_no_correction(browser, status):
    made = make_approved() if status == "approved" else make_digest(status=status)
    assert browser.get(reverse("admin:subscribers_correct", args=[made.pk])).status_code == 404


def test_hostile_words_are_shown_as_words(browser, digest):
    page = write(browser, digest, text_en="<script>alert(1)</script> {{ secret }}")
    assert "<script>alert" not in page.content.decode()
    assert "&lt;script&gt;alert(1)" in page.content.decode()


def test_a_viewer_writes_nothing_and_an_operator_mails_nothing(browser, digest):
    page = write(browser, digest)
    for person in (make_staff("viewer", "viewer"), make_staff("operator", "operator")):
        other = browser_of(person)
        assert other.post(reverse("admin:subscribers_correct", args=[digest.pk]), WORDS).status_code == 403
        assert other.get(page.request["PATH_INFO"]).status_code == 200
        assert press(other, page, "mail").status_code == 403
        assert press(other, page, "publish").status_code == 403
    assert Correction.objects.get().status == Correction.Status.DRAFT


def test_of_two_needed_the_first_is_told_that_another_must(browser, digest, settings):
    settings.APPROVALS_NEEDED = 2
    page = press(browser, write(browser, digest), "mail")
    assert "1 other editor must approve" in words_of(page)
    assert "1 of 2 approvals of these words: corrector" in words_of(page)
    assert "To mail them, too: 1 of 2 (corrector)" in words_of(page)
    assert Correction.objects.get().status == Correction.Status.DRAFT
    second = browser_of(make_editor("second"))
    press(second, second.get(page.request["PATH_INFO"]), "mail")
    send_due()
    assert len(mail.outbox) == 2


def test_a_mailing_that_was_paused_is_steered_on_its_own_page(browser, digest):
    press(browser, write(browser, digest), "mail")
    mailing = Correction.objects.get().mailed_as
    Digest.objects.filter(pk=mailing.pk).update(status=Digest.Status.PAUSED, approved_at=timezone.now())
    page = browser.get(reverse("admin:subscribers_progress", args=[mailing.pk]))
    assert reverse("admin:subscribers_correction", args=[Correction.objects.get().pk]) in words_of(page)


def test_mailings_of_corrections_are_not_in_the_list_of_digests(browser, digest):
    press(browser, write(browser, digest), "mail")
    listed = browser.get(reverse("admin:digests_digest_changelist")).context["cl"]
    assert [each.pk for each in listed.result_list] == [digest.pk]


def test_the_page_shows_the_mail_as_readers_get_it(browser, digest):
    page = write(browser, digest)
    looked = browser.get(page.request["PATH_INFO"], {"language": "en", "scheme": "dark", "width": "360"})
    assert 'sandbox=""' in words_of(looked) and "desk-frame-narrow" in words_of(looked)
    frame = browser.get(reverse("admin:subscribers_correction_html", args=[Correction.objects.get().pk, "en"]))
    assert "The figure is 4.2 %." in frame.content.decode()
    policy = frame["Content-Security-Policy"]
    assert "script-src 'none'" in policy and "frame-ancestors 'self'" in policy


def test_the_page_says_what_changes_and_for_whom(browser, digest):
    Subscriber.objects.filter(email="b@example.org").update(status="unsubscribed")
    paper = digest.sections.first().entries.first().paper
    page = words_of(write(browser, digest, paper=paper.pk))
    assert "1 reader has the digest, still reads" in page and "(ko 1)" in page
    assert "1 reader has it and reads no longer" in page
    assert reverse("digest", args=[digest.day]) in page and paper.title in page
    assert "About a llm paper: topics" in page, "what readers were told of the paper"


@pytest.mark.parametrize("language", ["de", "xx"])
def test_a_mail_in_a_language_that_there_is_not_is_not_found(browser, digest, language):
    write(browser, digest)
    path = reverse("admin:subscribers_correction_html", args=[Correction.objects.get().pk, language])
    assert browser.get(path).status_code == 404


def test_who_sees_no_corrections_sees_no_mail_of_one(browser, digest):
    write(browser, digest)
    nobody = browser_of(make_staff("nobody"))
    path = reverse("admin:subscribers_correction_html", args=[Correction.objects.get().pk, "en"])
    assert nobody.get(path).status_code == 403
