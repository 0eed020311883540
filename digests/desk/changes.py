"""The history of a draft: who changed what and when, each change as a readable difference; and two revisions compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from digests.desk.difference import Step, as_text, between, difference
from digests.desk.kinds import kind_name
from digests.models import Digest
from newsletter.audit import Act
from newsletter.models import AuditLine

LINES_A_PAGE = 50
WHATS: dict[str, Promise] = {
    "words": gettext_lazy("words"),
    "order": gettext_lazy("order"),
    "moved": gettext_lazy("moved to another category"),
    "held back": gettext_lazy("held back"),
    "dropped": gettext_lazy("dropped"),
    "added": gettext_lazy("added"),
    "note": gettext_lazy("editor’s note"),
    "subject": gettext_lazy("subject"),
    "rewritten": gettext_lazy("written anew"),
    "advertising": gettext_lazy("mark of advertising"),
}


class Range(forms.Form):
    """Two revisions to compare."""

    since = forms.IntegerField(min_value=0, label=gettext_lazy("From revision"))
    until = forms.IntegerField(min_value=0, label=gettext_lazy("to revision"))


@require_safe
def changes(request: HttpRequest, object_id: str) -> HttpResponse:
    """The history, the latest first; with `since` and `until` what those two revisions differ in."""
    digest = get_object_or_404(Digest, pk=object_id)
    if not request.user.has_perm("digests.view_digest"):
        raise PermissionDenied
    lines = AuditLine.objects.filter(about_type="digests.digest", about_id=str(digest.pk)).order_by("-at", "-pk")
    wanted = Range(request.GET if "since" in request.GET else None, initial={"since": 0, "until": digest.revision})
    context = {
        **admin.site.each_context(request),
        "title": _("History"),
        "opts": Digest._meta,
        "digest": digest,
        "range": wanted,
        "compared": _compared(lines, wanted),
        "lines": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("p")),
    }
    context["shown"] = [_shown(line) for line in context["lines"]]
    return TemplateResponse(request, "admin/digests/digest/changes.html", context)


def _compared(lines: Iterable[AuditLine], wanted: Range) -> list[dict[str, Any]] | None:
    """What differs between the two revisions, place by place; None while none are chosen."""
    if not wanted.is_valid():
        return None
    since, until = sorted((wanted.cleaned_data["since"], wanted.cleaned_data["until"]))
    steps = [_step(line) for line in lines if line.act == Act.EDIT and "revision" in line.facts]
    return [_told(step) for step in between(reversed(steps), since, until)]


def _shown(line: AuditLine) -> dict[str, Any]:
    """A line of the history, with the difference where there is one."""
    told = _told(_step(line)) if line.act == Act.EDIT else {}
    if line.act in (Act.LOOK, Act.UNLOOK):
        told = {"where": f"{kind_name(line.facts.get('kind', ''))}: {line.facts.get('text', '')}"}
    return {"line": line, "act": line.said, **told}


def _step(line: AuditLine) -> Step:
    facts = line.facts
    before, after = as_text(facts.get("before")), as_text(facts.get("after"))
    return Step(facts.get("revision", 0), facts.get("what", ""), facts.get("where", ""), before, after)


def _told(step: Step) -> dict[str, Any]:
    return {
        "revision": step.revision,
        "what": WHATS.get(step.what, step.what),
        "where": step.where,
        "pieces": difference(step.before, step.after),
    }
