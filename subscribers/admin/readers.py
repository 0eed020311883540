"""Readers in admin, to look at: people change their own choices. Beside them who asked to be one, who must not be
mailed, and the way to the counts of all."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsletter import audit
from newsletter.admin import LookOnly
from subscribers import suppression
from subscribers.choices import chosen
from subscribers.desk import erasing
from subscribers.desk.person import story
from subscribers.discreet import Discreet
from subscribers.finding import found
from subscribers.lists import download
from subscribers.masking import masked, sees_addresses
from subscribers.models import ReaderCount, SignUp, Subscriber, Suppression

PLACES = ("signed_up_from", "confirmed_from")


@admin.register(Subscriber)
class SubscriberAdmin(Discreet):
    """Who reads."""

    when_empty = _(
        "Nobody has signed up yet. The form is on the front page of the site; manage.py import_subscribers reads a list that you have."
    )
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

    when_empty = _(
        "Nobody has sent the sign-up form lately. It is on the front page of the site; old forms are forgotten."
    )
    list_display = ["asked_at", "state", "why", "decided_at"]
    list_filter = ["state", "why"]
    fields = ["asked_at", "state", "why", "decided_at"]


@admin.register(Suppression)
class SuppressionAdmin(Discreet):
    """Addresses that are not mailed, by hash. They are found by typing the address."""

    when_empty = _("No address is suppressed. Those that bounce for good, complain or are erased appear by themselves.")
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


@admin.register(ReaderCount)
class ReaderCountAdmin(LookOnly):
    """The statistics take the place of the list."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To their page."""
        return HttpResponseRedirect(reverse("statistics"))
