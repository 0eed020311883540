"""The trial: a demo editor and an administrator, demo readers and one whole day, on an installation that nobody uses yet."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group
from django.utils import timezone

from digests.build import Built, NoDigest, build_digest
from digests.collecting.days import today
from digests.models import Digest
from newsletter import roles
from subscribers import suppression
from subscribers.choices import mask_of
from subscribers.delivery.send import send_due
from subscribers.demo import crowd
from subscribers.models import ALL_CATEGORIES, Delivery, Subscriber

EDITOR, ADMINISTRATOR = "editor", "admin"
DAYS_TO_LOOK_BACK = 5  # over a weekend with a holiday beside it


class DemoRefused(Exception):
    """The trial does not fit this installation; the text says why."""


class Reader(NamedTuple):
    """A demo reader. `hour` None: the hour at which the trial began, so that an approval is followed by mail at once.
    `slugs` empty: everything."""

    name: str
    language: str
    time_zone: str
    hour: int | None
    slugs: tuple[str, ...]


READERS = (
    Reader("minji", "ko", "Asia/Seoul", None, ()),
    Reader("junho", "ko", "Asia/Seoul", 7, ("llm", "agents", "nlp")),
    Reader("sora", "ko", "Asia/Tokyo", None, ("security", "ethics", "training")),
    Reader("alice", "en", "Europe/London", 8, ("computer-vision", "multimodal", "robotics")),
    Reader("bob", "en", "America/New_York", 6, ()),
    Reader("dana", "en", "America/Los_Angeles", 8, ("audio",)),
)


GONE = (
    ("yuna", Subscriber.Status.UNSUBSCRIBED),
    ("carol", Subscriber.Status.BOUNCED),
    ("erik", Subscriber.Status.COMPLAINED),
    ("hana", Subscriber.Status.PENDING),
)
"""Who gets no mail, and why not: so that lists have something to find."""


def prepare() -> None:
    """Create the demo accounts and the demo readers where they are missing.

    Raises DemoRefused outside DEBUG, and on a database with subscribers of its own: the trial mails everyone.
    """
    if not settings.DEBUG:
        raise DemoRefused("The demo is for trying the product; it runs with DEBUG=True only.")
    ours = [*oldest_readers(), *(_address(name) for name, _status in GONE), *crowd.addresses()]
    if Subscriber.objects.exclude(email__in=ours).exists():
        raise DemoRefused(
            "This database has subscribers of its own, and the demo would mail them. Set VAR_DIR or DATABASE_URL to a fresh place."
        )
    editor()
    for reader in READERS:
        Subscriber.objects.get_or_create(
            email=_address(reader.name),
            defaults={
                "status": Subscriber.Status.ACTIVE,
                "language": reader.language,
                "time_zone": reader.time_zone,
                "send_hour": _hour(reader),
                "categories": mask_of(reader.slugs) if reader.slugs else ALL_CATEGORIES,
                "consent_text": crowd.CONSENT,
                "confirmed_at": timezone.now(),
            },
        )
    for days, (name, status) in enumerate(GONE, start=9):
        _gone(name, status, timezone.now() - timedelta(days=days))


def oldest_readers() -> list[str]:
    """The addresses of the readers that every trial has."""
    return [_address(reader.name) for reader in READERS]


def _gone(name: str, status: Subscriber.Status, since: datetime) -> None:
    """Somebody who does not read, and whose address is suppressed where the status says so."""
    past = {"confirmed_at": since - timedelta(days=30), "left_at": since}
    given = {"status": status, "consent_text": crowd.CONSENT, "signed_up_at": since - timedelta(days=30)}
    if status != Subscriber.Status.PENDING:
        given |= past
    _reader, made = Subscriber.objects.get_or_create(email=_address(name), defaults=given)
    if made and status in suppression.REASON_OF:
        suppression.suppress(_address(name), suppression.REASON_OF[status])


def _hour(reader: Reader) -> int:
    return timezone.now().astimezone(ZoneInfo(reader.time_zone)).hour if reader.hour is None else reader.hour


def _address(name: str) -> str:
    return f"{name}@example.org"  # RFC 2606: nobody's


def password_file() -> Path:
    """Where the password of the demo accounts lies."""
    return Path(settings.VAR_DIR) / "demo-editor-password"


def editor() -> AbstractUser:
    """The demo editor, made at the first call together with an administrator; both have one password of their own."""
    User = get_user_model()
    found = User.objects.filter(username=EDITOR).first()
    if found is None:
        password = secrets.token_urlsafe(9)
        found = User.objects.create_user(EDITOR, "editor@example.org", password, is_staff=True)
        found.groups.add(Group.objects.get(name=roles.EDITOR))
        User.objects.create_superuser(ADMINISTRATOR, "", password)
        password_file().parent.mkdir(parents=True, exist_ok=True)
        password_file().touch(mode=0o600)
        password_file().write_text(password + "\n", encoding="ascii")
    return found


def build_latest(tell: Callable[[str], None]) -> Built:
    """The digest of today, or of the latest day before that has papers. Raises NoDigest."""
    first: NoDigest | None = None
    for back in range(DAYS_TO_LOOK_BACK):
        day = today() - timedelta(days=back)
        try:
            return build_digest(day, use_sample=True, tell=tell)
        except NoDigest as error:
            if error.state not in ("quiet", "stalled", "waiting"):
                raise
            tell(f"{error} Looking at the day before.")
            first = first or error
    assert first is not None
    raise first


def deliver(digest: Digest, tell: Callable[[str], None]) -> int:
    """Walk through the day: send at each slot that the demo readers have. Returns how many mails were accepted."""
    sent = send_due(timezone.now())["sent"]
    queued = Delivery.objects.filter(digest=digest, status=Delivery.Status.QUEUED)
    for moment in sorted(set(queued.values_list("send_at", flat=True))):
        counts = send_due(moment)
        sent += counts["sent"]
        tell(
            f"{'send':<10} {moment:%Y-%m-%d %H:%M} UTC: {counts['sent']} sent, {counts['skipped']} with nothing for them"
        )
    return sent
