"""Finds the phrases of a fixed vocabulary in free text, in time proportional to its length."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

LONGEST_WORD = 40
FONT_COMMAND = re.compile(r"\\?\b(?:text(?:tt|it|bf|sc|rm|sf)|emph)\s?\{([^{}]{0,200})\}")
OTHER_COMMAND = re.compile(r"\\[a-zA-Z]{1,30}")
WORD = re.compile(r"[a-z0-9]+|[가-힣]+")


Phrase = tuple[str, ...]


class Match(NamedTuple):
    """A vocabulary phrase as it was found: its key and the number of the word it starts at."""

    phrase: Phrase
    start: int


@lru_cache(maxsize=20_000)
def plain_form(word: str) -> str:
    """Give one spelling to singular and plural, British and American forms of a lower-case word.

    The result need not be a word ("noize"): the vocabulary and the text only have to agree.
    """
    if len(word) > 3 and word != "news" and word.endswith("s") and not word.endswith(("ss", "us", "is", "as")):
        if word.endswith("ies") and len(word) > 4:
            word = word[:-3] + "y"
        elif word.endswith(("sses", "shes", "ches", "xes")):
            word = word[:-2]
        else:
            word = word[:-1]
    if len(word) > 5:
        word = re.sub(r"is(e|ed|er|ing|ation)$", r"iz\1", word)
        word = re.sub(r"our(al|ed|ing)?$", r"or\1", word)
        word = re.sub(r"ll(ed|er|ing)$", r"l\1", word)
    return word


def words(text: str) -> list[str]:
    """Split text into plain word forms; hyphens, punctuation and LaTeX commands only separate words."""
    text = unicodedata.normalize("NFKC", text)
    text = OTHER_COMMAND.sub(" ", FONT_COMMAND.sub(r"\1", text)).lower()
    return [plain_form(word) for word in WORD.findall(text) if len(word) <= LONGEST_WORD]


class PhraseBook:
    """A set of phrases, looked up together; where several fit, the longest wins and takes its words."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        by_first_word: dict[str, set[Phrase]] = {}
        for phrase in phrases:
            by_first_word.setdefault(phrase[0], set()).add(phrase)
        self._by_first_word: Mapping[str, list[Phrase]] = {
            first: sorted(same_start, key=len, reverse=True) for first, same_start in by_first_word.items()
        }

    def find(self, text_words: list[str]) -> Iterator[Match]:
        """Yield the phrases from left to right, never two over the same word."""
        position = 0
        while position < len(text_words):
            for phrase in self._by_first_word.get(text_words[position], ()):
                if tuple(text_words[position : position + len(phrase)]) == phrase:
                    yield Match(phrase, position)
                    position += len(phrase)
                    break
            else:
                position += 1
