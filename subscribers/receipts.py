"""A digest's receipt in admin: what became of each delivery, and the decisions about those whose fate is unknown."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from digests.models import Digest
from newsletter import audit
from subscribers.delivery.reach import left_out_of, mailings_of
from subscribers.delivery.receipt import NotSettled, reasons, receipt, send_again, settle_as_sent
from subscribers.masking import for_eyes_of
from subscribers.models import Delivery

SEND_AGAIN, AS_SENT, RETRY_FAILED = "send-again", "as-sent", "send-failed-again"
SETTLES = {SEND_AGAIN: Delivery.Status.UNKNOWN, AS_SENT: Delivery.Status.UNKNOWN, RETRY_FAILED: Delivery.Status.FAILED}
"""The deliveries that each decision is about."""


@require_safe
def show(request: HttpRequest, digest_id: int) -> HttpResponse:
    """The counts; each leads to the people behind it."""
    digest = _digest(request, digest_id, "subscribers.view_delivery")
    counts = receipt(digest)
    context = _context(request, digest) | {
        "audience": counts["audience"],
        "lines": [
            {"name": status.label, "count": counts[status], "url": _people(digest, status)}
            for status in Delivery.Status
            if counts[status]
        ],
        "reasons": [
            {
                "name": Delivery.Status(status).label,
                "why": for_eyes_of(request, why),
                "count": count,
                "url": _people(digest, status),
            }
            for status, why, count in reasons(digest)
        ],
        "unknown": counts[Delivery.Status.UNKNOWN],
        "failed": counts[Delivery.Status.FAILED],
        "may_settle": request.user.has_perm("subscribers.settle_unknown"),
        "ways": [SEND_AGAIN, AS_SENT],
        "corrections": _corrections(digest),
        "left_out": _left_out(digest),
        "may_correct": request.user.has_perm("digests.add_correction"),
    }
    return TemplateResponse(request, "admin/subscribers/delivery/receipt.html", context)


def settle(request: HttpRequest, digest_id: int, way: str) -> HttpResponse:
    """Send unknown or failed deliveries again, or take unknown ones as sent. GET tells how many and what it means, POST
    does it."""
    digest = _digest(request, digest_id, "subscribers.settle_unknown")
    if way not in SETTLES:
        raise Http404
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            return _settled(request, digest, way)
        except NotSettled as error:
            messages.error(request, str(error))
            status = HTTPStatus.CONFLICT  # with the number of now, to be looked at and decided anew
    count = digest.deliveries.filter(status=SETTLES[way]).count()
    context = _context(request, digest) | {"unknown": count, "sends": way != AS_SENT, "failed": way == RETRY_FAILED}
    return TemplateResponse(request, "admin/subscribers/delivery/settle.html", context, status=status)


def _settled(request: HttpRequest, digest: Digest, way: str) -> HttpResponse:
    """Do it for as many as the page named. Raises NotSettled."""
    assert isinstance(request.user, AbstractUser)
    seen = request.POST.get("unknown", "")
    expected = int(seen) if seen.isdecimal() and len(seen) < 12 else -1
    if way == AS_SENT:
        count = settle_as_sent(digest, expected, request.user)
    else:
        count = send_again(digest, expected, request.user, SETTLES[way])
    if way != AS_SENT:
        told = ngettext("%d delivery is sent again.", "%d deliveries are sent again.", count) % count
    else:
        told = ngettext("%d delivery is taken as sent.", "%d deliveries are taken as sent.", count) % count
    act = audit.Act.AS_SENT if way == AS_SENT else audit.Act.SEND_AGAIN
    what = {"was": Delivery.Status.FAILED.value} if way == RETRY_FAILED else {}
    audit.note(act, digest, by=request.user, count=count, **what)
    messages.success(request, told)
    return HttpResponseRedirect(reverse("admin:subscribers_delivery_receipt", args=[digest.pk]))


def _digest(request: HttpRequest, digest_id: int, right: str) -> Digest:
    if not request.user.has_perm(right):
        raise PermissionDenied
    return get_object_or_404(Digest.objects.defer("approved_content"), pk=digest_id)


def _corrections(digest: Digest) -> list[dict[str, Any]]:
    """What was put right in it, how many of its readers that reached, and what became of their mails."""
    return [
        {"correction": each, "mailing": each.mailed_as, **(_outcomes(each.mailed_as) if each.mailed_as else {})}
        for each in mailings_of(digest)
    ]


def _outcomes(mailing: Digest) -> dict[str, Any]:
    counts = receipt(mailing)
    return {
        "audience": counts["audience"],
        "outcomes": [
            (status.label, counts[status], _people(mailing, status)) for status in Delivery.Status if counts[status]
        ],
    }


def _left_out(digest: Digest) -> list[dict[str, Any]]:
    """Of a correction's mailing: who was meant to get the digest it is about, and gets no mail of it."""
    if digest.kind != Digest.Kind.CORRECTION:
        return []
    correction = digest.mails_correction
    return [
        {"why": group.why, "count": group.many, "url": _people(correction.digest, group.status, group.reader)}
        for group in left_out_of(correction)
    ]


def _people(digest: Digest, status: str, reader: str = "") -> str:
    """The list of the people; `reader` is how they stand now, if that matters."""
    asked = {"digest__id__exact": digest.pk, "status__exact": status} | ({"reader": reader} if reader else {})
    wanted = urlencode(asked)
    return f"{reverse('admin:subscribers_delivery_changelist')}?{wanted}"


def _context(request: HttpRequest, digest: Digest) -> dict[str, Any]:
    return {
        **admin.site.each_context(request),
        "title": _("Receipt of %(digest)s") % {"digest": digest},
        "opts": Delivery._meta,
        "digest": digest,
    }
