"""What happens to whoever tries too many passwords. django-axes counts them, in the database."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from newsletter.audit import Act
from newsletter.overhear import note_failure
from newsletter.visitors import client_address, network


def counted_together(request: HttpRequest) -> str:
    """Whose tries are counted together: one IPv4 address, or what one household holds of IPv6."""
    address = client_address(request)
    return network(address, {4: 32, 6: 64}).partition("/")[0]


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, str] | None = None
) -> HttpResponse:
    """429, with how long to wait and whom to ask."""
    note_failure(Act.LOCKED, (credentials or {}).get("username", ""))
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = {**admin.site.each_context(request), "title": _("Too many tries"), "minutes": minutes}
    page = TemplateResponse(request, "admin/signing_in/locked.html", context, status=429)
    page["Retry-After"] = str(minutes * 60)
    return page.render()
