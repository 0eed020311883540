"""What is wrong with a mail, seen from outside: its size, its links, what must be in it and what must not. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from html.parser import HTMLParser
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext, ngettext

from digests.rendering import SUBJECT_LENGTH
from newsletter.mail import MAX_SUBJECT, Rendered

GOAL_BYTES, MOST_BYTES = 80_000, 95_000
"""Of HTML. Gmail was seen to clip from about 99,500 on; the rest is room for what a provider adds."""
TEMPLATE_MARK = re.compile(r"{[{%]|{#\s|%recipient[.%]|</?mj-|\*\|\w+\|\*", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+")


class Problem(NamedTuple):
    """What is wrong (`kind`) and the sentence for the editor. One that `stops` keeps the digest from being approved."""

    kind: str
    text: str
    stops: bool = False


class Frame(NamedTuple):
    """What every mail must hold whatever the day: the hosts that links may lead to, with the schemes they may have, the
    reader's way out, and the sender's postal address."""

    places: Collection[tuple[str, str]]
    unsubscribe: str
    postal_address: str


class _Page(HTMLParser):
    """The addresses, images and words of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        elif tag == "img":
            self.images.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        self.words.append(data)


def lint(words: Rendered, papers: Sequence[Any], frame: Frame) -> list[Problem]:
    """The problems of one edition's mail, those that stop it first. `papers` are those of its sections, as the digest's
    content has them. Sentences are in the active language."""
    page = _Page(words.html)
    found = [
        *_subject(words.subject),
        *_size(len(words.html.encode())),
        *_papers(papers, words.text, page.links),
        *_links(page, words.text, frame),
        *_musts(words.text, page, frame),
        *_images(page.images),
        *_marks(words),
    ]
    return sorted(found, key=lambda problem: not problem.stops)


def _subject(subject: str) -> Iterable[Problem]:
    if not subject or len(subject) > MAX_SUBJECT:
        yield Problem("subject", gettext("The subject has %d characters; mails have 1 to 78.") % len(subject), True)
    elif len(subject) > SUBJECT_LENGTH:
        yield Problem("subject", gettext("The subject has %d characters; phones show about 60.") % len(subject))


def _size(size: int) -> Iterable[Problem]:
    if size > MOST_BYTES:
        told = gettext(
            "The HTML has %(size)d bytes, more than %(most)d: readers' programs would cut it off. Hold papers back, or shorten what is said of them."
        )
        yield Problem("size", told % {"size": size, "most": MOST_BYTES}, True)
    elif size > GOAL_BYTES:
        told = gettext("The HTML has %(size)d bytes; the goal is %(goal)d.")
        yield Problem("size", told % {"size": size, "goal": GOAL_BYTES})


def _papers(papers: Sequence[Any], text: str, links: Collection[str]) -> Iterable[Problem]:
    """A paper in one part only is a mistake of ours; one in neither was left out for the mail's length."""
    in_text = set(ADDRESS.findall(text))
    addresses = [paper["url"] for paper in papers]
    if halved := [url for url in addresses if (url in in_text) != (url in links)]:
        told = ngettext("%(n)d paper is in one part only: %(first)s", "%(n)d papers are in one part only: %(first)s", len(halved))  # fmt: skip
        yield Problem("papers", told % {"n": len(halved), "first": halved[0]}, True)
    if left_out := [url for url in addresses if url not in in_text and url not in links]:
        told = ngettext("%d paper is only on the web; the mail would be too long.", "%d papers are only on the web; the mail would be too long.", len(left_out))  # fmt: skip
        yield Problem("papers", told % len(left_out))


def _links(page: _Page, text: str, frame: Frame) -> Iterable[Problem]:
    allowed = {f"{scheme}://{host}" for scheme, host in frame.places}
    if foreign := [url for url in page.links if not url.startswith("mailto:") and _place(url) not in allowed]:
        yield Problem("links", gettext("A link leads to another place than ours or arXiv: %s") % foreign[0][:120], True)
    if shown := [url for url in ADDRESS.findall(text) if _place(url) not in allowed]:
        yield Problem(
            "links", gettext("The text shows an address that is neither ours nor arXiv's: %s") % shown[0][:120]
        )


def _place(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _musts(text: str, page: _Page, frame: Frame) -> Iterable[Problem]:
    """Both parts let the reader leave, and say who sends (Korea's 정보통신망법 §50, CAN-SPAM)."""
    if frame.unsubscribe not in page.links or frame.unsubscribe not in ADDRESS.findall(text):
        yield Problem("unsubscribe", gettext("The link to unsubscribe is missing."), True)
    wanted = _flat(frame.postal_address)
    if not wanted or wanted not in _flat(text) or wanted not in _flat(" ".join(page.words)):
        yield Problem("postal", gettext("The postal address is missing; the setting POSTAL_ADDRESS holds it."), True)


def _images(images: Iterable[dict[str, str | None]]) -> Iterable[Problem]:
    if any(not image.get("alt") for image in images):
        yield Problem("alt", gettext("An image has no text for those who do not see it."))


def _marks(words: Rendered) -> Iterable[Problem]:
    for part in words:
        if left := TEMPLATE_MARK.search(part):
            yield Problem(
                "marks", gettext("A template mark is left over: %s") % part[left.start() : left.start() + 40], True
            )
            return


def _flat(text: str) -> str:
    return " ".join(text.split())
