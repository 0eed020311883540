"""The digests app in admin: categories, papers, and the editor's desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from digests.collecting.day_state import ListReport
from digests.desk import changes, deciding, policy, preview, review
from digests.desk.kinds import kind_name
from digests.models import Answer, Category, Consideration, Correction, DayReport, Digest, Paper, Rule, Sighting, Term
from digests.retelling import retell
from digests.templatetags.desk import decider
from newsletter.admin import EditableList, LookOnly

admin.site.site_header = admin.site.site_title = "Daily Papers"
admin.site.index_title = _("Editors' desk")


@admin.register(Category)
class CategoryAdmin(EditableList):
    """The closed list. A category that papers bear can be taken out of use, not deleted."""

    list_display = ["__str__", "slug", "name_ko", "name_en", "position", "is_active"]
    list_editable = ["position", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> list[str]:
        """A slug is in addresses and imports: it is given once."""
        return ["slug"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Category | None = None) -> bool:
        """Categories stay, since subscribers' choices and old digests refer to them."""
        return False


class SightingInline(admin.TabularInline):
    """Where and when the paper was seen."""

    model = Sighting
    extra = 0
    can_delete = False
    readonly_fields = ["source", "day", "rank", "votes", "seen_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Sightings are facts, made by collecting."""
        return False


@admin.register(Paper)
class PaperAdmin(admin.ModelAdmin):
    """Papers; an editor may correct the category."""

    when_empty = _(
        "No paper is known yet. The first build brings them: at DIGEST_BUILD_HOUR by the clock, or now by manage.py build_digest."
    )
    list_display = ["arxiv_id", "title", "category", "confidence", "decider", "is_sample"]
    list_filter = ["category", "decided_by", "is_sample"]
    list_select_related = ["category"]
    search_fields = ["arxiv_id", "title"]
    show_full_result_count = False
    inlines = [SightingInline]
    fields = ["arxiv_id", "version", "title", "authors_line", "abstract", "arxiv_categories", "published_at", "category", "confidence", "decider"]  # fmt: skip
    readonly_fields = ["arxiv_id", "version", "title", "authors_line", "abstract", "arxiv_categories", "published_at", "confidence", "decider"]  # fmt: skip

    @admin.display(description=_("decided by"), ordering="decided_by")
    def decider(self, paper: Paper) -> str:
        """Who decided the category, in words."""
        return decider(paper.decided_by)

    @admin.display(description=_("authors"))
    def authors_line(self, paper: Paper) -> str:
        """The authors as a line."""
        return ", ".join(paper.authors)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Papers come from the sources."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Paper | None = None) -> bool:
        """Papers stay: a paper that is forgotten could come a second time."""
        return False

    def save_model(self, request: HttpRequest, obj: Paper, form: Any, change: bool) -> None:
        """Note that an editor decided; no classifier overrules that."""
        if "category" in form.changed_data:
            obj.decided_by, obj.confidence = "editor", 1.0
        super().save_model(request, obj, form, change)


@admin.register(Term)
class TermAdmin(admin.ModelAdmin):
    """The term bank."""

    list_display = ["english", "korean", "variants"]
    search_fields = ["english", "korean", "variants"]


@admin.register(Answer)
class AnswerAdmin(LookOnly):
    """What models were asked and answered in the last days, to look things up in."""

    when_empty = _(
        "No model was asked yet. OPENAI_API_KEY names one; until then the built-in writer writes, and costs nothing."
    )
    list_display = ["asked_at", "model", "digest", "outcome", "problem_told", "tokens_in", "tokens_out", "cost"]
    list_filter = ["outcome", "model"]
    list_select_related = ["digest"]
    date_hierarchy = "asked_at"

    @admin.display(description=_("problem"), ordering="problem")
    def problem_told(self, answer: Answer) -> str:
        """What was wrong with it: kinds of findings by their names, or a sentence."""
        return ", ".join(retell(kind_name(kind)) for kind in answer.problem.split(", "))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        """Without the long texts, which the list does not show."""
        return super().get_queryset(request).defer("messages", "text")


@admin.register(Digest)
class DigestAdmin(admin.ModelAdmin):
    """The list of digests; each opens the desk of `digests.desk.review`."""

    when_empty = _(
        "There is no digest yet. The clock builds one at DIGEST_BUILD_HOUR; manage.py build_digest builds one now."
    )
    list_display = ["day", "kind", "status", "is_sample", "approved_by", "approved_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["approved_by"]
    date_hierarchy = "day"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        """Without the frozen content, which the list does not show, and without the mailings of corrections, which are found
        by the digests they correct."""
        return super().get_queryset(request).filter(kind__in=Digest.WITH_PAPERS).defer("approved_content")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Digests are built by the clock or by `build_digest`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Digest | None = None) -> bool:
        """What was sent stays."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The desk takes the place of the usual form."""
        return review.desk(request, object_id)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The audit log's lines on this digest, with what they changed, take the place of Django's own list."""
        return changes.changes(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        """The desk's own addresses, ahead of admin's."""
        view = self.admin_site.admin_view
        own = [
            path("<int:object_id>/policy/", view(policy.choose), name="digests_digest_policy"),
            path("<int:object_id>/waiting/", view(review.waiting), name="digests_digest_waiting"),
            path("<int:object_id>/decide/", view(deciding.decide), name="digests_digest_decide"),
            path("<int:object_id>/preview/<str:language>/", view(preview.preview), name="digests_digest_preview"),
            path("<int:object_id>/preview/<str:language>/html/", view(preview.preview_html), name="digests_digest_preview_html"),
        ]  # fmt: skip
        return own + super().get_urls()


@admin.register(DayReport)
class DayReportAdmin(LookOnly):
    """What became of each day, with or without a digest."""

    when_empty = _(
        "No list was read yet. The clock reads them at DIGEST_BUILD_HOUR; manage.py build_digest reads them now."
    )
    list_display = ["day", "state", "why_told", "list_day", "checked_at", "retry_at"]
    list_filter = ["state"]
    date_hierarchy = "day"
    fields = ["day", "state", "why_told", "list_day", "sources_table", "checked_at", "retry_at"]

    @admin.display(description=_("why"), ordering="why")
    def why_told(self, report: DayReport) -> str:
        """The reason in the reader's language."""
        return retell(report.why)

    @admin.display(description=_("sources"))
    def sources_table(self, report: DayReport) -> str:
        """A line for each source: what it was asked, listed and had that was new, and what went wrong."""
        lines = [(name, ListReport(**told)) for name, told in report.sources.items()]
        return format_html_join(
            "",
            "<p><strong>{}</strong> {}</p>",
            ((name, source_line(told)) for name, told in lines),
        )


def source_line(told: ListReport) -> str:
    """What a source gave, in a line."""
    counts = [gettext("listed %d") % told.listed]
    if told.asked is None:
        counts.append(gettext("new %d") % told.new)
    else:
        counts.insert(0, gettext("asked for %d") % told.asked)
    if told.median is not None:
        counts.append(gettext("usually %d") % told.median)
    return " · ".join([*counts, *map(retell, filter(None, (told.failed, told.why)))])


@admin.register(Correction)
class CorrectionAdmin(LookOnly):
    """What was put right. Corrections are written from the desk of their digest."""

    when_empty = _("Nothing was corrected yet. A correction begins on the receipt of a digest that was sent.")
    list_display = ["made_at", "digest", "status", "text_en", "text_ko", "made_by"]
    list_filter = ["status"]
    list_select_related = ["digest", "made_by"]
    date_hierarchy = "made_at"


@admin.register(Rule)
class RuleAdmin(EditableList):
    """What editors want more or less of."""

    when_empty = _(
        "There is no rule yet: votes and lists decide. Add one that pushes a word, an author or a paper up, or keeps it out."
    )
    list_display = ["text", "kind", "effect", "points", "is_active"]
    list_filter = ["effect", "kind", "is_active"]
    list_editable = ["points", "is_active"]
    search_fields = ["text"]


@admin.register(Consideration)
class ConsiderationAdmin(LookOnly):
    """Why each paper was chosen or passed over, day by day."""

    when_empty = _(
        "No paper was up for a digest yet. After the first build each is here, with the reason why it was chosen or passed over."
    )
    list_display = ["day", "is_chosen", "paper", "votes", "score", "reason_told"]
    list_display_links = None
    list_filter = ["is_chosen"]
    list_select_related = ["paper"]
    search_fields = ["paper__arxiv_id", "paper__title"]
    date_hierarchy = "day"
    show_full_result_count = False

    @admin.display(description=_("reason"), ordering="reason")
    def reason_told(self, row: Consideration) -> str:
        """The reason in the reader's language."""
        return retell(row.reason)
