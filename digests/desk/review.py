"""The editor's page of a draft: its papers, the words that are said about them, and what to look at first."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from digests import llm
from digests.charts import has_failed
from digests.content import Content, hash_of, shown, snapshot
from digests.desk import flags
from digests.desk.acts import Refused, Stale
from digests.desk.deciding import may
from digests.desk.forms import SummaryForm
from digests.desk.looking import ticks_of
from digests.desk.merging import written
from digests.desk.rows import SectionRow, section_row
from digests.desk.saving import save
from digests.desk.sheet import Sheet, prints_of, row_prints, sheet_of
from digests.desk.weight import weights_of
from digests.models import Addition, Category, Consideration, Digest, Rewrite
from digests.rendering import HTML_BYTES

MOST_PASSED_OVER = 100
MOST_ADDITIONS = 3  # of which the page says what came


def desk(request: HttpRequest, object_id: str) -> HttpResponse:
    """The draft: GET shows it, POST saves the words that were changed and does what the pressed button says."""
    digest = get_object_or_404(Digest.objects.select_related("approved_by"), pk=object_id)
    may_edit = request.user.has_perm("digests.change_digest")
    if not (may_edit or request.user.has_perm("digests.view_digest")):
        raise PermissionDenied
    posted, status = None, HTTPStatus.OK
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        try:
            return save(request, digest)
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = HTTPStatus.CONFLICT if isinstance(refusal, Stale) else HTTPStatus.OK
            digest.refresh_from_db()
            posted = request.POST
    context = _context(request, digest, posted, may_edit)
    return TemplateResponse(request, "admin/digests/digest/desk.html", context, status=status)


@require_safe
def waiting(request: HttpRequest, object_id: int) -> JsonResponse:
    """How much the crew still has to fetch and to write anew for the draft, for a page that waits for it."""
    if not request.user.has_perm("digests.view_digest"):
        raise PermissionDenied
    return JsonResponse({"waiting": waits(get_object_or_404(Digest, pk=object_id))})


def waits(digest: Digest) -> int:
    """How many wishes of editors are not fulfilled yet."""
    rewrites = Rewrite.objects.filter(section__digest=digest, status=Rewrite.Status.WAITING)
    return digest.additions.filter(status=Addition.Status.WAITING).count() + rewrites.count()


def _context(request: HttpRequest, digest: Digest, posted: QueryDict | None, may_edit: bool) -> dict[str, Any]:
    # The content before what is shown: when somebody saves in between, its hash is of older words, which nobody can approve.
    content = snapshot(digest) if not digest.is_public else shown(digest)
    sheet = sheet_of(digest, posted)
    rows = section_rows(digest, sheet.forms)
    doubts = flags.first(flag for row in rows for flag in row.flags)
    ticked, was_ticked = ticks_of({flag.mark: flag.look for flag in doubts if flag.look}, request.POST)
    is_open = may_edit and digest.is_editable
    return {
        **admin.site.each_context(request),
        "title": str(digest),
        "opts": Digest._meta,
        "digest": digest,
        "content": content,
        "charts": _charts(content),
        "chart_failed": has_failed(digest),
        "seen_hash": digest.content_hash or hash_of(content),
        "shown": _prints(sheet, rows) if is_open else "",
        "conflicts": sheet.merged.conflicts,
        "posted": request.POST,
        "homeless": sheet.merged.homeless,
        "may_edit": is_open,
        "may_approve": may(request, "approve"),
        "may_pause": may(request, "pause"),
        "may_steer": may(request, "resume"),
        "passed_over": passed_over(digest),
        "additions": list(digest.additions.order_by("-pk")[:MOST_ADDITIONS]),
        "is_waiting": is_open and waits(digest) > 0,
        "flags": doubts,
        "open_flags": [flag for flag in doubts if flag.is_open],
        "ticked": ticked,
        "was_ticked": was_ticked,
        "head": sheet.head,
        "rows": rows,
        "has_model": llm.is_configured(),
        "categories": Category.objects.filter(is_active=True) if is_open else [],
        "weights": weights_of(content) if is_open else [],
        "room": HTML_BYTES,
    }


def _prints(sheet: Sheet, rows: list[SectionRow]) -> str:
    """What the page carries of all that it shows, and of nothing else."""
    forms = {column.summary.pk: column.form for row in rows for column in row.summaries}
    now = row_prints([row.section for row in rows], forms)
    return written(prints_of([sheet.head, *forms.values()], now))


def section_rows(digest: Digest, forms: dict[int, SummaryForm]) -> list[SectionRow]:
    """What the page shows of each section."""
    sections = digest.sections.select_related("category").prefetch_related(
        "entries__paper", "summaries__edited_by", "rewrites__paper"
    )
    earlier = flags.earlier_papers(digest)
    looks = flags.looks_of(digest)
    return [section_row(section, forms, earlier, looks, digest) for section in sections]


def _charts(content: Content) -> dict[str, dict[str, Any]]:
    """The charts by language, with their numbers in words of that language."""
    rows = content["distribution"]
    return {
        language: chart | {"numbers": ", ".join(f"{row['name'][language]} {row['papers']}" for row in rows)}
        for language, chart in content["charts"].items()
    }


def passed_over(digest: Digest) -> QuerySet[Consideration]:
    """The papers that were up for the digest and are not in it, the best first, with the reason."""
    up = Consideration.objects.filter(day=digest.day, is_chosen=False).select_related("paper")
    return up.order_by("-score")[:MOST_PASSED_OVER]
