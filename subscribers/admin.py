"""Subscribers and deliveries in admin, to look at: people change their own choices, the ledger moves by itself."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from subscribers.choices import chosen
from subscribers.models import Delivery, Subscriber


class LookOnly(admin.ModelAdmin):
    """Rows that admin shows and never changes."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are made elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows change elsewhere."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are evidence."""
        return False


@admin.register(Subscriber)
class SubscriberAdmin(LookOnly):
    """Who reads."""

    list_display = ["email", "status", "language", "time_zone", "send_hour", "confirmed_at"]
    list_filter = ["status", "language"]
    search_fields = ["email"]
    fields = ["email", "status", "language", "time_zone", "send_hour", "wanted", "signed_up_at", "consent_text", "confirmed_at", "left_at"]  # fmt: skip

    @admin.display(description=_("categories"))
    def wanted(self, subscriber: Subscriber) -> str:
        """The categories in words."""
        return ", ".join(str(category) for category in chosen(subscriber.categories))


@admin.register(Delivery)
class DeliveryAdmin(LookOnly):
    """What each person was sent, and why not."""

    list_display = ["digest", "subscriber", "status", "send_at", "finished_at", "attempts", "error"]
    list_filter = ["status"]
    list_select_related = ["digest", "subscriber"]
    search_fields = ["subscriber__email"]
    date_hierarchy = "send_at"
    exclude = ["owner", "lease_until"]
