"""Test mails: an edition as readers would get it, to a member of the staff and to nobody else. They are not in the ledger,
say in the subject what they are, and their way out is nobody's."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from typing import Any, cast

from anymail.message import AnymailMessage
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from digests.content import Content
from digests.desk.preview import choice_in, content_for, edition_chosen, staff_with_address
from digests.editions import EditionKey
from digests.models import Digest
from digests.rehearsal import nowhere, rehearse
from newsletter import audit, mail
from newsletter.checks import sender_domain
from newsletter.models import AuditLine
from subscribers.delivery import guard
from subscribers.delivery.compose import image_of

logger = logging.getLogger(__name__)
MOST_AN_HOUR = 20
"""Test mails of one person. Each is a line of the audit log, by which they are counted."""


@require_POST
def send_test(request: HttpRequest, digest_id: int, language: str) -> HttpResponse:
    """Send the edition that the address names to the member of the staff that the form names."""
    digest, content = content_for(request, digest_id)
    if not request.user.has_perm("digests.change_digest"):
        raise PermissionDenied
    choice = choice_in(request.GET, language, content)
    chosen = request.POST.get("to", "")
    person = staff_with_address().filter(pk=chosen).first() if chosen.isdecimal() else None
    key = edition_chosen(content, choice)
    if person is None:
        messages.error(request, _("Nothing was sent: test mails go to members of the staff who have an address."))
    elif not key.slugs:
        messages.error(request, _("Readers who chose only this get no mail of this digest."))
    elif refusal := _refusal(person.email):
        messages.error(request, refusal)
    elif not _noted(cast(AbstractUser, request.user), digest, person, language):
        told = _("Nothing was sent: %d test mails in an hour are enough for one person. Try again later.")
        messages.error(request, told % MOST_AN_HOUR)
    else:
        _send(request, compose_test(content, key, person.email), person)
    back = reverse("admin:digests_digest_preview", args=[digest.pk, language])
    return HttpResponseRedirect(f"{back}?{choice.query}")


def compose_test(content: Content, key: EditionKey, address: str) -> AnymailMessage:
    """The message. Sends nothing."""
    words = rehearse(content, key).words
    marked = words._replace(subject=mail.shorten(f"[Test] {words.subject}", mail.MAX_SUBJECT))
    message_id = f"<t.{secrets.token_hex(12)}@{sender_domain()}>"
    return mail.message(marked, address, message_id, nowhere(content).unsubscribe, image_of(content, key.language))


def _refusal(address: str) -> str:
    """Why nothing may be sent there now, in a sentence; empty when it may."""
    if stopped := guard.may_send():
        return stopped
    return "" if guard.may_be_mailed(address) else _("Nothing was sent: SEND_ONLY_TO does not name this address.")


def _noted(by: AbstractUser, digest: Digest, to: Any, language: str) -> bool:
    """Count the mail as sent, unless this person has sent too many. Their row lets one request in at a time."""
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=by.pk)
        lately = AuditLine.objects.filter(
            act=audit.Act.TEST, who=by.get_username(), at__gte=timezone.now() - timedelta(hours=1)
        )
        if lately.count() >= MOST_AN_HOUR:
            return False
        audit.note(audit.Act.TEST, digest, by=by, to=to.get_username(), language=language)
        return True


def _send(request: HttpRequest, message: AnymailMessage, person: Any) -> None:
    try:
        message.send()
    except Exception as error:  # whatever a backend raises: the editor is told, the log has the rest
        logger.warning("A test mail was not sent: %s", type(error).__name__, exc_info=True)
        told = _("The mail server did not take the test mail (%s). Readers are not affected; ask an operator to look.")
        messages.error(request, told % type(error).__name__)
    else:
        messages.success(request, _("The test mail is on its way to %s.") % person.get_username())
