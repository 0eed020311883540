"""The mails of a digest ahead of time: rendered as readers would get them, with links that lead nowhere, and linted."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from digests.content import Content, path_of
from digests.editions import EVERYTHING, EditionKey, edition_content, wanted_sections
from digests.lint import Frame, Problem, lint
from digests.rendering import Links, render_edition, whole_html
from newsletter.mail import Rendered

ARXIV = ("https", "arxiv.org")


class Rehearsed(NamedTuple):
    """One edition: its words, the bytes of its HTML, and what is wrong with it."""

    language: str
    words: Rendered
    size: int
    problems: list[Problem]


def rehearse(content: Content, key: EditionKey) -> Rehearsed:
    """The edition `key` of the content. Its problems are told in the active language. Raises ValueError for an edition
    without sections."""
    chosen = edition_content(content, key)
    words = render_edition(chosen, key.language, key.slugs, nowhere(content), key.marks)
    return Rehearsed(key.language, words, len(words.html.encode()), lint(words, _papers(chosen, key), frame(content)))


def rehearse_all(content: Content) -> list[Rehearsed]:
    """The whole digest in each of its languages; empty when it has no papers."""
    keys = [whole(content, language) for language in content["languages"]]
    return [rehearse(content, key) for key in keys if key.slugs]


def whole(content: Content, language: str) -> EditionKey:
    """The edition of readers of everything."""
    return EditionKey("", language, wanted_sections(content, EVERYTHING))


def whole_size(content: Content, language: str) -> int:
    """The bytes of HTML of the mail to readers of everything if nothing were left out of it for its length; 0 when there
    is no such mail."""
    key = whole(content, language)
    if not key.slugs:
        return 0
    return len(whole_html(edition_content(content, key), language, key.slugs, nowhere(content)).encode())


def _papers(content: Content, key: EditionKey) -> list[Content]:
    """The papers that the edition is about."""
    about = [content["paper"]] if content.get("paper") else []
    return about + [
        paper for section in content["sections"] if section["slug"] in key.slugs for paper in section["papers"]
    ]


def nowhere(content: Content) -> Links:
    """The links of a mail that no reader gets: they change nobody's subscription. The digest's page is the real one."""
    own = {
        what: settings.SITE_URL + reverse("nobody", args=[what]) for what in ("unsubscribe", "preferences", "feedback")
    }
    return Links(archive=settings.SITE_URL + path_of(content), **own)


def frame(content: Content) -> Frame:
    """What the mails of this installation must hold."""
    site = urlsplit(settings.SITE_URL)
    return Frame([(site.scheme, site.netloc), ARXIV], nowhere(content).unsubscribe, settings.POSTAL_ADDRESS)
