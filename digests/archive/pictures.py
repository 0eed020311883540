"""Pictures by the hash of their bytes. No path leads to anything else: a name is looked up, never opened."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from digests.models import Card, Chart
from newsletter.headers import for_other_sites

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@require_safe
def chart(request: HttpRequest, sha256: str) -> HttpResponse:
    """A chart's PNG. Its name is the hash of its bytes: it may be kept for ever, and nobody can guess a draft's."""
    found = Chart.objects.filter(sha256=sha256).first()
    if not found:
        raise Http404(gettext("There is no such chart."))
    return for_other_sites(HttpResponse(bytes(found.png), content_type="image/png", headers=FOR_EVER))


@require_safe
def card(request: HttpRequest, sha256: str) -> HttpResponse:
    """The picture that other sites show beside a link to a digest."""
    found = Card.objects.filter(sha256=sha256).first()
    if not found:
        raise Http404(gettext("There is no such picture."))
    return for_other_sites(HttpResponse(bytes(found.png), content_type="image/png", headers=FOR_EVER))


def card_url(digest_id: int, language: str) -> str:
    """Where a digest's card is; empty while it is not drawn."""
    cards = Card.objects.filter(digest=digest_id).order_by("language").values_list("language", "sha256")
    drawn = dict(cards)
    sha256 = drawn.get(language) or next(iter(drawn.values()), "")
    return reverse("card", args=[sha256]) if sha256 else ""
