"""An editor's decisions on a digest as a whole: approve it, send it back, stop and go on sending it."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from digests.approve import RIGHT, NoRight, NotApproved, approve, approvers, send_back
from digests.desk.refusal import refused
from digests.models import Digest
from newsletter import audit
from newsletter.audit import Act

BACK_TO = {"progress": "admin:subscribers_progress"}
"""The pages a decision can be made on, besides the desk."""


class NotMoved(Exception):
    """Nothing was done, for the digest stands where that cannot be done; the text says where."""


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
    """Approve, send back, pause, resume or cancel; each happens once however often it is pressed. What cannot be done, since
    the page it was pressed on is true no longer, is answered with a page that says so (409)."""
    digest = get_object_or_404(Digest, pk=object_id)
    decision = request.POST.get("decision", "")
    if not may(request, decision):
        raise PermissionDenied
    try:
        _decide(request, digest, decision)
    except NoRight as error:
        raise PermissionDenied(str(error)) from error
    except (NotApproved, NotMoved) as error:
        return refused(request, digest, str(error))
    page = BACK_TO.get(request.POST.get("back", ""), "admin:digests_digest_change")
    return HttpResponseRedirect(reverse(page, args=[digest.pk]))


def _decide(request: HttpRequest, digest: Digest, decision: str) -> None:
    """Do what was pressed. Raises NotApproved and NotMoved."""
    match decision:
        case "approve":
            _approve(request, digest)
        case "send-back":
            _send_back(request, digest)
        case "pause":
            _move(request, digest, Act.PAUSE, Digest.Status.SENDING, Digest.Status.PAUSED, _("Sending is paused."))
        case "resume":
            _move(request, digest, Act.RESUME, Digest.Status.PAUSED, Digest.Status.SENDING, _("Sending goes on."))
        case "cancel":
            said = _("Cancelled: who has not got this digest will not get it.")
            _move(request, digest, Act.CANCEL, Digest.Status.PAUSED, Digest.Status.CANCELLED, said)
        case _:
            messages.error(request, _("That is no decision this page knows."))


def _approve(request: HttpRequest, digest: Digest) -> None:
    """Approve the words whose hash the page carried; without one it was no page that showed any."""
    seen = request.POST.get("seen_hash", "")
    if not seen:
        raise NotApproved(
            _("Nothing was approved: an approval is for words that were looked at. Look at the draft, then approve it.")
        )
    first = approve(digest, cast(AbstractUser, request.user), seen)
    digest.refresh_from_db()
    if first:
        messages.success(request, _("Approved. Readers get it at their hour."))
    elif digest.is_public:
        messages.success(request, _("Already approved by %(name)s.") % {"name": digest.approved_by})
    else:
        messages.success(request, noted_words(len(approvers(digest, seen))))


def noted_words(given: int) -> str:
    """What an editor is told whose word alone is not enough; `given` are so many words, this one included."""
    missing = settings.APPROVALS_NEEDED - given
    told = ngettext(
        "Your approval is noted. %d other editor must approve the same words.",
        "Your approval is noted. %d other editors must approve the same words.",
        missing,
    )
    return told % missing


def _send_back(request: HttpRequest, digest: Digest) -> None:
    """Take the approval back. It asks for no hash: whoever sees something wrong stops it, whatever the words are by now."""
    if send_back(digest):
        messages.success(request, _("The approval is taken back; this is a draft again."))
    elif digest.status == Digest.Status.DRAFT:
        messages.info(request, _("It is a draft already; nothing was done twice."))
    else:
        raise NotMoved(_("Only an approved digest that is not being sent can be sent back."))


def _move(request: HttpRequest, digest: Digest, act: str, since: str, to: str, said: str) -> None:
    """Move it on. Raises NotMoved where it stands somewhere else by now; where it went already nothing is done twice."""
    if digest.status == since and digest.advance(to):
        audit.note(act, digest, by=request.user)
        messages.success(request, said)
        return
    digest.refresh_from_db()
    told = _("Nothing to do: the digest is %(status)s.") % {"status": digest.get_status_display()}
    if digest.status != to:
        raise NotMoved(told)
    messages.info(request, told)
