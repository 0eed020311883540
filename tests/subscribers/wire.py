"""The wire between Anymail and a provider, and what each provider would make of what comes over it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from email import message_from_bytes
from email.policy import HTTP
from typing import Any, NamedTuple

import requests

from newsletter.mail import Rendered
from subscribers.delivery.compose import PREFERENCES_MARK, UNSUBSCRIBE_MARK
from subscribers.delivery.ledger import Due
from subscribers.delivery.transports.api import ApiTransport
from subscribers.delivery.transports.base import Edition, Letter, Sent

KEYS = {
    name: "key"
    for name in (
        *("MAILGUN_API_KEY", "SPARKPOST_API_KEY", "SENDGRID_API_KEY", "UNISENDER_GO_API_KEY", "MAILJET_API_KEY"),
        *("MAILJET_SECRET_KEY", "POSTMARK_SERVER_TOKEN", "RESEND_API_KEY", "MAILTRAP_API_TOKEN", "BREVO_API_KEY"),
        *("MANDRILL_API_KEY", "MAILERSEND_API_TOKEN", "POSTAL_API_KEY", "SCALEWAY_SECRET_KEY", "SCALEWAY_PROJECT_ID"),
    )
} | {"UNISENDER_GO_API_URL": "https://go.example.com", "POSTAL_API_URL": "https://postal.example.com"}


def words(title: str = "오늘의 논문") -> Edition:
    """An edition with both marks in text and HTML."""
    links = f"https://x.example/u/{UNSUBSCRIBE_MARK}/ https://x.example/p/{PREFERENCES_MARK}/"
    return Edition(Rendered(f"제목 {title}", f"{title}\n{links}\n", f"<p>{title}</p><a href='{links}'>나가기</a>"))


def letters(*names: str, edition: Edition | None = None) -> list[Letter]:
    """A letter for each name, all of one edition; a name with @ is the whole address."""
    edition = edition or words()
    addresses = [name if "@" in name else f"{name}@example.org" for name in names]
    return [Letter(Due(n, 7, n, 0, to, f"key{n:09d}", "ko", 1), edition) for n, to in enumerate(addresses)]


class Seen(NamedTuple):
    """A mail as one reader gets it."""

    to: list[str]
    headers: Mapping[str, str]
    text: str
    html: str
    metadata: Mapping[str, str]


class Wire:
    """Stands in for requests' adapter: keeps each request, and answers as the test says. `says(request)` returns
    (status, body) or (status, body, headers), or raises what requests would."""

    def __init__(self, says: Callable[[requests.PreparedRequest], tuple[Any, ...]]) -> None:
        self.says = says
        self.requests: list[requests.PreparedRequest] = []
        self.lock = threading.Lock()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        with self.lock:
            self.requests.append(request)
        status, body, *headers = self.says(request)
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = status, request, str(request.url)
        answer._content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer.headers.update({"Content-Type": "application/json"} | (headers[0] if headers else {}))
        return answer


class Through:
    """Sends letters over the wire: call it for (what became of them, wire), or drive its `transport` yourself."""

    def __init__(self, wire: Wire, connections: int) -> None:
        self.wire = wire
        self.transport = ApiTransport(connections)

    def __call__(self, posted: list[Letter]) -> tuple[list[Sent], Wire]:
        self.transport.open()
        self.transport.submit(posted)
        sent: list[Sent] = []
        while len(sent) < len(posted):
            sent += self.transport.collect(5)
        self.transport.close()
        return sent, self.wire


def form(request: requests.PreparedRequest) -> dict[str, list[str]]:
    """A multipart form."""
    kind = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n"
    whole = message_from_bytes(kind.encode() + as_bytes(request), policy=HTTP)
    fields: dict[str, list[str]] = {}
    for part in whole.iter_parts():  # type: ignore[attr-defined]
        name = part.get_param("name", header="content-disposition")
        fields.setdefault(name, []).append(part.get_payload(decode=True).decode())
    return fields


def as_bytes(request: requests.PreparedRequest) -> bytes:
    return request.body if isinstance(request.body, bytes) else str(request.body).encode()


def as_json(request: requests.PreparedRequest) -> Any:
    return json.loads(as_bytes(request))


def fill(words: str, pattern: str, values: Mapping[str, str]) -> str:
    """`words` with each merge field replaced; a field without a value stays, as providers leave it."""
    return re.sub(pattern, lambda found: str(values.get(found[1], found[0])), words)


def filled(values: Mapping[str, str], pattern: str, variables: Mapping[str, str]) -> dict[str, str]:
    return {name: fill(value, pattern, variables) for name, value in values.items()}


def mailgun(request: requests.PreparedRequest) -> Iterable[Seen]:
    data = form(request)
    field = r"%recipient\.([^%\s]+)%"
    tos = data["to"][0].split(", ")
    variables = json.loads(data.get("recipient-variables", ["{}"])[0])
    for to in tos:
        own = variables.get(to, {})
        headers = {name[2:]: rows[0] for name, rows in data.items() if name.startswith("h:")}
        metadata = {name[2:]: rows[0] for name, rows in data.items() if name.startswith("v:")}
        yield Seen(
            [to] if "recipient-variables" in data else tos,
            filled(headers, field, own),
            fill(data["text"][0], field, own),
            fill(data["html"][0], field, own),
            filled(metadata, field, own),
        )


def sparkpost(request: requests.PreparedRequest) -> Iterable[Seen]:
    data, field = as_json(request), r"\{\{(\w+)\}\}"
    for each in data["recipients"]:
        own, content = each.get("substitution_data", {}), data["content"]
        yield Seen(
            each["address"]["header_to"].split(","),
            filled(content["headers"], field, own),
            fill(content["text"], field, own),
            fill(content["html"], field, own),
            each.get("metadata", data.get("metadata", {})),
        )


def sendgrid(request: requests.PreparedRequest) -> Iterable[Seen]:
    data = as_json(request)
    text, html = (part["value"] for part in data["content"])
    for each in data["personalizations"]:
        own = each.get("substitutions", {})
        bodies = [text, html]
        for name, value in own.items():
            bodies = [body.replace(name, value) for body in bodies]
        headers = data["headers"] | each.get("headers", {})
        args = data.get("custom_args", {}) | each.get("custom_args", {})
        yield Seen([to["email"] for to in each["to"]], headers, bodies[0], bodies[1], args)


def unisender_go(request: requests.PreparedRequest) -> Iterable[Seen]:
    data, field = as_json(request)["message"], r"\{\{(\w+)\}\}"
    for each in data["recipients"]:
        own = each.get("substitutions", {})
        headers = filled(data["headers"], field, own)
        yield Seen(
            [headers.pop("to", each["email"])],
            headers,
            fill(data["body"]["plaintext"], field, own),
            fill(data["body"]["html"], field, own),
            data.get("global_metadata", {}) | each.get("metadata", {}),
        )


def mailjet(request: requests.PreparedRequest) -> Iterable[Seen]:
    data, field = as_json(request), r"\{\{var:(\w+)\}\}"
    for each in data["Messages"]:
        mail = data["Globals"] | each
        own = mail.get("Variables", {}) if mail.get("TemplateLanguage") else {}
        yield Seen(
            [to["Email"] for to in mail["To"]],
            mail["Headers"],
            fill(mail["TextPart"], field, own),
            fill(mail["HTMLPart"], field, own),
            json.loads(mail["EventPayload"]),
        )


def postmark(request: requests.PreparedRequest) -> Iterable[Seen]:
    data = as_json(request)
    for mail in data if isinstance(data, list) else [data]:
        headers = {row["Name"]: row["Value"] for row in mail["Headers"]}
        yield Seen(mail["To"].split(","), headers, mail["TextBody"], mail["HtmlBody"], mail["Metadata"])


def resend(request: requests.PreparedRequest) -> Iterable[Seen]:
    data = as_json(request)
    for mail in data if isinstance(data, list) else [data]:
        metadata = json.loads(mail["headers"]["X-Metadata"])
        yield Seen(mail["to"], mail["headers"], mail["text"], mail["html"], metadata)


def mailtrap(request: requests.PreparedRequest) -> Iterable[Seen]:
    data = as_json(request)
    for mail in data.get("requests", [data]):
        to = [row["email"] for row in mail["to"]]
        yield Seen(to, mail["headers"], mail["text"], mail["html"], mail["custom_variables"])


def brevo(request: requests.PreparedRequest) -> Iterable[Seen]:
    mail = as_json(request)
    metadata = json.loads(mail["headers"]["X-Mailin-custom"])
    to = [row["email"] for row in mail["to"]]
    yield Seen(to, mail["headers"], mail["textContent"], mail["htmlContent"], metadata)


def mandrill(request: requests.PreparedRequest) -> Iterable[Seen]:
    mail = as_json(request)["message"]
    yield Seen([row["email"] for row in mail["to"]], mail["headers"], mail["text"], mail["html"], mail["metadata"])


def mailersend(request: requests.PreparedRequest) -> Iterable[Seen]:
    mail = as_json(request)
    headers = {row["name"]: row["value"] for row in mail["headers"]}
    yield Seen([row["email"] for row in mail["to"]], headers, mail["text"], mail["html"], {})


def postal(request: requests.PreparedRequest) -> Iterable[Seen]:
    mail = as_json(request)
    yield Seen(mail["to"], mail["headers"], mail["plain_body"], mail["html_body"], {})


def scaleway(request: requests.PreparedRequest) -> Iterable[Seen]:
    mail = as_json(request)
    headers = {row["key"]: row["value"] for row in mail["additional_headers"]}
    to = [row["email"] for row in mail["to"]]
    yield Seen(to, headers, mail["text"], mail["html"], json.loads(headers["X-Metadata"]))


def accepted(backend: str, request: requests.PreparedRequest) -> tuple[Any, ...]:
    """What the provider says when it takes everything."""
    tos = [seen.to[0] for seen in READERS[backend](request)]
    many = [{"To": to, "MessageID": f"id-{to}", "ErrorCode": 0, "Message": "OK"} for to in tos]
    answers: dict[str, Any] = {
        "mailgun": {"id": "<batch@mailgun>", "message": "Queued. Thank you."},
        "sparkpost": {"results": {"id": "1", "total_accepted_recipients": len(tos), "total_rejected_recipients": 0}},
        "sendgrid": {},
        "unisender_go": {"status": "success", "job_id": "1", "emails": tos},
        "mailjet": {"Messages": [{"Status": "success", "To": [{"Email": to, "MessageID": 1}]} for to in tos]},
        "postmark": many if str(request.url).endswith("/batch") else many[0],
        "resend": {"data": [{"id": f"id-{to}"} for to in tos]} if "batch" in str(request.url) else {"id": "id-1"},
        "mailtrap": {"success": True, "message_ids": ["id-1"]}
        | {"responses": [{"success": True, "message_ids": [f"id-{to}"]} for to in tos]},
        "brevo": {"messageId": "<1@brevo>"},
        "mandrill": [{"email": to, "status": "queued", "_id": "1"} for to in tos],
        "mailersend": {},
        "postal": {
            "status": "success",
            "data": {"message_id": "1", "messages": {to: {"id": 1, "token": "t"} for to in tos}},
        },
        "scaleway": {"emails": [{"mail_rcpt": to, "id": "1", "status": "new"} for to in tos]},
    }
    headers = {"X-Message-Id": "1"} if backend == "mailersend" else {}
    return 200, answers[backend], headers


READERS: dict[str, Callable[[requests.PreparedRequest], Iterable[Seen]]] = {
    each.__name__: each
    for each in (
        *(mailgun, sparkpost, sendgrid, unisender_go, mailjet, postmark, resend),
        *(mailtrap, brevo, mandrill, mailersend, postal, scaleway),
    )
}
"""How a provider reads a request, by the name of Anymail's module for it."""
