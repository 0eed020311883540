"""Mails to those who can stop all sending, about what cannot wait. One a day and subject."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from digests import notices
from digests.collecting.days import today
from digests.models import Notice

logger = logging.getLogger(__name__)


def operators() -> list[str]:
    """The addresses of the staff who may stop all sending."""
    staff = get_user_model().objects.with_perm("subscribers.stop_sending", backend=notices.BACKEND)
    found = staff.filter(is_active=True, is_staff=True).exclude(email="").order_by("pk")
    return list({address.casefold(): address for address in found.values_list("email", flat=True)}.values())


def tell_operators(subject: str, headline: Promise, sentence: Promise, path: str) -> int:
    """Mail the operators, once a day and subject, in the first language; `path` is the page to look at. Returns to how many.
    When none can be told nothing is noted, and the next call tries again."""
    addresses = operators()
    if not addresses:
        return 0
    try:
        with transaction.atomic():
            notice = Notice.objects.create(day=today(), subject=subject)
    except IntegrityError:
        return 0  # told before, or being told by another worker
    sent = sum(_send(address, headline, sentence, path) for address in addresses)
    if not sent:
        notice.delete()
    return sent


def _send(address: str, headline: Promise, sentence: Promise, path: str) -> bool:
    language = settings.DIGEST_LANGUAGES[0]
    with translation.override(language):
        because = _("You get this mail because you may stop all sending. There is one a day at most.")
        told = str(headline), str(sentence)
    words = notices.words_of(today(), *told, settings.SITE_URL + path, language, because)
    try:
        return bool(notices.message(words, address).send())
    except Exception as error:  # noqa: BLE001 - whatever a backend raises; the next run tries again
        logger.error("An operator could not be told: %s", type(error).__name__)
        return False
