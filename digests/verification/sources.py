"""Whether a text is about the paper it is said to rest on. Pure.

Words, names and numbers are weighed as evidence: each says how much likelier it is in a summary of this paper than in
one of any other. A text with as much against as for it was told from another paper, or from none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from digests.offline.stopwords import FILLER
from digests.verification.figures import normal, told
from digests.verification.ground import Ground, lower_words
from digests.verification.names import known_names, strange_names
from digests.verification.vocabulary import terms_in

NAME_FOR, NAME_AGAINST = 3.0, -2.5
NUMBER_FOR, NUMBER_AGAINST = 1.2, -1.5
WORD_FOR, WORD_AGAINST = 0.9, -1.1
MOST_NAMES, MOST_NUMBERS = 4, 4
LEAST_EVIDENCE = 6  # words, names and numbers; a text with fewer is not judged
ENGLISH_WORD = re.compile(r"[a-z]{4,}")
RUN = 7  # words in a row that two abstracts share by copying only
# The balance from which on a text fits, measured on summaries paired with every other abstract (docs/quality.md). More
# must speak for a Korean one: its words are looked up by what they may mean, which strangers share more often.
LEAST_KOREAN, LEAST_ENGLISH = 3.0, 0.0


class Evidence(NamedTuple):
    """The balance of what speaks for a source, how much there was to weigh, and from which balance on a text fits."""

    balance: float
    weighed: int
    least: float

    @property
    def fits(self) -> bool:
        """Whether the text may have been told from the source; one with little evidence is given the benefit."""
        return self.weighed < LEAST_EVIDENCE or self.balance > self.least


def evidence(text: str, ground: Ground) -> Evidence:
    """How far the words, names and numbers of a text are those of a paper."""
    weights = [term.for_it if ground.mentions(term.stems) else term.against for term in terms_in(text)]
    names = [NAME_FOR] * len(known_names(text, ground.names)[:MOST_NAMES])
    names += [NAME_AGAINST] * len(strange_names(text, [ground.names])[:MOST_NAMES])
    numbers = [
        NUMBER_FOR if ground.at(figure.value) else NUMBER_AGAINST
        for figure in told(text)[1]
        if not figure.in_words and figure.value >= 10
    ][:MOST_NUMBERS]
    words = [] if weights else [WORD_FOR if ground.mentions([word]) else WORD_AGAINST for word in _stems(text)]
    every = weights + names + numbers + words
    return Evidence(sum(every), len(every), LEAST_KOREAN if weights else LEAST_ENGLISH)


def copied_from(text: str, own: Sequence[Ground], others: Sequence[Ground]) -> Ground | None:
    """The other paper whose words a text repeats - several in a row - where its own papers do not have them."""
    words = lower_words(normal(text)).split()
    for at in range(len(words) - RUN + 1):
        run = f" {' '.join(words[at : at + RUN])} "
        if any(run in ground.words for ground in own):
            continue
        for other in others:
            if run in other.words:
                return other
    return None


def _stems(text: str) -> list[str]:
    words = dict.fromkeys(ENGLISH_WORD.findall(lower_words(text)))
    return list(dict.fromkeys(word[: max(4, len(word) - 3)] for word in words if word not in FILLER))
