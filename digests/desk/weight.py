"""How large the mails of a draft are: as they go out, and as they would be with nothing left out for their length."""

from __future__ import annotations

from typing import NamedTuple

from digests.content import Content
from digests.lint import MOST_BYTES
from digests.rehearsal import rehearse_all, whole_size
from digests.rendering import HTML_BYTES

LINE_BYTES = {
    "topics": 40,
    "keywords": 40,
    "key_points": 160,
    "impact": 95,
    "outlook": 95,
    "limits": 95,
    "one_liners": 95,
    "note": 45,
}
"""About how many bytes of markup come with one more line of a part, for the count while somebody writes; a test holds them
against real mails."""


class Weight(NamedTuple):
    """The bytes of HTML of the mail to readers of everything in one language: of the one that goes out, and of the one with
    nothing left out. `is_largest`: no other language has as many."""

    language: str
    bytes: int
    whole: int
    is_largest: bool

    @property
    def state(self) -> str:
        """ "fine"; "goal" when it is shortened for its length; "most" when mail programs would cut it off even so."""
        return "most" if self.bytes > MOST_BYTES else "goal" if self.whole > HTML_BYTES else "fine"

    @property
    def kilobytes(self) -> str:
        """The size with nothing left out, in 1,000 bytes."""
        return f"{self.whole / 1000:.1f} kB"

    @property
    def sent_kilobytes(self) -> str:
        """The size of the mail that goes out, in 1,000 bytes."""
        return f"{self.bytes / 1000:.1f} kB"


def weights_of(content: Content) -> list[Weight]:
    """The mails' sizes by language; none where there is no mail."""
    sizes = {mail.language: mail.size for mail in rehearse_all(content)}
    largest = max(sizes, key=lambda language: sizes[language], default="")
    return [
        Weight(language, size, whole_size(content, language), len(sizes) > 1 and language == largest)
        for language, size in sizes.items()
    ]
