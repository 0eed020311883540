"""The digests that editors have in hand, for the front page of admin."""

from django import template
from django.db.models import QuerySet

from digests.models import Digest

register = template.Library()
IN_HAND = (Digest.Status.DRAFT, Digest.Status.APPROVED, Digest.Status.SENDING, Digest.Status.PAUSED)
MOST = 8


@register.simple_tag
def digests_in_hand() -> QuerySet[Digest]:
    """Those that wait for an editor or are on their way, the latest first."""
    digests = Digest.objects.filter(status__in=IN_HAND, kind__in=Digest.WITH_PAPERS)
    return digests.defer("approved_content").order_by("-day", "kind")[:MOST]
