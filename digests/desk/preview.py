"""The mail as readers would get it, for an editor to look at."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from digests.content import shown, snapshot
from digests.models import Digest
from digests.rendering import Links, render_edition

NOWHERE = Links(unsubscribe="https://reader.invalid/unsubscribe", preferences="https://reader.invalid/preferences",
                archive="https://reader.invalid/archive")  # fmt: skip

# A mail is styled inline. The frame runs nothing, loads nothing foreign and stands on our own page only.
FRAME_POLICY = {
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "img-src": ["'self'", settings.SITE_URL],
}


@require_safe
def preview(request: HttpRequest, object_id: str, language: str) -> HttpResponse:
    """The mail as readers of everything get it: subject, HTML in a sandboxed frame, text."""
    digest = get_object_or_404(Digest, pk=object_id)
    mail = _rendered(request, digest, language)
    context = {
        **admin.site.each_context(request),
        "title": _("Preview"),
        "opts": Digest._meta,
        "digest": digest,
        "language": language,
        "mail": mail,
        "bytes": len(mail.html.encode()),
    }
    return TemplateResponse(request, "admin/digests/digest/preview.html", context)


@require_safe
@xframe_options_sameorigin
@csp_replace(FRAME_POLICY)  # type: ignore[arg-type]  # its stubs know views without arguments only
def preview_html(request: HttpRequest, object_id: str, language: str) -> HttpResponse:
    """The mail's HTML alone, for the frame."""
    return HttpResponse(_rendered(request, get_object_or_404(Digest, pk=object_id), language).html)


def _rendered(request: HttpRequest, digest: Digest, language: str) -> Any:
    if not request.user.has_perm("digests.view_digest"):
        raise PermissionDenied
    content = shown(digest) if digest.is_public else snapshot(digest)
    return render_edition(content, language, [section["slug"] for section in content["sections"]], NOWHERE)
