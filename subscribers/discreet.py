"""Pages of admin that show addresses to those only who may see them, and filters that stay quick on millions of rows.

Whoever may not see addresses (`subscribers.masking.RIGHT`) sees them masked, finds nobody by them and cannot guess at them
with filters either.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from digests.models import Digest
from newsletter.admin import LookOnly
from subscribers.masking import sees_addresses
from subscribers.models import Delivery, Subscriber

INDEXED = (*Delivery.OPEN, "unknown", "bounced", "complained", "failed", "suppressed", "expired", "cancelled")
"""Statuses of which the few rows are found in an index."""

TELLING = ("email", "key", "address_hash", "provider_id", "detail", "error")
"""Fields by which an address can be guessed, letter by letter."""


class Discreet(LookOnly):
    """A page that shows addresses to those only who may see them. `masks` says which column or field stands for which."""

    masks: dict[str, str] = {}
    sortable_by = ()
    list_per_page = 50
    search_help_text = _("the whole address")

    def _for_eyes_of(self, request: HttpRequest, names: Any) -> list[Any]:
        return list(names) if sees_addresses(request) else [self.masks.get(name, name) for name in names]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns, some of them masked."""
        return self._for_eyes_of(request, super().get_list_display(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The fields, some of them masked."""
        return self._for_eyes_of(request, super().get_fields(request, obj))

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """None for those who may not see what they would search for: finding somebody tells the address."""
        return list(super().get_search_fields(request)) if sees_addresses(request) else []

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Filters can be typed into the address bar; those that tell an address are for those who may see it."""
        tells = any(part in TELLING for part in lookup.split("__"))
        if tells and not (request and sees_addresses(request)):
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]


class StatusFilter(admin.SimpleListFilter):
    """By status. Of all digests together only statuses with an index of their own are offered; the others stand for most of
    millions of rows, or for none of them, and either way are a question about one digest."""

    title = _("status")
    parameter_name = "status__exact"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.is_of_one = any(name.startswith("digest") for name in request.GET)
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The statuses that can be asked for here."""
        offered = [status for status in Delivery.Status if self.is_of_one or status in INDEXED]
        return [(status.value, str(status.label)) for status in offered]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """The rows of the status; where it is not offered, those of the latest digest."""
        if not self.value():
            return queryset
        if not self.is_of_one and self.value() not in INDEXED:
            latest = Digest.objects.filter(status__in=Digest.PUBLIC).order_by("-day", "-pk").values("pk")[:1]
            queryset = queryset.filter(digest__in=list(latest.values_list("pk", flat=True)))
        return queryset.filter(status=self.value())


class ReaderFilter(admin.SimpleListFilter):
    """By how the reader stands now, of one digest's deliveries only: over all of them the question costs too much."""

    title = _("reader")
    parameter_name = "reader"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The statuses of readers, where one digest is looked at."""
        is_of_one = any(name.startswith("digest") for name in request.GET)
        return [(status.value, str(status.label)) for status in Subscriber.Status] if is_of_one else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """The rows of readers who stand so."""
        return queryset.filter(subscriber__status=self.value()) if self.value() else queryset
