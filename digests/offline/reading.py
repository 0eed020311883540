"""A paper as the writer has read it: what to call it, and its sentences in the order of what they tell."""

import re
from dataclasses import dataclass

from digests.offline.names import coined_name
from digests.offline.ranking import Sentence, by_contribution, own_part, quotable_title, read
from digests.offline.sentences import shorten
from digests.parts import Abstract

SHORTEST_LABEL, LONGEST_LABEL = 15, 70  # characters
LABEL_END = re.compile(
    r"(?::|\?| [–—]|,? (?:via|using|with|for|by|through|in|on|from|into|towards?|under|without|over))\s", re.IGNORECASE
)


@dataclass(frozen=True)
class Reading:
    """A paper as the writer has read it; `label` is what other parts call it by."""

    id: str
    title: str
    label: str
    sentences: tuple[Sentence, ...]
    ranked: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    def ids_of(self, sentence: Sentence) -> tuple[str, ...]:
        """The sentence's id as `digests.writing.evidence` counts: from 1, over the whole abstract."""
        return (f"{self.id}#{sentence.place + 1}",)

    @property
    def own_part(self) -> tuple[Sentence, ...]:
        return own_part(self.sentences, self.ranked[0]) if self.ranked else ()


def read_paper(paper: Abstract) -> Reading:
    """Read an abstract. One that is empty, or holds nothing fit to be quoted, has no sentences."""
    sentences = read(paper.text)
    title = quotable_title(paper.title)
    label = coined_name(title, " ".join(sentence.text for sentence in sentences)) or _label(title)
    return Reading(paper.id, title, label or paper.id, sentences, tuple(by_contribution(title, sentences)))


def _label(title: str) -> str:
    """A title, or what stands before its first "via", "for" or the like when it is long."""
    if len(title) <= LONGEST_LABEL:
        return title
    head = LABEL_END.split(title, maxsplit=1)[0]
    return head if SHORTEST_LABEL <= len(head) <= LONGEST_LABEL else shorten(title, LONGEST_LABEL)
