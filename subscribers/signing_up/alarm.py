"""Too many sign-ups at a time are not people. No more is mailed until it calms down, and those who can stop all sending
are told, once a day."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from digests import notices
from digests.collecting.days import today
from digests.models import Notice

logger = logging.getLogger(__name__)
SUBJECT = "sign-ups"


def tell() -> int:
    """Mail the operators, once a day; return to how many. When none can be told nothing is noted, and the next call tries
    again."""
    addresses = operators()
    logger.warning(
        "Too many sign-ups at a time: more than SIGN_UP_ALARM. No confirmation is mailed until it calms down."
    )
    if not addresses:
        return 0
    try:
        with transaction.atomic():
            notice = Notice.objects.create(day=today(), subject=SUBJECT)
    except IntegrityError:
        return 0  # told before, or being told by another worker
    sent = sum(_send(address) for address in addresses)
    if not sent:
        notice.delete()
    return sent


def operators() -> list[str]:
    """The addresses of the staff who may stop all sending."""
    staff = get_user_model().objects.with_perm("subscribers.stop_sending", backend=notices.BACKEND)
    found = staff.filter(is_active=True, is_staff=True).exclude(email="").order_by("pk")
    return list({address.casefold(): address for address in found.values_list("email", flat=True)}.values())


def _send(address: str) -> bool:
    language = settings.DIGEST_LANGUAGES[0]
    with translation.override(language):
        headline = _("Unusually many sign-ups")
        sentence = _(
            "More sign-ups than SIGN_UP_ALARM allows came in at a time, so no more confirmations are mailed until it calms down. If they are people, raise that setting; if not, there is nothing to do."
        )
        because = _("You get this mail because you may stop all sending. There is one a day at most.")
    url = settings.SITE_URL + reverse("admin:subscribers_signup_changelist")
    words = notices.words_of(today(), headline, sentence, url, language, because)
    try:
        return bool(notices.message(words, address).send())
    except Exception as error:  # noqa: BLE001 - whatever a backend raises; the next run tries again
        logger.error("An operator could not be told: %s", type(error).__name__)
        return False
