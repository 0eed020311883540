"""Mails to editors about a day that needs somebody to look at it. One for each day and subject."""

from __future__ import annotations

import datetime as dt
import logging
import secrets

from anymail.message import AnymailMessage
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from digests.models import DayReport, Notice
from newsletter import mail
from newsletter.checks import sender_domain

logger = logging.getLogger(__name__)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def tell_editors(day: dt.date, subject: str, sentence: str, where: str = "") -> int:
    """Mail everybody who may approve digests, once for each `day` and `subject`: a state of the day, "missing",
    "silent:SOURCE", or what became of a draft, such as "waiting:daily". `where` is the address of the page to look at,
    otherwise the day's. Returns how many mails were taken.

    When none could be sent, nothing is noted, and the next call tries again.
    """
    addresses = editors()
    if not addresses:
        logger.warning("Nobody to tell about %s (%s): no editor has an address. %s", day, subject, sentence)
        return 0
    try:
        with transaction.atomic():
            notice = Notice.objects.create(day=day, subject=subject)
    except IntegrityError:
        return 0  # told before, or being told by another worker
    sent = sum(_send(made) for made in compose(day, subject, sentence, addresses, where))
    if not sent:
        notice.delete()
    return sent


def editors() -> list[str]:
    """The addresses of the staff who may approve digests, each once."""
    staff = get_user_model().objects.with_perm("digests.approve_digest", backend=BACKEND)
    found = staff.filter(is_active=True, is_staff=True).exclude(email="").order_by("pk")
    return list({address.casefold(): address for address in found.values_list("email", flat=True)}.values())


def compose(day: dt.date, subject: str, sentence: str, addresses: list[str], where: str = "") -> list[AnymailMessage]:
    """One message for each address, in the newsletter's first language. Sends nothing."""
    language = settings.DIGEST_LANGUAGES[0]
    with translation.override(language):
        words = words_of(day, headline(subject), sentence, where or _page_of(day), language)
    return [message(words, address) for address in addresses]


def _page_of(day: dt.date) -> str:
    """The address of the day's report in admin, or of the front page where there is none."""
    told = DayReport.objects.filter(day=day).first()
    path = reverse("admin:digests_dayreport_change", args=[told.pk]) if told else reverse("admin:index")
    return str(settings.SITE_URL + path)


def words_of(
    day: dt.date, headline: str, sentence: str, desk_url: str, language: str, because: str = ""
) -> mail.Rendered:
    """The mail in words: what is the matter with the day, and a button that leads to `desk_url`. `because` says why somebody
    gets it, unless that is the right to approve."""
    with translation.override(language):
        long_date = date_format(day)
    context: dict[str, object] = {
        "long_date": long_date,
        "headline": headline,
        "sentence": mail.harmless(sentence),
        "desk_url": desk_url,
        "because": because,
    }
    return mail.render("editor_notice", context, language)


def headline(subject: str) -> str:
    """What the mail is about, in the active language."""
    if subject.startswith("silent:"):
        return _("%(source)s has been silent for days") % {"source": subject.removeprefix("silent:")}
    known = {
        "failed": _("No digest: the paper lists could not be read"),
        "stalled": _("No digest: the paper lists show the same papers again"),
        "missing": _("No digest yet"),
        "waiting": _("A digest is waiting for approval"),
        "held": _("Nobody has approved the digest"),
        "policy": _("Sent without an editor's approval"),
    }
    return known[subject.partition(":")[0]]


def message(words: mail.Rendered, address: str) -> AnymailMessage:
    """The mail to one editor. It is no list mail: there is nothing to leave but the right to approve."""
    made = AnymailMessage(
        subject=words.subject,
        body=words.text,
        from_email=settings.FROM_EMAIL,
        to=[address],
        headers={
            "Message-ID": f"<e.{secrets.token_hex(12)}@{sender_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    made.encoding = mail.BASE64
    made.attach_alternative(words.html, "text/html")
    return made


def _send(made: AnymailMessage) -> bool:
    try:
        return bool(made.send())
    except Exception as error:  # noqa: BLE001 - whatever a backend raises; the day's own trouble must not be hidden by it
        logger.error("An editor could not be told: %s", type(error).__name__)
        return False
