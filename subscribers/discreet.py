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
from subscribers.delivery.ledger import by_key
from subscribers.masking import sees_addresses
from subscribers.models import Delivery, Subscriber

INDEXED = (*Delivery.OPEN, "unknown", "bounced", "complained", "failed", "suppressed", "expired", "cancelled")
"""Statuses of which the few rows are found in an index."""

FEW = 1000
"""So many rows are looked up one by one."""

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
        asked = request.GET.get("digest__id__exact", "")
        self.digest = int(asked) if asked.isdecimal() else None
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The statuses that can be asked for here."""
        offered = [status for status in Delivery.Status if self.digest or status in INDEXED]
        return [(status.value, str(status.label)) for status in offered]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """The rows of the status; where it is not offered, those of the latest digest."""
        if not self.value():
            return queryset
        of_one = self.digest
        if of_one is None and self.value() not in INDEXED:
            latest = Digest.objects.filter(status__in=Digest.PUBLIC).order_by("-day", "-pk")
            of_one = latest.values_list("pk", flat=True).first()
        rows = queryset.filter(status=self.value())
        if of_one is None:
            return rows
        few = _few(Delivery.objects.filter(digest=of_one, status=self.value()))
        return rows.filter(digest=of_one) if few is None else rows.filter(pk__in=few)


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
        if not self.value():
            return queryset
        few = _few(Subscriber.objects.filter(status=self.value()))
        return queryset.filter(subscriber__status=self.value()) if few is None else queryset.filter(subscriber__in=few)


def _few(rows: QuerySet[Any]) -> list[int] | None:
    """The ids of the rows, if they are few. A database that guesses wrongly that they are many reads a digest's deliveries
    in the order in which they are shown until a page is full, which may be all of them."""
    with by_key():
        pks = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return pks if len(pks) <= FEW else None
