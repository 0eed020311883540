"""The digests app in admin: categories, papers, and the editor's desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from digests import review
from digests.models import Category, Digest, Paper, Sighting

admin.site.site_header = admin.site.site_title = "Daily Papers"
admin.site.index_title = _("Editors' desk")


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
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

    list_display = ["arxiv_id", "title", "category", "confidence", "decided_by", "is_sample"]
    list_filter = ["category", "decided_by", "is_sample"]
    list_select_related = ["category"]
    search_fields = ["arxiv_id", "title"]
    show_full_result_count = False
    inlines = [SightingInline]
    fields = ["arxiv_id", "version", "title", "authors_line", "abstract", "arxiv_categories", "published_at", "category", "confidence", "decided_by"]  # fmt: skip
    readonly_fields = ["arxiv_id", "version", "title", "authors_line", "abstract", "arxiv_categories", "published_at", "confidence", "decided_by"]  # fmt: skip

    @admin.display(description=_("authors"))
    def authors_line(self, paper: Paper) -> str:
        """The authors as a line."""
        return ", ".join(paper.authors)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Papers come from the sources."""
        return False

    def save_model(self, request: HttpRequest, obj: Paper, form: Any, change: bool) -> None:
        """Note that an editor decided; no classifier overrules that."""
        if "category" in form.changed_data:
            obj.decided_by, obj.confidence = "editor", 1.0
        super().save_model(request, obj, form, change)


@admin.register(Digest)
class DigestAdmin(admin.ModelAdmin):
    """The list of digests; each opens the desk of `digests.review`."""

    list_display = ["day", "kind", "status", "is_sample", "approved_by", "approved_at"]
    list_filter = ["status", "kind"]
    list_select_related = ["approved_by"]
    date_hierarchy = "day"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Digest]:
        """Without the frozen content, which the list does not show."""
        return super().get_queryset(request).defer("approved_content")

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

    def get_urls(self) -> list[URLPattern]:
        """The desk's own addresses, ahead of admin's."""
        view = self.admin_site.admin_view
        own = [
            path("<int:object_id>/decide/", view(review.decide), name="digests_digest_decide"),
            path("<int:object_id>/preview/<str:language>/", view(review.preview), name="digests_digest_preview"),
            path("<int:object_id>/preview/<str:language>/html/", view(review.preview_html), name="digests_digest_preview_html"),
        ]  # fmt: skip
        return own + super().get_urls()
