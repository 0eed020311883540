"""One day, from the sources to a reader's goodbye, through the real doors: commands, pages and mails."""

import datetime as dt
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from digests.models import Digest, Entry
from subscribers.delivery.send import send_due
from subscribers.mail import send_letters
from subscribers.models import Delivery, Subscriber
from subscribers.signing_up.deciding import decide_sign_ups
from tests.factories import make_editor
from tests.fakes import FakePaper
from tests.subscribers.signing import send_form

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 11, 22)
VISION = FakePaper(
    "2411.00001",
    "Image generation with diffusion",
    "We present an image generation model. It cuts FID by 12%.",
    30,
    ("cs.CV",),
)
ROBOT = FakePaper(
    "2411.00002",
    "Robot manipulation policies",
    "We introduce a robot manipulation policy for grasping. It succeeds in 81% of trials.",
    9,
    ("cs.RO",),
)
SPEECH = FakePaper(
    "2411.00003",
    "Speech recognition for calls",
    "We propose a speech recognition system. It lowers word error rate to 4.1%.",
    3,
    ("eess.AS",),
)


@pytest.fixture
def outbox(settings, tmp_path):
    """Mails as files, as the embedded default writes them."""
    settings.EMAIL_BACKEND = "newsletter.outbox.EmailBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"

    def mails():
        return [
            message_from_bytes(path.read_bytes(), policy=default)
            for path in sorted(Path(settings.OUTBOX_DIR).glob("*.eml"))
        ]

    return mails


def body(mail, kind="plain"):
    return mail.get_body((kind,)).get_content()


def link_in(mail, path):
    """The address in a mail's text that leads to `path`, without the site's own address."""
    return re.search(rf"https?://[^/\s]+(/{path}/[^/\s]+/)", body(mail))[1]


def sign_up(client, email, language, slugs):
    page = client.get("/subscribe/")
    assert page.status_code == 200
    return send_form(client, email, language=language, categories=slugs)


def test_a_day(client, sources, outbox):
    sources.add(VISION, ROBOT)
    sources.add(SPEECH, daily=False, hot=True)

    with time_machine.travel("2024-11-21T09:00:00+09:00", tick=True):
        # Two people sign up; the one who confirms is a subscriber, the other is not.
        sign_up(client, "Min.Ji@example.org", "ko", ["computer-vision", "audio"])
        sign_up(client, "never@example.org", "en", ["robotics"])
        decide_sign_ups()
        send_letters()
        to_confirm = next(mail for mail in outbox() if mail["To"] == "Min.Ji@example.org")
        confirm = link_in(to_confirm, "confirm")
        client.get(confirm)
        assert Subscriber.objects.get(email="Min.Ji@example.org").status == Subscriber.Status.PENDING
        client.post(confirm)
        assert Subscriber.objects.get(email="Min.Ji@example.org").status == Subscriber.Status.ACTIVE

    with time_machine.travel("2024-11-22T05:00:00+09:00", tick=True):
        # Papers come in; the editor reads the draft and approves it.
        call_command("build_digest", date=DAY)
        digest = Digest.objects.get()
        assert digest.status == Digest.Status.DRAFT
        assert {entry.paper.arxiv_id for entry in Entry.objects.all()} == {VISION.id, ROBOT.id, SPEECH.id}
        assert client.get("/2024-11-22/").status_code == 404
        send_due()
        editor = make_editor()
        client.force_login(editor)
        desk = client.get(reverse("admin:digests_digest_change", args=[digest.pk]))
        decision = {"decision": "approve", "seen_hash": desk.context["seen_hash"]}
        client.post(reverse("admin:digests_digest_decide", args=[digest.pk]), decision)
        client.logout()
        send_due()
        assert not [mail for mail in outbox() if mail["Message-ID"].startswith("<d")], "eight o'clock has not come"

    with time_machine.travel("2024-11-22T08:00:30+09:00", tick=True):
        send_due()
        send_due()
        [mail] = [mail for mail in outbox() if mail["Message-ID"].startswith("<d")]
        assert mail["To"] == "Min.Ji@example.org"
        for kind in ("plain", "html"):
            assert VISION.title in body(mail, kind) and SPEECH.title in body(mail, kind)
            assert ROBOT.title not in body(mail, kind)
        assert "수신 거부" in body(mail) or "구독" in body(mail)
        digest.refresh_from_db()
        assert digest.status == Digest.Status.SENT

        # Anyone reads the whole day on the web, and nothing of the reader's.
        page = client.get("/2024-11-22/")
        assert page.status_code == 200
        assert ROBOT.title in page.content.decode()
        assert "min.ji" not in page.content.decode().lower()

    with time_machine.travel("2024-11-26T05:00:00+09:00", tick=True):
        # The next days the same papers are listed again; they do not come again.
        with pytest.raises(CommandError, match="quiet: .*weekend"):
            call_command("build_digest", date=DAY + dt.timedelta(days=1))
        with pytest.raises(CommandError, match="stalled: .*the same papers again"):
            call_command("build_digest", date=DAY + dt.timedelta(days=4))

    with time_machine.travel("2024-11-22T09:00:00+09:00", tick=True):
        # The reader looks at the preferences, then leaves with one click of the mail program.
        assert client.get(link_in(mail, "preferences")).status_code == 200
        leave = link_in(mail, "unsubscribe")
        assert client.get(leave).status_code == 200
        assert Subscriber.objects.get(email="Min.Ji@example.org").status == Subscriber.Status.ACTIVE
        answer = client.post(leave, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, answer.cookies) == (200, {})
        assert Subscriber.objects.get(email="Min.Ji@example.org").status == Subscriber.Status.UNSUBSCRIBED
    assert Delivery.objects.get().status == Delivery.Status.SENT
