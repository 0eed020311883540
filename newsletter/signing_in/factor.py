"""The second factor: codes of an app on the phone (TOTP, RFC 6238), and backup codes for when it is lost.

A code counts once: the time step of the last one is kept, and a backup code is deleted when it is used. Wrong ones make a
device wait, longer each time; both stand in the database, so a restart forgets nothing.
"""

from __future__ import annotations

import io
from base64 import b32encode
from typing import cast
from urllib.parse import quote, urlencode

import django_otp
import qrcode
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathFillImage

from newsletter import audit
from newsletter.overhear import note_failure
from newsletter.signing_in.again import mark_fresh

BACKUP_CODES = 10


def is_enough(user: AbstractUser) -> bool:
    """Whether whoever signed in with a password may go on: the second factor was shown, or none is wanted of them."""
    if user.is_verified():  # type: ignore[attr-defined]  # given by django_otp's middleware
        return True
    return not settings.ADMIN_SECOND_FACTOR and not has_one(user)


def has_one(user: AbstractUser) -> bool:
    """Whether the person has set one up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def pending_key(request: HttpRequest) -> str:
    """The secret, in hex, that is offered to be set up in this session. It is computed and not stored: looking at the page
    changes nothing, and only a code that shows that the phone has it makes it count."""
    session = cast(str, request.session.session_key)
    return salted_hmac("newsletter.second-factor", f"{request.user.pk}:{session}", algorithm="sha256").hexdigest()[:40]


def in_letters(key: str) -> str:
    """The secret for typing it in, in groups of four."""
    letters = b32encode(bytes.fromhex(key)).decode("ascii")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def as_svg(request: HttpRequest) -> bytes:
    """The secret as a QR code."""
    secret = in_letters(pending_key(request)).replace(" ", "")
    label = quote(f"{settings.SITE_NAME}:{request.user.get_username()}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': settings.SITE_NAME})}"
    picture = io.BytesIO()
    qrcode.make(address, image_factory=SvgPathFillImage, box_size=14).save(picture)
    return picture.getvalue()


def set_up(request: HttpRequest, code: str) -> list[str]:
    """Make the offered secret this person's second factor, if `code` shows that the phone has it; returns the backup codes,
    none when the code is wrong. This session has shown the second factor from then on."""
    user = cast(AbstractUser, request.user)
    with transaction.atomic():
        if has_one(user):
            return []
        device = TOTPDevice(user=user, name="app", key=pending_key(request), confirmed=True)
        device.save()
        if not device.verify_token(_tidy(code)):
            device.delete()
            return []
        codes = new_backup_codes(user)
        audit.note(audit.Act.SECOND_FACTOR, user, by=user)
    _verified(request, device)
    return codes


def new_backup_codes(user: AbstractUser) -> list[str]:
    """Codes that count once each, in place of any earlier ones."""
    with transaction.atomic():
        device, _made = StaticDevice.objects.get_or_create(user=user, defaults={"name": "backup codes"})
        device.token_set.all().delete()
        codes = [StaticToken.random_token() for _ in range(BACKUP_CODES)]
        StaticToken.objects.bulk_create([StaticToken(device=device, token=code) for code in codes])
    return codes


def backup_codes_left(user: AbstractUser) -> int:
    """How many backup codes were not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def enter(request: HttpRequest, code: str) -> bool:
    """Show the second factor; True when the code was right. Failures are noted."""
    user = cast(AbstractUser, request.user)
    device = matching(user, code)
    if device is None:
        note_failure(audit.Act.LOGIN_FAILED, user.get_username(), step="second factor")
        return False
    audit.note(audit.Act.VERIFIED, by=user, way="app" if isinstance(device, TOTPDevice) else "backup code")
    _verified(request, device)
    return True


def matching(user: AbstractUser, code: str) -> Device | None:
    """The device whose code this is, used up by asking. The device's row is locked: of two at once with one code, one counts."""
    tidy = _tidy(code)
    kind = TOTPDevice if tidy.isdigit() else StaticDevice
    with transaction.atomic():
        device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
        return device if device and device.verify_token(tidy) else None


def waits(user: AbstractUser) -> bool:
    """Whether so many wrong codes came that none is looked at for a while."""
    devices = [*TOTPDevice.objects.filter(user=user), *StaticDevice.objects.filter(user=user)]
    return any(not device.verify_is_allowed()[0] for device in devices)


def forget(user: AbstractUser, by: object) -> bool:
    """Take the second factor away, for whoever lost it: the next sign-in sets up another. True when there was one."""
    with transaction.atomic():
        had = has_one(user)
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        audit.note(audit.Act.FORGET_FACTOR, user, by=by)  # type: ignore[arg-type]
    return had


def _verified(request: HttpRequest, device: Device) -> None:
    """Mark the session, under a new key: one that was known before is worth nothing now."""
    django_otp.login(request, device)
    request.session.cycle_key()
    mark_fresh(request)


def _tidy(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()[:16]
