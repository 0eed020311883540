"""What a reader may ask of us by letter or telephone, done by an administrator: everything that is kept, and its erasure."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from newsletter import audit
from newsletter.signing_in import again
from subscribers.models import Subscriber
from subscribers.owner.erasing import erase
from subscribers.owner.keeping import everything_about

EXPORT, ERASE = "subscribers.export_subscriber", "subscribers.delete_subscriber"


@require_POST
def hand_out(request: HttpRequest, reader_id: int) -> HttpResponse:
    """Everything that is kept about one reader, as a JSON file."""
    reader = _reader(request, reader_id, EXPORT)
    if not again.is_fresh(request):
        # A file is not asked for with GET, so it is back to the reader's page, where the button is.
        return again.ask(request, reverse("admin:subscribers_subscriber_change", args=[reader.pk]))
    audit.note(audit.Act.EXPORT, reader, by=request.user)
    answer = JsonResponse(everything_about(reader), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="subscriber-{reader.pk}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@never_cache
def erasing(request: HttpRequest, reader_id: int) -> HttpResponse:
    """GET says what will be gone, POST erases it, for good."""
    reader = _reader(request, reader_id, ERASE)
    if not again.is_fresh(request):
        return again.ask(request)
    if request.method == "POST":
        about = str(reader)  # masked; afterwards there is nothing left to name
        if erase(reader):
            audit.note(audit.Act.ERASE, about, by=request.user, row=reader.pk)
            messages.success(
                request, _("Erased. What is left is a hash, so that the address is not mailed again by mistake.")
            )
        else:
            messages.info(request, _("This reader was erased before."))
        return HttpResponseRedirect(reverse("admin:subscribers_subscriber_changelist"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Erase %(reader)s") % {"reader": reader},
        "opts": Subscriber._meta,
        "reader": reader,
    }
    return TemplateResponse(request, "admin/subscribers/subscriber/erase.html", context)


def _reader(request: HttpRequest, reader_id: int, right: str) -> Subscriber:
    if not request.user.has_perm(right):
        raise PermissionDenied
    return get_object_or_404(Subscriber, pk=reader_id)
