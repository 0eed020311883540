"""The page in admin with the switch that stops all sending."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from newsletter import audit
from subscribers.delivery import guard
from subscribers.models import Sending


class NotSwitched(Exception):
    """Nothing was done: the page showed another stop than the one in force, or none is."""


def switch(request: HttpRequest) -> HttpResponse:
    """GET shows how things stand, POST stops all sending or lets it go on."""
    may_switch = request.user.has_perm("subscribers.stop_sending")
    if not (may_switch or request.user.has_perm("subscribers.view_sending")):
        raise PermissionDenied
    status = HTTPStatus.OK
    if request.method == "POST":
        if not may_switch:
            raise PermissionDenied
        try:
            return _switched(request)
        except NotSwitched as error:
            messages.error(request, str(error))
            status = HTTPStatus.CONFLICT  # with how things stand now
    row = Sending.objects.first()
    context = {
        **admin.site.each_context(request),
        "title": _("Sending"),
        "opts": Sending._meta,
        "row": row,
        "stop_mark": guard.stop_mark(row) if row else "",
        "refusal": guard.may_send(),
        "distrust": guard.refusal_of_guard(),
        "may_switch": may_switch,
    }
    return TemplateResponse(request, "admin/subscribers/sending/switch.html", context, status=status)


def _switched(request: HttpRequest) -> HttpResponse:
    """Stop whatever is seen, for whoever sees something wrong stops it; let go on only the stop that the page showed. Raises
    NotSwitched."""
    match request.POST.get("decision"):
        case "stop":
            reason = request.POST.get("reason", "").strip()
            if guard.stop(request.user.get_username(), reason):
                audit.note(audit.Act.STOP, by=request.user, reason=reason)
            messages.success(request, _("Nothing more is sent, within seconds."))
        case "start":
            if not guard.start(seen=request.POST.get("seen", "")):
                raise NotSwitched(
                    _("This page is true no longer. Nothing was done: see who stopped it and why, then decide.")
                )
            audit.note(audit.Act.START, by=request.user)
            messages.success(request, _("Sending goes on."))
        case _:
            messages.error(request, _("That is no decision this page knows."))
    return HttpResponseRedirect(request.path)
