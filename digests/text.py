"""Cleaning of titles and abstracts as they come in from outside."""

import re
import unicodedata
from collections.abc import Iterator

MAX_TITLE = 500
MAX_ABSTRACT = 20_000
MOST_MARKS = 8  # on one letter; no script stacks more, and normalising takes the square of their number

EMOJI = r"#*0-9\xa9\xae\u203c-\u3299\U0001f000-\U0001faff"
# Arabic to Sinhala: in these scripts a joiner is spelling. Elsewhere it only hides what a text says.
JOINING_SCRIPTS = r"\u0600-\u0dff"
STRAY_SELECTOR = re.compile(rf"(?<![{EMOJI}])[\ufe0e\ufe0f]")
MAY_JOIN = rf"[{EMOJI}{JOINING_SCRIPTS}\ufe0f]"
STRAY_JOINER = re.compile(rf"(?<!{MAY_JOIN})[\u200c\u200d]|[\u200c\u200d](?!{MAY_JOIN})")
KEPT = {"\u200c", "\u200d"}
# Invisible as well, though no category C* says so (Unicode's property Default_Ignorable_Code_Point).
UNSEEN = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]")


def clean(text: str, limit: int) -> str:
    """`text` as one line of NFC, at most `limit` characters: control, bidi, zero-width and tag characters removed,
    white space collapsed. What makes up an emoji or a word of a script that joins its letters stays."""
    spaced = re.sub(r"\s+", " ", text[: limit * 4])
    # Composed first, for what stands before a joiner decides whether it stays; and again, for what stood between.
    seen = unicodedata.normalize("NFC", UNSEEN.sub("", "".join(_visible(spaced))))
    composed = unicodedata.normalize("NFC", STRAY_JOINER.sub("", STRAY_SELECTOR.sub("", seen)))
    return re.sub(r" {2,}", " ", composed).strip()[:limit].rstrip(" \u200c\u200d")


def _visible(text: str) -> Iterator[str]:
    """The characters that show or join, with no more than MOST_MARKS on one of them."""
    marks = 0
    for character in text:
        if character not in KEPT and unicodedata.category(character)[0] == "C":
            continue
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            yield character


def storable(text: str, limit: int) -> str:
    """`text` as it came, but for what no database takes (NUL, half of a surrogate pair) and for what is beyond
    `limit` characters."""
    return text[:limit].replace("\0", "").encode("utf-8", "replace").decode()


def title_key(title: str) -> str:
    """A title reduced to its letters and digits, for finding the same title in another spelling. Empty for a title
    that has none: such titles say nothing about each other."""
    folded = unicodedata.normalize("NFKC", clean(title, MAX_TITLE)).casefold()
    return "".join(c for c in folded if c.isalnum())
