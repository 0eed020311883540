"""Subscribers and deliveries in admin, to look at: people change their own choices, the ledger moves by itself.

Who may see addresses, and what the others see instead, is in `subscribers.discreet`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsletter import audit
from newsletter.admin import LookOnly
from subscribers import feedback, receipts, suppression
from subscribers.choices import chosen
from subscribers.delivery.events import apply_held, dismiss_held
from subscribers.desk import erasing, today
from subscribers.desk.addresses import desk_addresses
from subscribers.desk.person import story
from subscribers.discreet import Discreet, StatusFilter
from subscribers.finding import found
from subscribers.lists import download
from subscribers.masking import masked, masked_in, sees_addresses
from subscribers.models import (
    Delivery,
    DeliveryEvent,
    Feedback,
    ReaderCount,
    Sending,
    SignUp,
    Subscriber,
    Suppression,
    UnusedReports,
)
from subscribers.switch import switch

PLACES = ("signed_up_from", "confirmed_from")
admin.site.front = today.front  # type: ignore[attr-defined]  # a DeskSite

COUNTED = dt.timedelta(days=30)
MOST_OF_ONE = 500
"""So many of a reader's latest deliveries are looked at."""


@admin.register(Subscriber)
class SubscriberAdmin(Discreet):
    """Who reads."""

    list_display = ["email", "status", "language", "cadence", "time_zone", "send_hour", "confirmed_at"]
    list_filter = ["status", "language", "cadence"]
    search_fields = ["email"]
    fields = ["email", "status", "language", "cadence", "paused_until", "time_zone", "send_hour", "wanted", "consent_text", "consent_source", "signed_up_at", "signed_up_from", "confirmed_at", "confirmed_from", "left_at"]  # fmt: skip
    masks = {"email": "masked_email"}
    search_help_text = _("kim@example.org, or the beginning of an address, or @example.org")

    actions = ["forgive_them"]
    change_list_template = "admin/subscribers/subscriber/change_list.html"
    change_form_template = "admin/subscribers/subscriber/person.html"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Subscriber], search_term: str
    ) -> tuple[QuerySet[Subscriber], bool]:
        """Readers by address, its beginning, or its domain."""
        if search_term and sees_addresses(request):
            queryset = found(queryset, search_term)
        return queryset, False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The reader's fields, and below them the story."""
        reader = self.get_object(request, object_id)
        told = story(reader, request) if reader and self.has_view_permission(request, reader) else []
        may = {
            "may_export": request.user.has_perm(erasing.EXPORT),
            "may_erase": request.user.has_perm(erasing.ERASE) and reader and reader.status != Subscriber.Status.ERASED,
        }
        return super().change_view(
            request, object_id, form_url, {"title": _("Subscriber"), "story": told, **may, **(extra_context or {})}
        )

    def get_urls(self) -> list[URLPattern]:
        """The export's own address, ahead of admin's."""
        view = self.admin_site.admin_view
        own = [
            path("export/", view(download.export), name="subscribers_subscriber_export"),
            path("<int:reader_id>/everything/", view(erasing.hand_out), name="subscribers_subscriber_everything"),
            path("<int:reader_id>/erase/", view(erasing.erasing), name="subscribers_subscriber_erase"),
        ]
        return own + super().get_urls()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The fields; from where somebody came is for those only who may see addresses."""
        shown = super().get_fields(request, obj)
        return shown if sees_addresses(request) else [name for name in shown if name not in PLACES]

    def has_forgive_permission(self, request: HttpRequest) -> bool:
        """Who may take a complaint back; named by the action below."""
        return request.user.has_perm("subscribers.delete_suppression")

    @admin.action(description=_("Take back complaints: may sign up again"), permissions=["forgive"])
    def forgive_them(self, request: HttpRequest, readers: QuerySet[Subscriber]) -> None:
        """Let readers who complained sign up again, if they want to."""
        forgiven = [reader for reader in readers if suppression.forgive(reader)]
        for reader in forgiven:
            audit.note(audit.Act.FORGIVE, reader, by=request.user)
        told = ngettext("%d complaint was taken back.", "%d complaints were taken back.", len(forgiven)) % len(forgiven)
        self.message_user(request, told, messages.SUCCESS)

    @admin.display(description=_("e-mail address"))
    def masked_email(self, subscriber: Subscriber) -> str:
        """The address for those who need not know it."""
        return masked(subscriber.email)

    @admin.display(description=_("categories"))
    def wanted(self, subscriber: Subscriber) -> str:
        """The categories in words."""
        return ", ".join(str(category) for category in chosen(subscriber.categories))


@admin.register(SignUp)
class SignUpAdmin(LookOnly):
    """Forms that were sent, and what became of them, without addresses."""

    list_display = ["asked_at", "state", "why", "decided_at"]
    list_filter = ["state", "why"]
    fields = ["asked_at", "state", "why", "decided_at"]


@admin.register(Delivery)
class DeliveryAdmin(Discreet):
    """What each person was sent, and why not. A digest's receipt leads here. There are millions of rows, so they are
    found by digest, by status and by the whole address, and are in no other order than they were made."""

    list_display = ["digest", "address", "status", "send_at", "finished_at", "attempts", "error"]
    list_filter = [StatusFilter]
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


@admin.register(DeliveryEvent)
class DeliveryEventAdmin(Discreet):
    """What came back. Held events are those that came in a flood; who may settle them decides here."""

    list_display = ["delivery", "address", "kind", "state", "detail", "provider", "occurred_at", "settled_by"]
    list_filter = ["state", "kind"]  # asking the table which providers there are would read all of it
    list_select_related = ["delivery__digest", "delivery__subscriber", "settled_by"]
    search_fields = ["delivery__subscriber__email"]
    fields = ["delivery", "address", "digest", "provider", "kind", "state", "detail", "occurred_at", "received_at", "settled_by"]  # fmt: skip
    masks = {"address": "masked_address", "detail": "masked_detail"}
    actions = ["apply_them", "dismiss_them"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeliveryEvent]:
        """Without the digests' frozen content."""
        return super().get_queryset(request).defer("delivery__digest__approved_content")

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


