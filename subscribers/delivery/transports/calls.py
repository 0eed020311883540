"""One call to a provider: a mail, a batch that the provider fills for each reader, or a list of finished mails.

Anymail makes the payloads and reads the answers. What it does in one go is done here in three steps, because a failure
means something else in each: while a call is made nothing was sent; while it is posted only the error can tell; once
there is an answer the mails may have been accepted, whatever goes wrong with reading it.
"""

from __future__ import annotations

import json
import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import blake2s
from typing import Any

import requests
from anymail.exceptions import AnymailRequestsAPIError
from anymail.message import AnymailMessage, AnymailRecipientStatus
from anymail.utils import EmailAddress

from newsletter.mail import Rendered
from subscribers.delivery.compose import (
    PREFERENCES_MARK,
    UNSUBSCRIBE_MARK,
    compose_digest,
    message_id,
    opaque_id,
    tokens_of,
)
from subscribers.delivery.outcomes import outcome_of_answer, outcome_of_status
from subscribers.delivery.transports.base import Letter, Sent
from subscribers.delivery.transports.providers import Provider

# Addresses that all spell in one way; others travel alone.
PLAIN = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# Random, so that no paper's title can be the name of a merge field.
_SECRET = secrets.token_hex(4)
UNSUBSCRIBE, PREFERENCES = f"unsubscribe_{_SECRET}", f"preferences_{_SECRET}"


class Call:
    """A mail to one reader. Making it sends nothing."""

    def __init__(self, backend: Any, provider: Provider, letters: Sequence[Letter]) -> None:
        self.backend, self.provider, self.letters = backend, provider, letters
        self.message, self.payload = self.one(letters[0])
        self.request = _request(self.payload, backend)
        if provider.key_in_call:
            self.request["headers"][provider.key_in_call] = self.key()

    def one(self, letter: Letter) -> tuple[AnymailMessage, Any]:
        """The letter as a message of its own, and Anymail's payload for it."""
        message = compose_digest(letter.due, letter.edition.words, letter.edition.image)
        _drop(message.extra_headers, self.provider.forbidden)
        if not self.provider.has_metadata:
            del message.metadata
        if self.provider.key_in_mail:
            message.extra_headers[self.provider.key_in_mail] = self.key()
        return message, self.backend.build_message_payload(message, _defaults(self.backend, self.provider))

    def key(self) -> str:
        """The same whenever these letters are sent together: a UUID out of the deliveries' names."""
        names = " ".join(opaque_id(letter.due) for letter in self.letters)
        return str(uuid.UUID(bytes=blake2s(names.encode(), digest_size=16).digest()))

    def post(self) -> Any:
        """Send it. The provider's answer, or an exception of Anymail's."""
        if self.request:
            self.payload.get_request_params = lambda api_url: self.request
        return self.backend.post_to_esp(self.payload, self.message)

    def told(self, answer: Any) -> list[Sent]:
        """What the answer says about each letter."""
        statuses = self.backend.parse_recipient_status(answer, self.payload, self.message)
        if len(self.letters) == 1 == len(statuses):
            [status] = statuses.values()
            return [_sent(self.letters[0], status)]
        found = _by_address(statuses)
        return [_sent(letter, found.get(letter.due.email.lower())) for letter in self.letters]


class MergedCall(Call):
    """A batch of letters with the same words, in which the provider fills the merge fields for each reader."""

    def one(self, letter: Letter) -> tuple[AnymailMessage, Any]:
        """The first reader's message, opened to the others: what was that reader's own now differs from one to the
        next. Nobody sees another's address, which Anymail and the providers promise for a batch only."""
        provider, dues = self.provider, [letter.due for letter in self.letters]
        words = _with_fields(letter.edition.words, provider.merge_field)
        message = compose_digest(letter.due, words, letter.edition.image)
        first = tokens_of(letter.due)
        unsubscribe = message.extra_headers.pop("List-Unsubscribe")
        del message.extra_headers["Message-ID"], message.metadata
        _drop(message.extra_headers, provider.forbidden)
        message.esp_extra = provider.extra
        defaults = _defaults(self.backend, provider)
        # Which class it is shows while the message is one reader's; to convert them all for that takes as long as a batch.
        payload_class: Any = type(self.backend.build_message_payload(message, defaults))
        common = dict(message.extra_headers) if provider.own_headers_replace else {}
        message.merge_data, message.merge_headers, message.merge_metadata = {}, {}, {}
        for due in dues:
            own = tokens_of(due)
            headers = common | {"List-Unsubscribe": unsubscribe.replace(first.unsubscribe, own.unsubscribe)}
            if "Message-ID" not in provider.forbidden:
                headers["Message-ID"] = message_id(due)
            message.merge_data[due.email] = {UNSUBSCRIBE: own.unsubscribe, PREFERENCES: own.preferences}
            message.merge_headers[due.email] = headers
            message.merge_metadata[due.email] = {"delivery": opaque_id(due)}
        message.to = [due.email for due in dues]
        payload = _quick(payload_class)(message, defaults, self.backend)
        if not payload.is_batch() or len(message.merge_data) != len(dues):
            raise ValueError("Readers would see each other's addresses.")
        return message, payload


