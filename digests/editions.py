"""Editions: readers who want the same sections in the same language get the same words."""

from typing import Any, NamedTuple


class EditionKey(NamedTuple):
    """What makes two readers' mails the same but for their links; `content_hash` stands for the digest's words."""

    content_hash: str
    language: str
    slugs: tuple[str, ...]


def wanted_sections(content: dict[str, Any], categories: int) -> tuple[str, ...]:
    """The slugs of the sections whose category's bit is set in the mask `categories`, in the digest's order.

    `content` is a digest's frozen content; a section whose papers an editor took out is no section. Empty when the
    day has nothing for such a reader.
    """
    sections = (section for section in content["sections"] if section["papers"])
    return tuple(section["slug"] for section in sections if categories >> section["bit"] & 1)
