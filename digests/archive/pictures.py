"""Pictures by the hash of their bytes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from digests.models import Chart

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@require_safe
def chart(request: HttpRequest, sha256: str) -> HttpResponse:
    """A chart's PNG. Its name is the hash of its bytes: it may be kept for ever, and nobody can guess a draft's."""
    found = Chart.objects.filter(sha256=sha256).first()
    if not found:
        raise Http404(gettext("There is no such chart."))
    return HttpResponse(bytes(found.png), content_type="image/png", headers=FOR_EVER)
