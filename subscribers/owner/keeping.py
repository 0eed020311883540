"""Everything that is kept about one person, to take along."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from subscribers import suppression
from subscribers.choices import chosen
from subscribers.models import DeliveryEvent, Feedback, LetterSent, SignUp, Subscriber

OURS = ("id", "key", "letter_due_at")
"""What is about our tables and not about the person; `key` opens nothing without our signature."""

MAIL = ("digest__day", "digest__kind", "status", "send_at", "finished_at", "attempts", "error", "provider_id")
REPORT = ("delivery__digest__day", "kind", "occurred_at", "provider", "detail")
SIGN_UP = ("asked_at", "language", "consent_text", "came_from")
LETTER = ("kind", "sent_at", "came_back", "came_back_at", "detail")
LINK = ("asked_at", "exported_at", "moved_at")
FEEDBACK = ("said_at", "digest__day", "paper__arxiv_id", "kind", "text")
CHANGE = ("asked_at", "former_address", "new_address", "former_agreed_at", "new_agreed_at", "refused_at", "ended_at", "happened")  # fmt: skip


def everything_about(reader: Subscriber) -> dict[str, Any]:
    """What is stored about this reader, as values that JSON can hold; names are those of the columns, times are in UTC."""
    reports = DeliveryEvent.objects.filter(delivery__subscriber=reader)
    sign_ups = SignUp.objects.filter(email__iexact=reader.email)
    return {
        "made_at": timezone.now(),
        "site": settings.SITE_URL,
        "subscription": _columns(reader) | {"categories": [str(category) for category in chosen(reader.categories)]},
        "not_to_be_mailed_because": suppression.is_suppressed(reader.email),
        "sign_ups_not_decided_yet": list(sign_ups.order_by("pk").values(*SIGN_UP)),
        "mails": list(reader.deliveries.order_by("pk").values(*MAIL)),
        "reports_about_mails": list(reports.order_by("pk").values(*REPORT)),
        "feedback": list(Feedback.objects.filter(subscriber=reader).order_by("pk").values(*FEEDBACK)),
        "links_asked_for": list(reader.owners_links.order_by("pk").values(*LINK)),
        "letters": list(LetterSent.objects.filter(subscriber=reader).order_by("pk").values(*LETTER)),
        "changes_of_address": list(reader.address_changes.order_by("pk").values(*CHANGE)),
    }


def _columns(reader: Subscriber) -> dict[str, Any]:
    return {
        field.name: getattr(reader, field.name) for field in Subscriber._meta.concrete_fields if field.name not in OURS
    }
