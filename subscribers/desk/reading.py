"""From a reader's address to the preview of what this reader gets. The address is in no link and no log."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from digests.content import Content
from digests.desk.preview import content_for
from digests.editions import EditionKey, edition_key, edition_number
from digests.highlights import from_text
from subscribers.masking import sees_addresses
from subscribers.models import Delivery, Subscriber


@require_POST
def preview_as(request: HttpRequest, digest_id: int) -> HttpResponse:
    """Lead to the preview of the reader's edition: the one in the ledger, or the one that their present choice makes."""
    digest, content = content_for(request, digest_id)
    if not sees_addresses(request):
        raise PermissionDenied
    address = request.POST.get("address", "").strip().lower()
    reader = Subscriber.objects.alias(address=Lower("email")).filter(address=address).first()
    language = settings.DIGEST_LANGUAGES[0]
    if reader is None:
        messages.error(request, _("Nobody reads under this address."))
        return HttpResponseRedirect(reverse("admin:digests_digest_preview", args=[digest.pk, language]))
    row = reader.deliveries.filter(digest=digest).first()
    highlights = row.highlights if row else reader.highlights
    key = edition_of_reader(content, reader, row)
    messages.info(request, _("Status of this reader: %s.") % reader.get_status_display())
    if not key.slugs:
        messages.warning(request, _("This reader gets no mail of this digest: none of their categories is in it."))
    asked = urlencode({"only": key.slugs, "known": key.known_days, **_found(key, highlights)}, doseq=True)
    return HttpResponseRedirect(f"{reverse('admin:digests_digest_preview', args=[digest.pk, key.language])}?{asked}")


def edition_of_reader(content: Content, reader: Subscriber, row: Delivery | None) -> EditionKey:
    """What this reader was sent, as the ledger's `row` says, or would be."""
    if row:
        return edition_key(content, "", row.edition, row.known_days, row.highlights)
    number = edition_number(content, reader.language, reader.categories)
    return edition_key(content, "", number, 0, reader.highlights)


def _found(key: EditionKey, highlights: str) -> dict[str, list[str]]:
    """Of what the reader wants marked only what is in this mail: the rest is nobody's business, and stands in no address."""
    found = {term for _paper, terms in key.marks for term in terms.split(", ")}
    wanted = from_text(highlights)
    return {
        "keywords": [term for term in wanted.keywords if term in found],
        "authors": [name for name in wanted.authors if name in found],
    }
