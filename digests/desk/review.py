"""The editor's page of a draft: its papers, and the words that are said about them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from digests.content import hash_of, shown, snapshot
from digests.desk.deciding import may
from digests.desk.forms import SummaryForm
from digests.desk.rows import summary_row
from digests.desk.saving import save
from digests.models import Consideration, Digest, Summary

MOST_PASSED_OVER = 100


def desk(request: HttpRequest, object_id: str) -> HttpResponse:
    """The draft: GET shows it, POST saves the words that were changed."""
    digest = get_object_or_404(Digest.objects.select_related("approved_by"), pk=object_id)
    may_edit = request.user.has_perm("digests.change_digest")
    if not (may_edit or request.user.has_perm("digests.view_digest")):
        raise PermissionDenied
    forms = _forms(digest, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_edit:
            raise PermissionDenied
        answer = save(request, digest, forms)
        if answer:
            return answer
    return TemplateResponse(request, "admin/digests/digest/desk.html", _context(request, digest, forms, may_edit))


def _forms(digest: Digest, posted: Any) -> dict[int, SummaryForm]:
    summaries = Summary.objects.filter(section__digest=digest)
    return {summary.pk: SummaryForm(posted, summary=summary, prefix=f"s{summary.pk}") for summary in summaries}


def _context(request: HttpRequest, digest: Digest, forms: dict[int, SummaryForm], may_edit: bool) -> dict[str, Any]:
    content = snapshot(digest) if not digest.is_public else shown(digest)
    sections = digest.sections.select_related("category").prefetch_related("entries__paper", "summaries__edited_by")
    return {
        **admin.site.each_context(request),
        "title": str(digest),
        "opts": Digest._meta,
        "digest": digest,
        "content": content,
        "seen_hash": digest.content_hash or hash_of(content),
        "revision": digest.revision,
        "may_edit": may_edit and digest.is_editable,
        "may_approve": may(request, "approve"),
        "may_pause": may(request, "pause"),
        "may_steer": may(request, "resume"),
        "passed_over": passed_over(digest),
        "flag_count": sum(len(form.summary.flags) for form in forms.values()),
        "sections": [
            {
                "section": section,
                "entries": section.entries.all(),
                "summaries": [
                    summary_row(forms[summary.pk], section)
                    for summary in section.summaries.all()
                    if summary.pk in forms
                ],
            }
            for section in sections
        ],
    }


def passed_over(digest: Digest) -> QuerySet[Consideration]:
    """The papers that were up for the digest and are not in it, the best first, with the reason."""
    up = Consideration.objects.filter(day=digest.day, is_chosen=False).select_related("paper")
    return up.order_by("-score")[:MOST_PASSED_OVER]
