"""Mails as words: subject, text and HTML from `templates/email/<name>/`. Nothing here sends."""

import re
import unicodedata
from email import charset
from email.mime.image import MIMEImage
from email.utils import parseaddr
from functools import lru_cache
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
INDENT = re.compile(r" *(?:[-*] |\d{1,3}\. )?")  # and what stands before the words of a list
LEFT_OVER = re.compile(r"{[{%]|{#\s|<mj-")
OPENER = re.compile(r"{(?=[{%#])|\$(?={)|%(?=recipient)|<(?=/?mj-)", re.IGNORECASE)
LONE_JOINER = re.compile("(?<![\u2600-\U0001faff\ufe0f])[\u200c\u200d]+")


class Rendered(NamedTuple):
    """A mail's words in one language. `subject` is one line of at most 78 characters."""

    subject: str
    text: str
    html: str


class Image(NamedTuple):
    """A PNG inside a mail; its HTML names it as `cid:` and `content_id`."""

    content_id: str
    png: bytes


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


def message(words: Rendered, to: str, message_id: str, unsubscribe: str, image: Image | None = None) -> AnymailMessage:
    """A mail to one reader, ready to be sent; `unsubscribe` is their own link, `image` what the HTML shows from inside.

    Multipart, text first; base64, so that every byte on the wire is 7-bit (Django would send 8-bit text without asking
    the server) and a Korean mail is a third smaller than as quoted-printable.
    """
    made = AnymailMessage(
        subject=words.subject,
        body=words.text,
        from_email=settings.FROM_EMAIL,
        to=[to],
        reply_to=[settings.REPLY_TO] if settings.REPLY_TO else None,
        headers={"Message-ID": message_id, **list_headers(), "List-Unsubscribe": list_unsubscribe(unsubscribe)},
    )
    made.encoding = BASE64
    made.attach_alternative(words.html, "text/html")
    if image:
        made.mixed_subtype = "related"  # text and HTML, and what belongs to them (RFC 2387)
        made.attach(_inline(image))
    return made


def content_id(sha256: str) -> str:
    """The name of an image inside a mail (RFC 2392), out of the hash of its bytes. No domain of ours or anybody's: some
    providers make it a file name, and Gmail refuses those that end in .com."""
    return f"{sha256[:32]}@inline"


def list_headers() -> dict[str, str]:
    """The headers that say what kind of mail this is, the same in all: RFC 3834 (Auto-Submitted, which keeps absence
    notes quiet), RFC 2919 (List-Id), RFC 8058 (List-Unsubscribe-Post)."""
    return {
        "Auto-Submitted": "auto-generated",
        "List-Id": f"<{settings.LIST_ID}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def list_unsubscribe(address: str) -> str:
    """RFC 2369 and 8058: the https address first; the mailbox second, where the operator keeps one."""
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
    if text.isprintable():  # as nearly all is; looking at each character takes as long as making a mail
        return " ".join(text.split())
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
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def _inline(image: Image) -> MIMEImage:
    part = MIMEImage(image.png, "png")
    part.add_header("Content-ID", f"<{image.content_id}>")
    part.add_header("Content-Disposition", "inline", filename="chart.png")
    return part


def _plain(name: str, words: dict[str, object]) -> str:
    return Engine.get_default().get_template(name).render(Context(words, autoescape=False))


@lru_cache(maxsize=4096)  # most lines of an edition stand in the others too
def _wrapped(line: str) -> list[str]:
    """`line` in rows of at most 76 columns, further rows indented under the first; a word, hence a URL, stays whole."""
    if columns(line) <= TEXT_COLUMNS:
        return [line]
    found = INDENT.match(line)
    indent = found[0] if found else ""
    words = line[len(indent) :].split()
    rows = [indent + "".join(words[:1])]
    for word in words[1:]:
        if columns(f"{rows[-1]} {word}") > TEXT_COLUMNS:
            rows.append(" " * len(indent) + word)
        else:
            rows[-1] += f" {word}"
    return rows
