"""What the mail providers take in one call, as a table. Read off Anymail 15.2 and the providers' own documents.

There are two ways to put many readers into one call, and a provider knows one of them or neither:
it fills merge fields, and the words go over once with the readers' tokens beside them (`merge_field`);
or it takes a list of finished mails, each with all its words (`joining`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Joining(NamedTuple):
    """How finished mails become one call: how the address ends for one mail and for many, what stands around the list
    of mails, and the name of the list in the answer, empty when the answer is the list. `is_refusal` tells from an
    element of that list whether its mail was refused."""

    one: str
    many: str
    before: str
    after: str
    answers: str
    is_refusal: Callable[[dict[str, Any]], bool]


@dataclass(frozen=True)
class Provider:
    """What one provider takes. Without arguments: one mail a call, and nothing special."""

    most: int = 1
    """Mails in one call."""
    merge_field: str = ""
    """How a merge field is written in the words; `{}` is its name."""
    joining: Joining | None = None
    largest: int = 4_000_000
    """Bytes in one call of joined mails. Far below what providers take: each call is in memory three times over."""
    at_once: int = 200
    """Calls at a time, where more would only be refused."""
    key_in_call: str = ""
    """The HTTP header for an idempotency key: of calls with the same key only one sends mail."""
    key_in_mail: str = ""
    """The same as a header of the mail."""
    forbidden: frozenset[str] = frozenset()
    """Headers for which it refuses a call, or that it cannot vary from reader to reader."""
    own_headers_replace: bool = False
    """Whether a reader's own headers stand in place of the common ones instead of beside them."""
    has_metadata: bool = True
    takes_images: bool = True
    """Whether a mail may bring its chart along; Resend takes none in a batch."""
    can_stop_tracking: bool = False
    """Whether it can be told, mail by mail, to count neither opens nor clicks."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What Anymail must be told beside (`esp_extra`) for merge fields to work."""
    options: dict[str, Any] = field(default_factory=dict)
    """What its backend is made with."""


PROVIDERS: dict[str, Provider] = {
    # A Message-ID from a merge field works: Ghost sends its newsletters so.
    "mailgun": Provider(1000, "%recipient.{}%", can_stop_tracking=True),
    "sparkpost": Provider(1000, "{{{{{}}}}}", can_stop_tracking=True),
    # Anymail no longer tests this one.
    "sendgrid": Provider(1000, "[[{}]]", can_stop_tracking=True, extra={"merge_field_format": "[[{}]]"}),
    "unisender_go": Provider(500, "{{{{{}}}}}", forbidden=frozenset({"Message-ID"}), can_stop_tracking=True),
    "mailjet": Provider(
        50,
        "{{{{var:{}}}}}",
        forbidden=frozenset({"Message-ID", "List-Id"}),
        own_headers_replace=True,
        can_stop_tracking=True,
        extra={"Globals": {"TemplateLanguage": True}},
    ),
    "postmark": Provider(
        500,
        joining=Joining("/email", "/email/batch", "[", "]", "", lambda answer: bool(answer.get("ErrorCode"))),
        can_stop_tracking=True,
        options={"use_bulk_api": False},  # which would answer for all at once, before it has looked at any
    ),
    # Two calls a second unless they allow more: what counts is how much is in each. Keys are kept for a day.
    "resend": Provider(
        100,
        joining=Joining("/emails", "/emails/batch", "[", "]", "data", lambda answer: False),
        largest=20_000_000,
        at_once=2,
        key_in_call="Idempotency-Key",
        takes_images=False,
    ),
    "mailtrap": Provider(
        500,
        joining=Joining("/send", "/batch", '{"requests": [', "]}", "responses", lambda answer: not answer["success"]),
    ),
    # Its batches have one body for all. Keys are UUIDs and kept for a quarter of an hour.
    "brevo": Provider(key_in_mail="idempotencyKey", takes_images=False),
    # Left to itself, boto3 repeats a call whose answer is late, and the mail with it.
    "amazon_ses": Provider(
        options={
            "client_params": {
                "config": {"retries": {"total_max_attempts": 1}, "connect_timeout": 10, "read_timeout": 30}
            }
        }
    ),
    # These two know no headers of a reader's own in a batch, and so no way to leave with one click.
    "mandrill": Provider(can_stop_tracking=True),
    "mailersend": Provider(has_metadata=False, can_stop_tracking=True),
    "postal": Provider(has_metadata=False, takes_images=False),
    "scaleway": Provider(takes_images=False),
}


def provider_of(backend: str) -> Provider:
    """The provider behind one of Anymail's backends, such as `anymail.backends.mailgun.EmailBackend`. One that is not in
    the table is sent one mail a call."""
    return PROVIDERS.get(backend.split(".")[-2], Provider())
