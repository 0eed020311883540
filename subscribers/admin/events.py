"""What came back from providers, in admin: who may settle what came in a flood decides here."""

from __future__ import annotations

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsletter import audit
from newsletter.admin import LookOnly
from subscribers.delivery.events import apply_held, dismiss_held
from subscribers.discreet import Discreet
from subscribers.masking import masked, masked_in, sees_addresses
from subscribers.models import Delivery, DeliveryEvent, Subscriber, UnusedReports

MOST_OF_ONE = 500
"""So many of a reader's latest deliveries are looked at."""


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(Discreet):
    """What came back. Held events are those that came in a flood; who may settle them decides here."""

    when_empty = _(
        "Nothing came back yet. Tell your mail provider to report to /events/ followed by its name, or set RETURN_PATH; docs/operations.md says how."
    )
    list_display = ["occurred_at", "digest", "address", "kind", "state", "detail", "provider", "settled_by"]
    list_filter = ["state", "kind"]  # asking the table which providers there are would read all of it
    list_select_related = ["digest", "delivery__subscriber", "settled_by"]
    search_fields = ["delivery__subscriber__email"]
    fields = ["delivery", "address", "digest", "provider", "kind", "state", "detail", "occurred_at", "received_at", "settled_by"]  # fmt: skip
    masks = {"address": "masked_address", "detail": "masked_detail"}
    actions = ["apply_them", "dismiss_them"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryEvent]:
        """Without the digests' frozen content."""
        return super().get_queryset(request).defer("digest__approved_content")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DeliveryEvent], search_term: str
    ) -> tuple[QuerySet[DeliveryEvent], bool]:
        """What came back about the address that was typed."""
        if search_term and sees_addresses(request):
            readers = Subscriber.objects.alias(address=Lower("email")).filter(address=search_term.strip().lower())
            theirs = Delivery.objects.filter(subscriber__in=readers.values("pk")).order_by("-pk").values("pk")
            queryset = queryset.filter(delivery__in=list(theirs.values_list("pk", flat=True)[:MOST_OF_ONE]))
        return queryset, False

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Who may decide about held events; named by the actions below."""
        return request.user.has_perm("subscribers.settle_deliveryevent")

    @admin.action(description=_("Apply: these held events are true"), permissions=["settle"])
    def apply_them(self, request: HttpRequest, events: QuerySet[DeliveryEvent]) -> None:
        """Let the next tick apply them."""
        number = apply_held(events, by=cast(int, request.user.pk))
        audit.note(audit.Act.APPLY, by=request.user, count=number)
        told = ngettext("%d event will be applied.", "%d events will be applied.", number) % number
        self.message_user(request, told, messages.SUCCESS)

    @admin.action(description=_("Dismiss: these held events are false"), permissions=["settle"])
    def dismiss_them(self, request: HttpRequest, events: QuerySet[DeliveryEvent]) -> None:
        """Let them be without effect for good."""
        number = dismiss_held(events, by=cast(int, request.user.pk))
        audit.note(audit.Act.DISMISS, by=request.user, count=number)
        told = ngettext("%d event was dismissed.", "%d events were dismissed.", number) % number
        self.message_user(request, told, messages.SUCCESS)

    @admin.display(description=_("e-mail address"))
    def address(self, event: DeliveryEvent) -> str:
        """Whose mail."""
        return event.delivery.subscriber.email

    @admin.display(description=_("e-mail address"))
    def masked_address(self, event: DeliveryEvent) -> str:
        """Whose mail, for those who need not know."""
        return masked(event.delivery.subscriber.email)

    @admin.display(description=_("in the provider's words"))
    def masked_detail(self, event: DeliveryEvent) -> str:
        """What a provider wrote, which may name the address."""
        return masked_in(event.detail)


@admin.register(UnusedReports)
class UnusedReportsAdmin(LookOnly):
    """Reports that were of no use, by day."""

    when_empty = _("Every report was about a mail of ours: there is nothing to do.")
    list_display = ["day", "provider", "why", "count"]
    list_filter = ["why", "provider"]
