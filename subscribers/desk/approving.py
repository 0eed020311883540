"""The page on which a digest is approved: what goes out, to how many, when, and every check with its state."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from digests.approve import RIGHT, NoRight, NotApproved, approve, approvers
from digests.collecting.days import today
from digests.content import Content, hash_of, shown, snapshot
from digests.desk.deciding import noted_words
from digests.desk.policy import unapproved
from digests.models import Digest
from digests.readiness import facts_of, judge, obstacles
from digests.rehearsal import rehearse
from digests.wording import category_name
from newsletter.waking import wake
from subscribers.delivery.forecast import Forecast, forecast
from subscribers.desk.marks import marks_of

EDITIONS_SHOWN = 6


@never_cache
def approving(request: HttpRequest, digest_id: int) -> HttpResponse:
    """GET shows what would be approved, POST approves it, once however often it is pressed."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    digest = get_object_or_404(Digest.objects.filter(kind__in=Digest.WITH_PAPERS), pk=digest_id)
    status = 200
    if request.method == "POST":
        try:
            return _approved(request, digest)
        except NoRight as error:
            raise PermissionDenied(str(error)) from error
        except NotApproved as error:
            messages.error(request, str(error))
            digest.refresh_from_db()
            status = 409  # Conflict: not what was seen, or not to be approved
    return TemplateResponse(request, "admin/subscribers/desk/approve.html", _context(request, digest), status=status)


def _approved(request: HttpRequest, digest: Digest) -> HttpResponse:
    """Approve what was seen. Raises NotApproved."""
    seen = request.POST.get("seen_hash", "")
    first = approve(digest, cast(AbstractUser, request.user), seen)
    digest.refresh_from_db()
    if not digest.is_public:
        messages.success(request, noted_words(len(approvers(digest, seen))))
        return HttpResponseRedirect(reverse("admin:digests_digest_change", args=[digest.pk]))
    if first:
        transaction.on_commit(partial(wake, "subscribers.tick"))
        messages.success(request, _("Approved. Readers get it at their hour; those whose hour is past get it now."))
    else:
        who = {"name": digest.approved_by, "when": timezone.localtime(digest.approved_at).strftime("%H:%M")}
        messages.info(request, _("Already approved by %(name)s at %(when)s; nothing was done twice.") % who)
    return HttpResponseRedirect(reverse("admin:subscribers_progress", args=[digest.pk]))


def _context(request: HttpRequest, digest: Digest) -> dict[str, Any]:
    content = shown(digest) if digest.is_public else snapshot(digest)
    facts = facts_of(digest, content)
    checks = judge(content, facts)
    seen_hash = digest.content_hash or hash_of(content)
    return {
        **admin.site.each_context(request),
        "title": _("Approve %(digest)s") % {"digest": digest},
        "opts": Digest._meta,
        "digest": digest,
        "seen_hash": seen_hash,
        "mails": facts.mails,
        "checks": checks,
        "stops": obstacles(checks),
        "marks": marks_of(digest) if digest.is_editable else [],
        "given": [] if digest.is_public else approvers(digest, seen_hash),
        "needed": settings.APPROVALS_NEEDED,
        "is_late": digest.day < today(),
        "unapproved": unapproved(digest, timezone.now(), may_choose=True, checks=checks),
        **_audience(content, forecast(digest, content)),
    }


def _audience(content: Content, told: Forecast) -> dict[str, Any]:
    """The forecast with names in place of slugs, and the sizes of the editions that most readers get."""
    names = {
        section["slug"]: category_name(section, get_language() or settings.LANGUAGE_CODE)
        for section in content["sections"]
    }
    return {
        "forecast": told,
        "languages": sorted(told.languages.items()),
        "categories": [(names[slug], told.categories.get(slug, 0)) for slug in names],
        "editions": [
            {
                "language": key.language,
                "names": [names[slug] for slug in key.slugs],
                "is_whole": len(key.slugs) == len(names),
                "marks": sorted({term for _paper, terms in key.marks for term in terms.split(", ")}),
                "readers": readers,
                "size": rehearse(content, key).size,
            }
            for key, readers in told.editions[:EDITIONS_SHOWN]
        ],
        "largest_marked": _largest_marked(content, told),
        "editions_not_shown": max(0, len(told.editions) - EDITIONS_SHOWN),
    }


def _largest_marked(content: Content, told: Forecast) -> int:
    """The bytes of the mail with the most marks; 0 where nothing is marked for anybody."""
    marked = [key for key, _readers in told.editions if key.marks]
    if not marked:
        return 0
    return rehearse(content, max(marked, key=lambda key: (len(key.slugs), len(str(key.marks))))).size
