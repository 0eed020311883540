"""Finds names of models and data sets, and short forms with the words they stand for."""

import re
from collections import Counter

from digests.offline.stopwords import FILLER, UNTELLING_NAMES

NAME = re.compile(
    r"(?<![\w-])(?=[\w.+-]*[A-Z])(?:[A-Z]{2,}|[A-Za-z]*[a-zα-ω][A-Z]|[A-Z][a-z]*-?[A-Z0-9]|[A-Z][a-z]+\d|[A-Z]+\d)"
    r"[\w+]*(?:[-.][\w+]+)*(?!\w)"
)
NO_NAME = re.compile(r".*-(?:based|like|style|level|driven|guided|aware|free|only|generated|trained|enhanced"
                     r"|powered|related|oriented)$"
                     r"|[A-Z]s?$|\d[Dd]$|(?:[A-Z][a-z]+-)+[A-Z][a-z]+$|.*'s$|.*-(?:to|of|and|as|in)-")  # fmt: skip
COINED = re.compile(
    r"\b(?:called|termed|named|dubbed|(?:introduc|present|propos|develop)(?:e|es|ing)?)\s(?:the\s)?("
    + NAME.pattern
    + ")"
)
LONGEST_NAME = 30
SMALL_WORDS = {"a", "an", "the", "of", "for", "and", "in", "on", "to", "with", "by", "from", "via", "as"}
SHORT_FORM = re.compile(r"\(([A-Za-z0-9][A-Za-z0-9.-]{1,11})(?:[;,][^()]{0,40})?\)")


def names(text: str) -> Counter[str]:
    """Count the names in `text`: words told by their capitals and digits, such as "GPT-4o" and "ImageNet"."""
    found = Counter(match[0].rstrip(".-") for match in NAME.finditer(text))
    for plural in [name for name in found if name.endswith("s") and name[:-1] in found]:
        found[plural[:-1]] += found.pop(plural)
    return Counter({name: count for name, count in found.items() if _is_telling(name)})


def _is_telling(name: str) -> bool:
    return len(name) <= LONGEST_NAME and name not in UNTELLING_NAMES and not NO_NAME.match(name)


def coined_name(title: str, text: str) -> str:
    """Give the name a paper goes by ("Hymba" of "Hymba: A Hybrid-head …"), or "" if title and abstract coin none."""
    head, colon, _ = title.partition(": ")
    if colon and len(head) <= LONGEST_NAME and len(head.split()) <= 3:
        return head
    coined = COINED.search(text)
    return coined[1].rstrip(".-") if coined and len(coined[1]) > 2 and _is_telling(coined[1]) else ""


def short_forms(text: str) -> dict[str, str]:
    """Map each short form to the words it stands for: {"MoE": "Mixture of Experts"}.

    Where initials do not fit, after Schwartz and Hearst (2003): the letters of "(MoE)" are looked for from right to
    left in the words before it, and the first must begin a word.
    """
    found: dict[str, str] = {}
    for match in SHORT_FORM.finditer(text):
        short = match[1]
        letters = re.sub(r"[^A-Za-z0-9]", "", short).rstrip("s").lower()
        if short in found or len(letters) < 2 or sum(char.isupper() for char in short) < 2:
            continue
        before = re.split(r"[.;:,()]\s", text[max(0, match.start() - 200) : match.start()])[-1].split()
        long = _long_form(letters, " ".join(before[-(len(letters) + 4) :]))
        if len(long) > len(short) + 2:
            found[short] = long
    return found


def _long_form(letters: str, before: str) -> str:
    """Match `letters` against the words of `before`, first their initials, then any of their letters; "" if neither."""
    words = before.split()
    for first in range(max(0, len(words) - len(letters) - 2), len(words)):
        parts = re.split(r"[\s–-]+", " ".join(words[first:]).lower())
        telling = [part for part in parts if part not in SMALL_WORDS]
        fits = letters in ("".join(part[:1] for part in parts), "".join(part[:1] for part in telling))
        if fits and words[first].lower() not in SMALL_WORDS:
            return " ".join(words[first:])
    return _scattered(letters, before)


def _scattered(letters: str, before: str) -> str:
    position = len(before)
    for rank, letter in reversed(list(enumerate(letters))):
        position -= 1
        while position >= 0 and not (
            before[position].lower() == letter and (rank > 0 or position == 0 or before[position - 1] == " ")
        ):
            position -= 1
        if position < 0:
            return ""
    long = before[position:].strip(" -–—'\"“”")
    words = long.split()
    is_close = len(words) <= len(letters) + 2 and words[0].lower() not in FILLER and words[-1].lower() not in FILLER
    return long if is_close and (len(words) > 1 or "-" in long) else ""
