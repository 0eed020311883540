"""The editor's desk: one page that shows a draft with its papers, edits its words, previews and approves it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from digests import verify
from digests.approve import RIGHT, NotApproved, approve, send_back
from digests.content import hash_of, shown, snapshot
from digests.desk import summary_row
from digests.models import Consideration, Digest, Summary
from digests.parts import as_json, bullets_as_json
from digests.rendering import Links, render_edition
from digests.review_forms import SummaryForm
from digests.writing.making import Making
from digests.writing.summarise import abstracts_of, numbers_in, with_sentences
from newsletter import audit
from newsletter.audit import Act

NOWHERE = Links(unsubscribe="https://reader.invalid/unsubscribe", preferences="https://reader.invalid/preferences",
                archive="https://reader.invalid/archive")  # fmt: skip

MOST_PASSED_OVER = 100
BACK_TO = {"progress": "admin:subscribers_progress"}
"""The pages a decision can be made on, besides the desk."""

# A mail is styled inline. The frame runs nothing, loads nothing foreign and stands on our own page only.
FRAME_POLICY = {
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "img-src": ["'self'", settings.SITE_URL],
}


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
        answer = _save(request, digest, forms)
        if answer:
            return answer
    return TemplateResponse(request, "admin/digests/digest/desk.html", _context(request, digest, forms, may_edit))


def _forms(digest: Digest, posted: Any) -> dict[int, SummaryForm]:
    summaries = Summary.objects.filter(section__digest=digest)
    return {summary.pk: SummaryForm(posted, summary=summary, prefix=f"s{summary.pk}") for summary in summaries}


def _save(request: HttpRequest, digest: Digest, forms: dict[int, SummaryForm]) -> HttpResponse | None:
    """Store what was changed; None when the page must be shown again with what is wrong."""
    valid = [form.is_valid() for form in forms.values()]  # each of them, so that every mistake shows
    if not all(valid):
        messages.error(request, _("Nothing is saved yet: see the marked fields."))
        return None
    changed = [form for form in forms.values() if form.has_changed()]
    with transaction.atomic():
        current = Digest.objects.select_for_update().get(pk=digest.pk)
        if str(current.revision) != request.POST.get("revision"):
            messages.error(
                request,
                _(
                    "Somebody else saved this draft meanwhile. Your words are still below; nothing is saved yet. Copy them, load the page again and repeat your change."
                ),
            )
            return None
        if not current.is_editable:
            messages.error(request, _("This digest is on its way to readers; its words can no longer change."))
            return None
        for form in changed:
            _store(form, request)
        if changed:
            was_approved = current.status == Digest.Status.APPROVED
            current.touch()
            messages.success(
                request,
                _("Saved. The approval was for other words and is taken back.") if was_approved else _("Saved."),
            )
    return HttpResponseRedirect(request.path)


def _store(form: SummaryForm, request: HttpRequest) -> None:
    summary, papers = form.summary, abstracts_of(form.summary.section)
    written = form.written()
    parts = with_sentences(written.parts, papers)
    making = Making.from_json(summary.making)
    summary.parts = as_json(parts)
    summary.limits, summary.one_liners = bullets_as_json(written.limits), bullets_as_json(written.one_liners)
    summary.making = replace(making, numbers=numbers_in(parts, papers)).as_json()
    summary.edited_by = request.user  # type: ignore[assignment]
    for part in form.changed_parts():
        before, after = form.lines_before(part), form.cleaned_data[part]
        audit.note(
            Act.EDIT, summary.section.digest, by=request.user, where=f"{summary} {part}", before=before, after=after
        )
    summary.flags = [finding._asdict() for finding in verify.flags(parts, papers)]
    summary.save()


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


def may(request: HttpRequest, decision: str) -> bool:
    """Whether whoever asks may decide so. An editor may stop a mailing in alarm; letting it go on, or ending it for good, is
    an operator's business."""
    rights = {
        "pause": ("digests.steer_digest", RIGHT),
        "resume": ("digests.steer_digest",),
        "cancel": ("digests.steer_digest",),
    }
    return any(request.user.has_perm(right) for right in rights.get(decision, (RIGHT,)))


@require_POST
def decide(request: HttpRequest, object_id: str) -> HttpResponse:
    """Approve, send back, pause, resume or cancel; each happens once however often it is pressed."""
    digest = get_object_or_404(Digest, pk=object_id)
    decision = request.POST.get("decision", "")
    if not may(request, decision):
        raise PermissionDenied
    match decision:
        case "approve":
            _approve(request, digest)
        case "send-back":
            if send_back(digest):
                messages.success(request, _("The approval is taken back; this is a draft again."))
            else:
                messages.error(request, _("Only an approved digest that is not being sent can be sent back."))
        case "pause":
            _move(request, digest, Act.PAUSE, Digest.Status.SENDING, Digest.Status.PAUSED, _("Sending is paused."))
        case "resume":
            _move(request, digest, Act.RESUME, Digest.Status.PAUSED, Digest.Status.SENDING, _("Sending goes on."))
        case "cancel":
            said = _("Cancelled: who has not got this digest will not get it.")
            _move(request, digest, Act.CANCEL, Digest.Status.PAUSED, Digest.Status.CANCELLED, said)
        case _:
            messages.error(request, _("That is no decision this page knows."))
    page = BACK_TO.get(request.POST.get("back", ""), "admin:digests_digest_change")
    return HttpResponseRedirect(reverse(page, args=[digest.pk]))


def _approve(request: HttpRequest, digest: Digest) -> None:
    try:
        first = approve(digest, request.user, request.POST.get("seen_hash", ""))  # type: ignore[arg-type]
    except NotApproved as error:
        messages.error(request, str(error))
        return
    digest.refresh_from_db()
    said = _("Approved. Readers get it at their hour.") if first else _("Already approved by %(name)s.")
    messages.success(request, said % {"name": digest.approved_by})


def _move(request: HttpRequest, digest: Digest, act: str, since: str, to: str, said: str) -> None:
    if digest.status == since and digest.advance(to):
        audit.note(act, digest, by=request.user)
        messages.success(request, said)
    else:
        messages.info(request, _("Nothing to do: the digest is %(status)s.") % {"status": digest.get_status_display()})


@require_safe
def preview(request: HttpRequest, object_id: str, language: str) -> HttpResponse:
    """The mail as readers of everything get it: subject, HTML in a sandboxed frame, text."""
    digest = get_object_or_404(Digest, pk=object_id)
    mail = _rendered(request, digest, language)
    context = {
        **admin.site.each_context(request),
        "title": _("Preview"),
        "opts": Digest._meta,
        "digest": digest,
        "language": language,
        "mail": mail,
        "bytes": len(mail.html.encode()),
    }
    return TemplateResponse(request, "admin/digests/digest/preview.html", context)


@require_safe
@xframe_options_sameorigin
@csp_replace(FRAME_POLICY)  # type: ignore[arg-type]  # its stubs know views without arguments only
def preview_html(request: HttpRequest, object_id: str, language: str) -> HttpResponse:
    """The mail's HTML alone, for the frame."""
    return HttpResponse(_rendered(request, get_object_or_404(Digest, pk=object_id), language).html)


def _rendered(request: HttpRequest, digest: Digest, language: str) -> Any:
    if not request.user.has_perm("digests.view_digest"):
        raise PermissionDenied
    content = shown(digest) if digest.is_public else snapshot(digest)
    return render_edition(content, language, [section["slug"] for section in content["sections"]], NOWHERE)