class JoinedCall(Call):
    """Finished mails in one call: as many of the letters as make it no larger than the provider's calls should be."""

    def __init__(self, backend: Any, provider: Provider, letters: Sequence[Letter]) -> None:
        self.backend, self.provider = backend, provider
        self.parts: list[tuple[AnymailMessage, Any]] = []
        requests_of_one: list[dict[str, Any]] = []
        size = 0
        for letter in letters:
            part = self.one(letter)
            request = _request(part[1], backend)
            size += len(request["data"])
            if self.parts and size > provider.largest:
                break
            self.parts.append(part)
            requests_of_one.append(request)
        self.letters = letters[: len(self.parts)]
        self.message, self.payload = self.parts[0]
        body = ",".join(request["data"] for request in requests_of_one)
        assert provider.joining
        self.request = requests_of_one[0] | {"data": provider.joining.before + body + provider.joining.after}
        self.request["url"] = self.address(self.request["url"])
        if provider.key_in_call:
            self.request["headers"][provider.key_in_call] = self.key()

    def address(self, of_one: str) -> str:
        """Where many mails go, from where one would."""
        joining = self.provider.joining
        assert joining
        before, _end, after = of_one.rpartition(joining.one)
        return before + joining.many + after

    def told(self, answer: Any) -> list[Sent]:
        """What the answer says about each letter, each read as if it were alone: one odd part spoils no other."""
        joining = self.provider.joining
        assert joining
        if answer.status_code >= 400:
            raise AnymailRequestsAPIError(response=answer, backend=self.backend)
        said = answer.json()
        parts = said[joining.answers] if joining.answers else said
        if len(parts) != len(self.letters):
            raise AnymailRequestsAPIError("Not one answer a mail", response=answer, backend=self.backend)
        return [self.told_of(*each) for each in zip(self.letters, self.parts, parts, strict=True)]

    def told_of(self, letter: Letter, part: tuple[AnymailMessage, Any], said: Any) -> Sent:
        """What one element of the answer says about its letter."""
        assert self.provider.joining
        message, payload = part
        try:
            answer = requests.Response()
            answer.status_code = 422 if self.provider.joining.is_refusal(said) else 200
            answer._content = json.dumps(said).encode()
            self.backend.raise_for_status(answer, payload, message)
            [status] = self.backend.parse_recipient_status(answer, payload, message).values()
            return _sent(letter, status)
        except Exception as error:  # noqa: BLE001 - an answer that cannot be read must not hide the others
            return Sent(letter, outcome_of_answer(error))


def call_for(backend: Any, provider: Provider, letters: Sequence[Letter]) -> Call:
    """The call that carries these letters, or the first of them where all would be too large. Raises what keeps it from
    being made; nothing is sent then."""
    if len(letters) == 1:
        return Call(backend, provider, letters)
    return (MergedCall if provider.merge_field else JoinedCall)(backend, provider, letters)


def _defaults(backend: Any, provider: Provider) -> dict[str, Any]:
    """Nobody's reading is tracked unless the operator says so in Anymail's SEND_DEFAULTS."""
    silence = {"track_opens": False, "track_clicks": False} if provider.can_stop_tracking else {}
    return silence | backend.send_defaults


def _drop(headers: dict[str, str], names: Iterable[str]) -> None:
    for name in names:
        headers.pop(name, None)


def _with_fields(words: Rendered, merge_field: str) -> Rendered:
    """The words with the provider's merge fields in place of the marks."""
    unsubscribe, preferences = merge_field.format(UNSUBSCRIBE), merge_field.format(PREFERENCES)

    def put(text: str) -> str:
        return text.replace(UNSUBSCRIBE_MARK, unsubscribe).replace(PREFERENCES_MARK, preferences)

    return Rendered(words.subject, put(words.text), put(words.html))


def _request(payload: Any, backend: Any) -> dict[str, Any]:
    """What will go over the wire, in requests' terms; empty for a backend that does not use requests.

    Mailgun's forms go as multipart: in a form of the usual kind the quoting alone takes as long as all the rest.
    """
    if not hasattr(payload, "get_request_params"):
        return {}
    request: dict[str, Any] = payload.get_request_params(backend.api_url)
    if isinstance(request["data"], dict):
        form = request["data"] | {"to": ", ".join(request["data"]["to"])}
        rows = [
            (name, each) for name, value in form.items() for each in (value if isinstance(value, list) else [value])
        ]
        attached = list(request.get("files") or [])  # a chart that travels inside the mail
        request |= {"data": None, "files": [(name, (None, value)) for name, value in rows] + attached}
    return request


@cache
def _quick(payload_class: Any) -> Any:
    """Anymail's payload class with two short cuts: for plain addresses, whose parsing is three quarters of its time, and
    for what differs from reader to reader, in which it would look for Django's lazy texts; there are none."""
    shorter = {"to": _plain_addresses, "merge_data": None, "merge_metadata": None}

    def with_short_cuts(attributes: Iterable[tuple[str, Any, Any]]) -> tuple[tuple[str, Any, Any], ...]:
        return tuple((name, combine, shorter.get(name, convert)) for name, combine, convert in attributes)

    kinds = ("base_message_attrs", "anymail_message_attrs")
    changed = {kind: with_short_cuts(getattr(payload_class, kind)) for kind in kinds}
    return type(payload_class.__name__, (payload_class,), changed)


def _plain_addresses(addresses: Iterable[str]) -> list[EmailAddress]:
    parts = (address.rpartition("@") for address in addresses)
    return [EmailAddress(username=name, domain=domain) for name, _at, domain in parts]


def _by_address(statuses: dict[str, AnymailRecipientStatus]) -> dict[str, AnymailRecipientStatus]:
    """By address in small letters. When a provider answers in small letters, Anymail misses the address in capitals and
    adds it as failed: the first word is the provider's, and counts."""
    found: dict[str, AnymailRecipientStatus] = {}
    for address, status in statuses.items():
        found.setdefault(address.lower(), status)
    return found


def _sent(letter: Letter, status: AnymailRecipientStatus | None) -> Sent:
    if status is None:
        return Sent(letter, outcome_of_status("unknown"))
    name = "" if status.message_id is None else str(status.message_id)
    return Sent(letter, outcome_of_status(status.status), name)
