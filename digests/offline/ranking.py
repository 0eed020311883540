"""Reads an abstract as sentences that may be quoted, and ranks them for the parts of a summary."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digests.offline.cues import CONTRIBUTION, IMPACT, OUTLOOK, OWN, total
from digests.offline.lines import without_lead
from digests.offline.names import coined_name
from digests.offline.quoting import is_quotable, is_quotable_title, without_links
from digests.offline.sentences import LONGEST_ABSTRACT, is_complete, plain, sentences_of
from digests.offline.stopwords import FILLER
from digests.offline.terms import key_of

FEWEST_WORDS = 5
LONG_SENTENCE = 38  # words
LEAST_IMPACT = 1.6
LEAST_OUTLOOK = 1.5
LIST_MARK = re.compile(r"^(?:\(?(?:\d{1,2}|[ivx]{1,4}|[a-zA-Z])\)|\d{1,2}\.|[-*•])\s+")
POINTING_BACK = re.compile(r"(?:this|these|it|they|such)\b", re.IGNORECASE)
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Sentence:
    """A sentence that may be quoted, its place in the abstract counted from 0, and the number of sentences there."""

    text: str
    place: int
    of: int
    from_list: bool = False


def read(abstract: str) -> tuple[Sentence, ...]:
    """Give the sentences of an abstract that may be quoted, without links and list marks, in their order."""
    return tuple(sentence for sentence in _complete_sentences(abstract) if is_quotable(sentence.text))


def _complete_sentences(abstract: str) -> Iterator[Sentence]:
    whole = sentences_of(abstract)
    for place, sentence in enumerate(whole):
        text, marks = LIST_MARK.subn("", without_links(sentence))
        if len(text.split()) >= FEWEST_WORDS and is_complete(text):
            yield Sentence(text, place, len(whole), bool(marks))


def best_sentence(title: str, text: str) -> str:
    """Give the sentence of the abstract `text` that stands for the paper; its title where no sentence may be quoted.

    Empty when the title may not be quoted either. Whether it may be quoted is asked of the best ones only, which saves
    a third of the time.
    """
    ranked = by_contribution(title, tuple(_complete_sentences(text)))
    best = next((sentence.text for sentence in ranked if is_quotable(sentence.text)), None)
    return without_lead(best) if best else quotable_title(title)


def quotable_title(title: str) -> str:
    """Give the title as plain text, or "" if it carries a link or speaks to the reader instead of naming a paper."""
    title = plain(title[:LONGEST_ABSTRACT])
    return title if is_quotable_title(title) else ""


def by_contribution(title: str, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Order sentences by how well they say what the paper contributes, the best first.

    The score adds up cue words, the share of the title's words, words that come back in other sentences, the paper's
    own name, and the place; long sentences, fragments and items of lists lose.
    """
    title = plain(title[:LONGEST_ABSTRACT])
    wanted = _content_words(title)
    name = coined_name(title, "").lower()
    told = {sentence: _content_words(sentence.text) for sentence in sentences}
    use = Counter(word for words in told.values() for word in words)
    recurring = {word for word, times in use.items() if times > 1}
    return sorted(sentences, key=lambda sentence: -_contribution(sentence, told[sentence], wanted, recurring, name))


def _contribution(sentence: Sentence, words: set[str], wanted: set[str], recurring: set[str], name: str) -> float:
    text = sentence.text
    length = len(text.split())
    score = total(CONTRIBUTION, text) - 0.08 * sentence.place + 0.3 * len(words & recurring)
    if wanted:
        score += 4.0 * len(wanted & words) / len(wanted)
    if name and (at := text.lower().find(name)) >= 0:
        score += 0.8 + (
            re.match(
                r"(?:\s\([^)]*\))?,?\s(?:is|are)\s(?:a|an|the|powered|built|designed|based)\b", text[at + len(name) :]
            )
            is not None
        )
    if sentence.place == 0:
        score -= 0.3
    if length < 10:
        score -= 1.0
    return score - 0.1 * max(0, length - LONG_SENTENCE) - sentence.from_list


def _content_words(text: str) -> set[str]:
    return {key_of(word) for word in WORD.findall(text.lower()) if word not in FILLER}


def own_part(sentences: Sequence[Sentence], best: Sentence) -> tuple[Sentence, ...]:
    """Leave out what an abstract says of others' work before it first says "we" or "our", or comes to its `best`."""
    start = next((sentence.place for sentence in sentences if OWN.search(sentence.text)), best.place)
    return tuple(sentence for sentence in sentences if sentence.place >= min(start, best.place))


def impact(sentence: Sentence) -> float:
    """Score a sentence as a statement of what the work brings; 0 for none."""
    score = total(IMPACT, sentence.text) - 0.4 * bool(POINTING_BACK.match(sentence.text))
    return score if score >= LEAST_IMPACT else 0.0


def outlook(sentence: Sentence) -> float:
    """Score a sentence as a statement of limits, of what comes next or of what is released; 0 for none."""
    score = total(OUTLOOK, sentence.text) + 0.5 * sentence.place / sentence.of
    return score if score >= LEAST_OUTLOOK else 0.0
