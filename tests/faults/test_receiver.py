"""The bare Mailgun: it takes calls as Anymail makes them, and errs where a fault is set."""

import json
from collections.abc import Callable

import httpx
import pytest

from tests.faults.mischief import Remote

pytestmark = pytest.mark.once
Start = Callable[[str], Remote]
FORM = {
    "to": ["Ann <a@example.org>", "b@example.org"],
    "text": "hello",
    "h:Message-Id": "%recipient.h:Message-Id%",
    "v:delivery": "%recipient.v:delivery%",
    "recipient-variables": json.dumps(
        {
            "a@example.org": {"h:Message-Id": "<1@x>", "v:delivery": "one"},
            "b@example.org": {"h:Message-Id": "<2@x>", "v:delivery": "two"},
        }
    ),
}


def call(receiver: Remote, **options: object) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{receiver.port}/v3/mail.example/messages", timeout=5, **options)  # type: ignore[arg-type]


def test_every_recipient_is_logged_with_their_own_words(receiving: Start) -> None:
    receiver = receiving("receiver")
    answers = [call(receiver, data=FORM), call(receiver, data=FORM, files={"x": ("", b"")})]
    assert [answer.status_code for answer in answers] == [200, 200]
    logged = [(line["to"], line["mid"], line["variables"]) for line in receiver.accepted()]
    assert (
        logged
        == [
            ("a@example.org", "<1@x>", {"delivery": "one"}),
            ("b@example.org", "<2@x>", {"delivery": "two"}),
        ]
        * 2
    )


def test_a_refused_call_accepts_nobody_and_says_when_to_come_back(receiving: Start) -> None:
    receiver = receiving("receiver")
    receiver.fault("call", "429", delay=7)
    answer = call(receiver, data=FORM)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert receiver.count() == 0


def test_an_error_after_accepting_is_logged_as_accepted(receiving: Start) -> None:
    receiver = receiving("receiver")
    receiver.fault("call", "accept-500", first=1)
    receiver.fault("call", "accept-reset", first=1)
    assert call(receiver, data=FORM).status_code == 500
    with pytest.raises(httpx.HTTPError):
        call(receiver, data=FORM)
    assert receiver.count() == 4


def test_more_recipients_than_the_provider_takes_are_refused(receiving: Start) -> None:
    receiver = receiving("receiver")
    crowd = FORM | {"to": [f"{n}@example.org" for n in range(1001)]}
    assert call(receiver, data=crowd).status_code == 400
    assert receiver.count() == 0
