"""The page on which the sending of a digest is watched, paused, and let go on."""

from __future__ import annotations

import math
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digests.desk.deciding import may
from digests.models import Digest
from subscribers.delivery.progress import Progress, progress_of
from subscribers.health import LONGEST_SILENCE
from subscribers.models import Delivery, Sending

MOVING = (Digest.Status.APPROVED, Digest.Status.SENDING)
SECONDS_BETWEEN_LOOKS = 5
Status = Delivery.Status


@never_cache
@require_safe
def progress(request: HttpRequest, digest_id: int) -> HttpResponse:
    """The page; it renews itself with or without scripts while something moves."""
    digest = _digest(request, digest_id)
    told = progress_of(digest)
    context = {
        **admin.site.each_context(request),
        "title": _("Sending of %(digest)s") % {"digest": digest},
        "opts": Delivery._meta,
        "digest": digest,
        "told": told,
        "lines": [(status.value, status.label, told.counts[status]) for status in Status],
        "summary": _summary(digest, told),
        "worries": worries(digest, told),
        "is_moving": digest.status in MOVING,
        "seconds": SECONDS_BETWEEN_LOOKS,
        "may_pause": may(request, "pause"),
        "may_send_back": may(request, "send-back"),
        "may_steer": may(request, "resume"),
    }
    return TemplateResponse(request, "admin/subscribers/desk/progress.html", context)


@never_cache
@require_safe
def progress_json(request: HttpRequest, digest_id: int) -> JsonResponse:
    """What the page's script renews: the counts, the line above them, and whether to come back."""
    digest = _digest(request, digest_id)
    told = progress_of(digest)
    return JsonResponse(
        {
            "status": digest.status,
            "counts": told.counts,
            "audience": told.audience,
            "done": told.done,
            "summary": _summary(digest, told),
            "is_moving": digest.status in MOVING,
        }
    )


def worries(digest: Digest, told: Progress) -> list[str]:
    """What is wrong, what was not sent because of it, and what to press; in the order of how much it matters."""
    found = []
    waiting = sum(told.counts[status] for status in Delivery.OPEN)
    if digest.status == Digest.Status.PAUSED:
        why = digest.notes[-1] if digest.notes and digest.notes[-1].startswith("Sending paused") else _("Sending is paused.")  # fmt: skip
        told_waiting = ngettext(
            "%d reader has not got it yet. Resume lets it go on; Cancel ends it, and that reader never gets it.",
            "%d readers have not got it yet. Resume lets it go on; Cancel ends it, and they never get it.",
            waiting,
        )
        found.append(f"{why} {told_waiting % waiting}")
    if digest.status in MOVING and (silence := _silence()):
        told_silence = _("The clock has not come by for %d minutes: nothing more is sent until the worker runs again. Ask an operator.")  # fmt: skip
        found.append(told_silence % silence)
    if unknown := told.counts[Status.UNKNOWN]:
        told_unknown = ngettext(
            "Of %d mail nobody knows whether it arrived. It is not sent again by itself; the receipt lets you decide.",
            "Of %d mails nobody knows whether they arrived. They are not sent again by themselves; the receipt lets you decide.",
            unknown,
        )
        found.append(told_unknown % unknown)
    if failed := told.counts[Status.FAILED]:
        told_failed = ngettext(
            "%d mail was refused and not sent. The receipt says why, and can send it again once the reason is mended.",
            "%d mails were refused and not sent. The receipt says why, and can send them again once the reason is mended.",
            failed,
        )
        found.append(told_failed % failed)
    return found


def _summary(digest: Digest, told: Progress) -> str:
    """Where it stands, in a sentence."""
    if digest.status == Digest.Status.APPROVED:
        return _("Approved. The sending begins within a minute.")
    parts = [_("%(done)d of %(audience)d done.") % {"done": told.done, "audience": told.audience}]
    if told.a_minute:
        parts.append(ngettext("%d mail in the last minute.", "%d mails in the last minute.", told.a_minute) % told.a_minute)  # fmt: skip
    if told.seconds_left is not None:
        minutes = math.ceil(told.seconds_left / 60)
        parts.append(ngettext("About %d minute left for what is due.", "About %d minutes left for what is due.", minutes) % minutes)  # fmt: skip
    if told.next_at:
        parts.append(_("The next mail is due at %s.") % date_format(timezone.localtime(told.next_at), "DATETIME_FORMAT"))  # fmt: skip
    return " ".join(parts)


def _silence() -> int:
    """For how many minutes the clock has been away, if that is too long; otherwise nothing."""
    row = Sending.objects.first()
    if row is None or row.ticked_at is None:
        return 0
    silence = timezone.now() - row.ticked_at
    return round(silence.total_seconds() / 60) if silence > LONGEST_SILENCE else 0


def _digest(request: HttpRequest, digest_id: int) -> Digest:
    """Counts tell no address, so whoever may see the digest may see them."""
    if not request.user.has_perm("digests.view_digest") and not request.user.has_perm("subscribers.view_delivery"):
        raise PermissionDenied
    found: dict[str, Any] = {"pk": digest_id, "status__in": Digest.PUBLIC}
    return get_object_or_404(Digest.objects.defer("approved_content"), **found)
