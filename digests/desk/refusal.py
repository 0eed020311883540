"""The page that says that nothing was done, how things stand now, and what to do: the answer to a button of a page that was
true no longer (409, Conflict)."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from digests.approve import RIGHT
from digests.models import Digest


def refused(request: HttpRequest, digest: Digest, why: str) -> HttpResponse:
    """The page; `why` says what was not done and why. The digest is shown as it stands now."""
    digest = Digest.objects.defer("approved_content").select_related("approved_by").get(pk=digest.pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Nothing was done"),
        "opts": Digest._meta,
        "digest": digest,
        "why": why,
        "may_approve": request.user.has_perm(RIGHT) and digest.status == Digest.Status.DRAFT,
        "is_correction": digest.kind == Digest.Kind.CORRECTION,
    }
    return TemplateResponse(request, "admin/digests/digest/refused.html", context, status=HTTPStatus.CONFLICT)
