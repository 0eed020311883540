"""Saving what an editor wrote into a draft."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from digests import verify
from digests.desk.forms import SummaryForm
from digests.models import Digest
from digests.parts import as_json, bullets_as_json
from digests.writing.making import Making
from digests.writing.summarise import abstracts_of, numbers_in, with_sentences
from newsletter import audit
from newsletter.audit import Act


def save(request: HttpRequest, digest: Digest, forms: dict[int, SummaryForm]) -> HttpResponse | None:
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
