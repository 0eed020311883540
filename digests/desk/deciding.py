"""An editor's decisions on a digest as a whole: approve it, send it back, stop and go on sending it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from digests.approve import RIGHT, NotApproved, approve, send_back
from digests.models import Digest
from newsletter import audit
from newsletter.audit import Act

BACK_TO = {"progress": "admin:subscribers_progress"}
"""The pages a decision can be made on, besides the desk."""


def may(request: HttpRequest, decision: str) -> bool:
    """Whether whoever asks may decide so. An editor may stop a mailing in alarm; letting it go on, or ending it for good, is
    an operator's business."""
    rights = {
        "pause": ("digests.steer_digest", RIGHT),
        "resume": ("digests.steer_digest",),
        "cancel": ("digests.steer_digest",),
    }
    return any(request.user.has_perm(right) for right in rights.get(decision, (RIGHT,)))


@require_POST
def decide(request: HttpRequest, object_id: str) -> HttpResponse:
    """Approve, send back, pause, resume or cancel; each happens once however often it is pressed."""
    digest = get_object_or_404(Digest, pk=object_id)
    decision = request.POST.get("decision", "")
    if not may(request, decision):
        raise PermissionDenied
    match decision:
        case "approve":
            _approve(request, digest)
        case "send-back":
            if send_back(digest):
                messages.success(request, _("The approval is taken back; this is a draft again."))
            else:
                messages.error(request, _("Only an approved digest that is not being sent can be sent back."))
        case "pause":
            _move(request, digest, Act.PAUSE, Digest.Status.SENDING, Digest.Status.PAUSED, _("Sending is paused."))
        case "resume":
            _move(request, digest, Act.RESUME, Digest.Status.PAUSED, Digest.Status.SENDING, _("Sending goes on."))
        case "cancel":
            said = _("Cancelled: who has not got this digest will not get it.")
            _move(request, digest, Act.CANCEL, Digest.Status.PAUSED, Digest.Status.CANCELLED, said)
        case _:
            messages.error(request, _("That is no decision this page knows."))
    page = BACK_TO.get(request.POST.get("back", ""), "admin:digests_digest_change")
    return HttpResponseRedirect(reverse(page, args=[digest.pk]))


def _approve(request: HttpRequest, digest: Digest) -> None:
    try:
        first = approve(digest, request.user, request.POST.get("seen_hash", ""))  # type: ignore[arg-type]
    except NotApproved as error:
        messages.error(request, str(error))
        return
    digest.refresh_from_db()
    said = _("Approved. Readers get it at their hour.") if first else _("Already approved by %(name)s.")
    messages.success(request, said % {"name": digest.approved_by})


def _move(request: HttpRequest, digest: Digest, act: str, since: str, to: str, said: str) -> None:
    if digest.status == since and digest.advance(to):
        audit.note(act, digest, by=request.user)
        messages.success(request, said)
    else:
        messages.info(request, _("Nothing to do: the digest is %(status)s.") % {"status": digest.get_status_display()})
