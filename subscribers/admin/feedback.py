"""What readers said of papers, in admin."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from digests.models import Category
from newsletter.admin import LookOnly
from subscribers import feedback
from subscribers.masking import masked_in
from subscribers.models import Feedback

COUNTED = dt.timedelta(days=30)


@admin.register(Feedback)
class FeedbackAdmin(LookOnly):
    """What readers said of papers: counted above, one by one below. Nobody is named, to nobody."""

    when_empty = _("Nobody has said anything yet. Readers can, below each paper of a mail and on the web.")
    list_display = ["said_at", "kind", "paper", "section", "said", "settled_at"]
    list_filter = ["kind", ("settled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["paper"]
    fields = ["said_at", "kind", "paper", "digest", "section", "said", "settled_at"]
    change_list_template = "admin/subscribers/feedback/change_list.html"
    actions = ["settle_them"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, under the counts of the last 30 days."""
        counts = feedback.counts(timezone.now() - COUNTED)
        names = {category.slug: str(category) for category in Category.objects.all()}
        for row in counts["sections"]:
            row["name"] = names.get(row["category"], row["category"])
        return super().changelist_view(request, {"counts": counts, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feedback]:
        """With the names of the categories, in the language of whoever looks; of one that is gone, what it was called."""
        field = "name_ko" if get_language() == "ko" else "name_en"
        name = Category.objects.filter(slug=OuterRef("category")).values(field)[:1]
        return super().get_queryset(request).annotate(section_name=Coalesce(Subquery(name), F("category")))

    @admin.display(description=_("section"))
    def section(self, row: Feedback) -> str:
        """The category's name."""
        return str(row.section_name)  # type: ignore[attr-defined]  # annotated above

    @admin.display(description=_("in the reader's words"))
    def said(self, row: Feedback) -> str:
        """What was written, without addresses that somebody may have written with it."""
        return masked_in(row.text)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Who may mark errors as looked at; named by the action below."""
        return request.user.has_perm("subscribers.settle_feedback")

    @admin.action(description=_("Looked at: these reports of errors are settled"), permissions=["settle"])
    def settle_them(self, request: HttpRequest, rows: QuerySet[Feedback]) -> None:
        """Mark reports of errors as looked at."""
        errors = rows.filter(kind=Feedback.Kind.ERROR, settled_at=None)
        number = errors.update(settled_at=timezone.now())
        told = ngettext("%d report is settled.", "%d reports are settled.", number) % number
        self.message_user(request, told, messages.SUCCESS)
