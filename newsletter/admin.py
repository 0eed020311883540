"""The audit log in admin, to look at."""

from __future__ import annotations

import json
import re
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from newsletter import staff  # noqa: F401 - the people, in the same section of admin
from newsletter.models import AuditLine
from newsletter.paginator import FirstPages

HASH = re.compile("[0-9a-f]{64}")


class LookOnly(admin.ModelAdmin):
    """Rows that admin shows and never changes. `when_empty` says what to do while there are none (any list may have it, see
    templates/admin/change_list.html)."""

    when_empty: Any = ""
    show_full_result_count = False
    paginator = FirstPages

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Headed by what the rows are: there is nothing to "select to change"."""
        title = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return super().changelist_view(request, title)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are made elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows change elsewhere."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are evidence."""
        return False


class EditableList(admin.ModelAdmin):
    """Rows that are changed in their list. Django labels none of its fields: who hears the page would not know which is which."""

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The forms of the rows, each field named by its column."""
        rows = super().get_changelist_formset(request, **kwargs)
        for field in rows.form.base_fields.values():
            field.widget.attrs["aria-label"] = field.label
        return rows


class ActFilter(admin.SimpleListFilter):
    """By act, all of them, whether there is a line or not: asking the table which there are would read all of it."""

    title = _("what")
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every act there is."""
        return [(act.value, str(act.label)) for act in AuditLine.Act]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The lines of one act."""
        return queryset.filter(act=self.value()) if self.value() else queryset


@admin.register(AuditLine)
class AuditLineAdmin(LookOnly):
    """Who did what. Nobody changes or deletes a line."""

    list_display = ["at", "who", "said", "about", "told_briefly", "network"]
    list_filter = [ActFilter]
    search_fields = ["who__exact", "about_id__exact"]
    search_help_text = _("a user name, or a row's number")
    date_hierarchy = "at"
    fields = ["at", "who", "said", "about", "about_type", "about_id", "told", "network"]

    @admin.display(description=_("what"))
    def said(self, line: AuditLine) -> str:
        """The act in words."""
        return line.said

    @admin.display(description=_("facts"))
    def told_briefly(self, line: AuditLine) -> str:
        """The facts as a list has room for them: of a hash as much as tells it apart."""
        return ", ".join(f"{name}: {_briefly(value)}" for name, value in sorted(line.facts.items()))

    @admin.display(description=_("facts"))
    def told(self, line: AuditLine) -> str:
        """The facts in a line."""
        return json.dumps(line.facts, ensure_ascii=False, sort_keys=True) if line.facts else ""


def _briefly(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_briefly, value))
    return f"{value[:12]}…" if isinstance(value, str) and HASH.fullmatch(value) else str(value)