@admin.register(Suppression)
class SuppressionAdmin(Discreet):
    """Addresses that are not mailed, by hash. They are found by typing the address."""

    list_display = ["short_hash", "reason", "suppressed_at"]
    list_filter = ["reason"]
    search_fields = ["address_hash"]
    fields = ["short_hash", "reason", "suppressed_at"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        """The suppression of the address that was typed."""
        if search_term and sees_addresses(request):
            queryset = queryset.filter(address_hash__in=suppression.hashes(search_term))
        return queryset, False

    @admin.display(description=_("address"))
    def short_hash(self, suppression: Suppression) -> str:
        """Enough of the hash to tell rows apart."""
        return suppression.address_hash[:12]


@admin.register(UnusedReports)
class UnusedReportsAdmin(LookOnly):
    """Reports that were of no use, by day."""

    list_display = ["day", "provider", "why", "count"]
    list_filter = ["why", "provider"]


@admin.register(ReaderCount)
class ReaderCountAdmin(LookOnly):
    """The statistics take the place of the list."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To their page."""
        return HttpResponseRedirect(reverse("statistics"))


@admin.register(Feedback)
class FeedbackAdmin(LookOnly):
    """What readers said of papers: counted above, one by one below. Nobody is named, to nobody."""

    list_display = ["said_at", "kind", "paper", "category", "said", "settled_at"]
    list_filter = ["kind", ("settled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["paper"]
    fields = ["said_at", "kind", "paper", "digest", "category", "said", "settled_at"]
    change_list_template = "admin/subscribers/feedback/change_list.html"
    actions = ["settle_them"]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, under the counts of the last 30 days."""
        counts = feedback.counts(timezone.now() - COUNTED)
        return super().changelist_view(request, {"counts": counts, **(extra_context or {})})

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
