"""The file outbox as pages, so that the product can be tried with a browser alone. Reachable only with DEBUG on."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

LISTED = 200
HEADER_BYTES = 64_000
NAME = re.compile(r"\d+-\d+-\d+")
MAIL_POLICY = {
    "style-src": ["'unsafe-inline'"],
    # Mails name images by SITE_URL, while a visitor may have come by another name of this machine.
    "img-src": ["'self'", "{0.scheme}://{0.netloc}".format(urlsplit(settings.SITE_URL))],
    "script-src": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
}


Result = TypeVar("Result")


class Line(NamedTuple):
    """A mail as the list shows it."""

    name: str
    to: str
    subject: str
    date: object


@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest mails, newest first."""
    files = sorted(_files(), key=lambda file: [int(part) for part in file.stem.split("-")], reverse=True)
    lines = [_line(file) for file in files[:LISTED]]
    return render(request, "web/outbox.html", {"lines": lines, "all_count": len(files)})


@never_cache
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its headers, its text, and its HTML in a frame that may do nothing."""
    message = message_from_bytes(_file(name).read_bytes(), policy=policy.default)
    context = {
        "name": name,
        "subject": header(message, "Subject"),
        "headers": [(_shown(key), header(message, key, nth)) for key, nth in _numbered(message)],
        "text": body_text(message, "plain"),
        "has_html": bool(body_text(message, "html")),
    }
    return render(request, "web/outbox_mail.html", context)


@never_cache
@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)  # type: ignore[arg-type]  # its types know views without arguments only
@require_safe
def body(request: HttpRequest, name: str) -> HttpResponse:
    """A mail's HTML part as it is, with inline styles allowed and nothing else."""
    message = message_from_bytes(_file(name).read_bytes(), policy=policy.default)
    return HttpResponse(body_text(message, "html"))


def header(message: EmailMessage, name: str, nth: int = 0) -> str:
    """The nth header of that name, decoded; as it was written when it cannot be decoded; "" when there is none."""
    decoded = _tried(lambda: [str(value) for value in message.get_all(name, [])])
    written = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    values = decoded if decoded is not None else written
    return _shown(values[nth]) if nth < len(values) else ""


def body_text(message: EmailMessage, subtype: str) -> str:
    """The text of the first part of type `text/<subtype>`, or "" when it has none that can be read."""
    part = _tried(lambda: message.get_body((subtype,)))
    return _shown(str(_tried(lambda: part.get_content()) or "")) if part is not None else ""


def _shown(text: str) -> str:
    """`text` without the lone surrogates by which the parser keeps bytes it could not read: no page can carry them."""
    return text.encode(errors="replace").decode()


def _tried(read: Callable[[], Result]) -> Result | None:
    """What `read` returns, or None when it fails."""
    try:
        return read()
    except Exception:  # noqa: BLE001 - the standard parser raises all kinds of errors over malformed mail
        return None


def _numbered(message: EmailMessage) -> list[tuple[str, int]]:
    """The names of all headers as they stand in the mail, each with how many of the same name come before it."""
    names = [name for name, _value in message.raw_items()]
    folded = [name.lower() for name in names]
    return [(name, folded[:place].count(name.lower())) for place, name in enumerate(names)]


def _line(file: Path) -> Line:
    with file.open("rb") as opened:
        message = BytesHeaderParser(policy=policy.default).parsebytes(opened.read(HEADER_BYTES))
    date = _tried(lambda: parsedate_to_datetime(header(message, "Date")))
    return Line(file.stem, header(message, "To"), header(message, "Subject"), date)


def _files() -> list[Path]:
    return [file for file in Path(settings.OUTBOX_DIR).glob("*.eml") if NAME.fullmatch(file.stem)]


def _file(name: str) -> Path:
    """The mail's file. Only names the outbox itself gives are looked at."""
    file = Path(settings.OUTBOX_DIR) / f"{name}.eml"
    if not NAME.fullmatch(name) or not file.is_file():
        raise Http404("There is no such mail.")
    return file
