"""Mails to editors about a day: to whom, how often, and what they say."""

import smtplib

import pytest
from django.core import mail

from digests.models import DayReport, Notice
from digests.notices import editors, tell_editors
from tests.factories import DAY, make_editor

pytestmark = pytest.mark.django_db
SENTENCE = "No paper source could be read for 2024-11-22. huggingface: it answered with status 503."


@pytest.fixture
def editor():
    return make_editor(email="editor@example.org")


def test_everybody_who_may_approve_and_has_an_address_is_told(django_user_model, editor):
    django_user_model.objects.create_superuser("root", "root@example.org", "x")
    make_editor("silent", email="")
    make_editor("gone", email="gone@example.org", is_active=False)
    make_editor("twice", email="EDITOR@example.org")
    django_user_model.objects.create_user("reader", "reader@example.org", "x", is_staff=True)
    demoted = make_editor("demoted", email="demoted@example.org")
    demoted.is_staff = False
    demoted.save()
    assert {address.lower() for address in editors()} == {"editor@example.org", "root@example.org"}
    assert tell_editors(DAY, "failed", SENTENCE) == 2
    assert all(len(message.to) == 1 for message in mail.outbox)


def test_there_is_one_mail_for_each_day_and_subject(editor):
    sent = [tell_editors(DAY, subject, SENTENCE) for subject in ("failed", "failed", "stalled", "failed")]
    assert sent == [1, 0, 1, 0]


def test_without_an_editor_nothing_is_noted_and_a_later_one_is_told():
    assert tell_editors(DAY, "failed", SENTENCE) == 0
    make_editor(email="editor@example.org")
    assert tell_editors(DAY, "failed", SENTENCE) == 1


def test_a_mail_that_could_not_be_sent_is_tried_again(editor, monkeypatch):
    def refuse(self, messages):
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        assert tell_editors(DAY, "failed", SENTENCE) == 0
    assert not Notice.objects.exists()
    assert tell_editors(DAY, "failed", SENTENCE) == 1


@pytest.mark.parametrize("subject", ["failed", "stalled", "missing", "silent:deeplearn"])
def test_a_notice_says_what_happened_and_where_to_look(editor, settings, subject):
    settings.SITE_URL = "https://papers.example"
    report = DayReport.objects.create(day=DAY, list_day=DAY, state="failed")
    tell_editors(DAY, subject, SENTENCE)
    [message] = mail.outbox
    html = message.alternatives[0][0]
    assert len(message.subject) <= 78
    assert f"https://papers.example/admin/digests/dayreport/{report.pk}/change/" in message.body
    for part in (message.body, html):
        assert "status 503" in part
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message.extra_headers, "it is no newsletter"


def test_hostile_words_in_a_sentence_do_no_harm(editor):
    tell_editors(DAY, "failed", "<script>alert(1)</script> {{ settings.SECRET_KEY }} {% load %}")
    html = mail.outbox[0].alternatives[0][0]
    assert "<script>alert" not in html
    assert "{{" not in html
