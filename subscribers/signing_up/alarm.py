"""Too many sign-ups at a time are not people. No more is mailed until it calms down, and those who can stop all sending
are told, once a day."""

from __future__ import annotations

import logging

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from subscribers.operators import tell_operators

logger = logging.getLogger(__name__)
SUBJECT = "sign-ups"


def tell() -> int:
    """Mail the operators; return to how many."""
    logger.warning(
        "Too many sign-ups at a time: more than SIGN_UP_ALARM. No confirmation is mailed until it calms down."
    )
    sentence = _(
        "More sign-ups than SIGN_UP_ALARM allows came in at a time, so no more confirmations are mailed until it calms down. If they are people, raise that setting; if not, there is nothing to do."
    )
    page = reverse("admin:subscribers_signup_changelist")
    return tell_operators(SUBJECT, _("Unusually many sign-ups"), sentence, page)
