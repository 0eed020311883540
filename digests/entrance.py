"""The way from a mail to the desk, and where the links of mails lead that are nobody's."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from digests import reminders


@never_cache
@require_safe
def review(request: HttpRequest, token: str) -> HttpResponse:
    """From a reminder to its digest's desk, which asks who it is; the link itself grants nothing."""
    digest_id = reminders.digest_in(token)
    if digest_id is None:
        raise Http404
    return HttpResponseRedirect(reverse("admin:digests_digest_change", args=[digest_id]))


@csrf_exempt  # a mail program's one-click post (RFC 8058) has no token, and this page changes nothing
@never_cache
def nobody(request: HttpRequest, what: str) -> HttpResponse:
    """Where the personal links of previews and test mails lead: it says so, and changes nobody's subscription."""
    return TemplateResponse(request, "web/nobody.html")
