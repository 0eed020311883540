"""Mails as words: subject, text and HTML from `templates/email/<name>/`. Nothing here sends."""

import re
import unicodedata
from email import charset
from email.utils import parseaddr
from typing import NamedTuple

from anymail.message import AnymailMessage
from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

from newsletter.mjml import compile_template

BASE64 = charset.Charset("utf-8")
BASE64.body_encoding = charset.BASE64
MAX_SUBJECT = 78
TEXT_COLUMNS = 76
LEFT_OVER = re.compile(r"{[{%]|{#\s|<mj-")
OPENER = re.compile(r"{(?=[{%#])|\$(?={)|%(?=recipient)|<(?=/?mj-)", re.IGNORECASE)
LONE_JOINER = re.compile("(?<![\u2600-\U0001faff\ufe0f])[\u200c\u200d]+")


class Rendered(NamedTuple):
    """A mail's words in one language. `subject` is one line of at most 78 characters."""

    subject: str
    text: str
    html: str


def render(name: str, context: dict[str, object], language: str) -> Rendered:
    """The mail `templates/email/<name>/{subject.txt, body.txt, body.mjml}` in `language` ("ko", "en").

    The templates get `context` and the site's own words (see `site_words`). Only the HTML is escaped. Raises
    TemplateSyntaxError for a broken template and ValueError when the HTML still holds a template mark; text from
    outside goes through `harmless` first, so that it cannot cause that.
    """
    with translation.override(language):
        words = {**site_words(language), **context}
        subject = shorten(one_line(_plain(f"email/{name}/subject.txt", words)), MAX_SUBJECT)
        text = tidy(_plain(f"email/{name}/body.txt", words))
        html = compile_template(f"email/{name}/body.mjml").render(Context(words))
    if left := LEFT_OVER.search(html):
        raise ValueError(f"email/{name}: template mark left in the HTML: {html[left.start() : left.start() + 40]!r}")
    return Rendered(subject, text, re.sub(r"\s*\n\s*", "\n", html).strip() + "\n")


def message(words: Rendered, to: str, message_id: str, unsubscribe: str) -> AnymailMessage:
    """A mail to one reader, ready to be sent; `unsubscribe` is their own link.

    Multipart, text first; base64, so that every byte on the wire is 7-bit (Django would send 8-bit text without asking
    the server) and a Korean mail is a third smaller than as quoted-printable. Headers: RFC 8058 and 2369
    (List-Unsubscribe), RFC 2919 (List-Id), RFC 3834 (Auto-Submitted, which keeps absence notes quiet).
    """
    made = AnymailMessage(
        subject=words.subject,
        body=words.text,
        from_email=settings.FROM_EMAIL,
        to=[to],
        reply_to=[settings.REPLY_TO] if settings.REPLY_TO else None,
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "List-Id": f"<{settings.LIST_ID}>",
            "List-Unsubscribe": list_unsubscribe(unsubscribe),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    made.encoding = BASE64
    made.attach_alternative(words.html, "text/html")
    return made


def list_unsubscribe(address: str) -> str:
    """The https address first; the mailbox second, where the operator keeps one."""
    token = address.rstrip("/").rpartition("/")[2]
    mailbox = settings.UNSUBSCRIBE_MAILBOX
    return f"<{address}>" + (f", <mailto:{mailbox}?subject={token}>" if mailbox else "")


def site_words(language: str) -> dict[str, str]:
    """What every mail may say about its sender. `contact` is an address that a person reads."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "postal_address": settings.POSTAL_ADDRESS,
        "contact": parseaddr(settings.REPLY_TO or settings.FROM_EMAIL)[1],
        "language": language,
    }


def harmless(text: str) -> str:
    """`text` with every opening mark of a template language broken by a space: `{{ x }}` becomes `{ { x }}`.

    Some providers (Brevo, Mailjet, Mailgun) fill such marks in finished mails, and a title must not be able to ask
    for a reader's address. Joiners stay only where they make an emoji.
    """
    return OPENER.sub(lambda mark: f"{mark[0]} ", LONE_JOINER.sub("", text))


def one_line(text: str) -> str:
    """`text` as one line without control characters, fit for a header."""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text).split())


def shorten(text: str, limit: int) -> str:
    """`text` cut to at most `limit` characters, between words where that keeps half of it, with … for the rest."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    space = cut.rfind(" ")
    return cut[: space if space > limit // 2 else limit - 1].rstrip(" ,;:.-–—") + "…"


def tidy(text: str) -> str:
    """A plain-text body: no trailing blanks, at most one empty line in a row, lines of at most 76 columns."""
    lines = [row for line in text.splitlines() for row in _wrapped(line.rstrip())]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def columns(text: str) -> int:
    """How wide `text` is in a fixed-width font, where Hangul and emoji take two columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def _plain(name: str, words: dict[str, object]) -> str:
    return Engine.get_default().get_template(name).render(Context(words, autoescape=False))


def _wrapped(line: str) -> list[str]:
    """`line` in rows of at most 76 columns, further rows indented under the first; a word, hence a URL, stays whole."""
    if columns(line) <= TEXT_COLUMNS:
        return [line]
    indent = line[: len(line) - len(line.lstrip(" -*"))]
    rows = [indent]
    for word in line[len(indent) :].split():
        longer = f"{rows[-1]} {word}" if rows[-1].strip(" -*") else rows[-1] + word
        if columns(longer) > TEXT_COLUMNS and rows[-1].strip(" -*"):
            rows.append(" " * len(indent) + word)
        else:
            rows[-1] = longer
    return rows
