"""Deliveries in admin, to look at: the ledger moves by itself. Receipts, the desk's pages that need to know who reads, and
the switch that stops all sending have their addresses here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from newsletter.admin import LookOnly
from subscribers import receipts
from subscribers.desk.addresses import desk_addresses
from subscribers.discreet import Discreet, ReaderFilter, StatusFilter
from subscribers.masking import masked, masked_in, sees_addresses
from subscribers.models import Delivery, Sending, Subscriber
from subscribers.switch import switch


@admin.register(Delivery)
class DeliveryAdmin(Discreet):
    """What each person was sent, and why not. A digest's receipt leads here. There are millions of rows, so they are
    found by digest, by status and by the whole address, and are in no other order than they were made."""

    when_empty = _("Nothing was sent yet. Approve a digest, and its mails appear here within a minute.")
    list_display = ["digest", "address", "status", "send_at", "finished_at", "attempts", "error"]
    list_filter = [StatusFilter, ReaderFilter]
    list_select_related = ["digest", "subscriber"]
    search_fields = ["subscriber__email"]
    fields = ["digest", "subscriber", "address", "status", "send_at", "expires_at", "opened_at", "finished_at", "attempts", "error", "provider_id"]  # fmt: skip
    masks = {"address": "masked_address", "error": "masked_error"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Without the digests' frozen content."""
        return super().get_queryset(request).defer("digest__approved_content")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """The latest first; of one digest by reader, as the index has them: a million rows need not be sorted."""
        of_one = any(name.startswith("digest") for name in request.GET)
        return ["-digest_id", "-subscriber_id"] if of_one else ["-pk"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """The deliveries to the address that was typed."""
        if search_term and sees_addresses(request):
            readers = Subscriber.objects.alias(address=Lower("email")).filter(address=search_term.strip().lower())
            queryset = queryset.filter(subscriber__in=readers.values("pk"))
        return queryset, False

    @admin.display(description=_("e-mail address"))
    def address(self, delivery: Delivery) -> str:
        """To whom."""
        return delivery.subscriber.email

    @admin.display(description=_("e-mail address"))
    def masked_address(self, delivery: Delivery) -> str:
        """To whom, for those who need not know."""
        return masked(delivery.subscriber.email)

    @admin.display(description=_("error"))
    def masked_error(self, delivery: Delivery) -> str:
        """What a server said, which may name the address."""
        return masked_in(delivery.error)

    def get_urls(self) -> list[URLPattern]:
        """The receipts' own addresses, ahead of admin's."""
        view = self.admin_site.admin_view
        own = [
            path("receipt/<int:digest_id>/", view(receipts.show), name="subscribers_delivery_receipt"),
            path("receipt/<int:digest_id>/<slug:way>/", view(receipts.settle), name="subscribers_delivery_settle"),
        ]
        return [*own, *desk_addresses(view), *super().get_urls()]


@admin.register(Sending)
class SendingAdmin(LookOnly):
    """The switch that stops all sending takes the place of the list."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The page with the switch."""
        return switch(request)
