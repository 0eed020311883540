"""The page in admin that hands out the list of subscribers."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import audit
from newsletter.signing_in import again
from subscribers.lists.exporting import exported
from subscribers.models import Subscriber

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding


@again.fresh
def export(request: HttpRequest) -> HttpResponseBase:
    """GET says what the list holds, POST hands it out and notes that in the audit log."""
    if not request.user.has_perm("subscribers.export_subscriber"):
        raise PermissionDenied
    count = Subscriber.objects.count()
    if request.method == "POST":
        audit.note(audit.Act.EXPORT, "subscribers", by=request.user, count=count)
        return _file()
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Export subscribers"),
        "opts": Subscriber._meta,
        "count": count,
    }
    return TemplateResponse(request, "admin/subscribers/subscriber/export.html", context)


def _file() -> StreamingHttpResponse:
    name = f"subscribers-{timezone.localdate():%Y-%m-%d}.csv"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(
        chain([BYTE_ORDER_MARK], exported()), content_type="text/csv; charset=utf-8", headers=disposition
    )
