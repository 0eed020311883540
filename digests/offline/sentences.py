"""Turns an abstract into plain text and into sentences, and cuts a long sentence at the end of a clause."""

import html
import re
import unicodedata

from digests.offline.latex import read_latex
from digests.offline.stopwords import word_set

SPACES = "\t\n\r\x0b\x0c\x85\u2028\u2029"  # controls that separate words
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
MARKUP = re.compile(
    r"</?(?:a|abbr|b|base|body|br|button|code|div|em|embed|font|form|h[1-6]|head|html|i|iframe|img|input|li|link|meta"
    r"|mj-[a-z]+|object|ol|p|pre|script|span|strong|style|sub|sup|svg|table|tbody|td|textarea|th|title|tr|tt|u|ul|video)"
    r"(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
PILED_MARKS = re.compile(r"([\u0300-\u036f]{2})[\u0300-\u036f]+")
# Wrapped at a hyphen ("state-of-\nthe-art"), but not at one left hanging ("pre-\nand post-training").
WRAPPED_HYPHEN = re.compile(r"(?<=\w-)[ \t]*\r?\n\s*(?=\w)(?!(?:and|or|to|nor)\b)")
HEADING = re.compile(r"^(?:abstract|summary)\s*[:.—–-]+\s*", re.IGNORECASE)

NEVER_ENDS = word_set(
    """
    approx ca cf dr e.g eg eq eqs fig figs i.e ie mr mrs ms pp prof ref refs resp sec tab v ver viz vol vs w.r.t
    """
)
MAY_END = word_set(
    """
    a.k.a al co corp dept etc inc jr ltd no nos ph.d sr st u.k u.s
    """
)
STARTERS = word_set(
    """
    A Although An And As At Based Because Besides But By Code Currently Despite Due Each Even Existing Experiments
    Extensive Finally First For Furthermore Hence Here However If In Instead It Its Many Meanwhile Moreover Most
    Notably On Our Recent Second Several Since Specifically Such The Their Then Therefore These They Third This
    Those Though Through Thus To Under Unlike Using We When Where Whether Which While With Yet
    """
)
BREAK = re.compile(
    r"""(?<!\[)(?P<mark>[.!?…]+)(?P<close>["'”’)\]]*)\s+"""
    r"""(?=["'“‘(\[<]*(?:[^\W_a-z]|[a-z]+[A-Z])|\((?:[ivx]{1,4}|[a-z])\)\s)"""  # "iPhone" and "(ii)" may begin one
    r"|(?P<wide>[。！？])\s*"
    r"|(?<=[a-z0-9)%])(?<!e\.g)(?<!i\.e)(?P<glued>\.)(?=(?:We|The|This|These|Our|In|To|However|It|Code|Experiments)\s)"
)
LAST_WORD = re.compile(r"([^\s(\[“\"]*)$")
FIRST_WORD = re.compile(r"\W*(\w+)")
COMPLETE = re.compile(r"(?<![.…])[.!?。！？][\"'”’)\]]*$")

CLAUSE_END = re.compile(r"(?:;|:|(?<!i\.e\.)(?<!e\.g\.),| —| –)(?=\s)|(?<=\w)(?=\s(?:which|where|whereby|thereby)\b)")
# What stands before the statement itself: a cut after no more than this would take the statement away.
OPENING = re.compile(
    r"(?:through|by|using|with|while|although|to|in|on|when|for|based|given|if|as|after|from|across|under|unlike|despite"
    r"|compared|via|extensive|experiments?\s)\b[^,]*$",
    re.IGNORECASE,
)
STATEMENT = re.compile(
    r"(?:we|is|are|was|were|has|have|can|could|will|would|does|do|it|this|our|they)\b", re.IGNORECASE
)
# Words that turn round or limit what was said before them: what they begin is never cut away.
LIMITING = re.compile(
    r"\s*(?:and\s|yet\s)?(?:but|except|unless|although|though|however|if|only|while|whereas|without|rather|instead"
    r"|despite|not|when|provided|until|albeit|under|in contrast|at the (?:cost|expense))\b",
    re.IGNORECASE,
)
SHORTEST_CUT = 80
LONGEST_ABSTRACT = 10_000  # characters; arXiv allows 1,920
PAIRS = (("(", ")"), ("[", "]"), ("“", "”"))


def sentences_of(abstract: str) -> list[str]:
    """All sentences of an abstract as a reader would see them, fit to be quoted or not. Their numbers are their ids."""
    return split(plain(abstract[:LONGEST_ABSTRACT]))


def plain(text: str) -> str:
    """Give `text` on one line as a reader would see it: no markup, no LaTeX, no unseen or text-turning characters."""
    text = unicodedata.normalize("NFC", html.unescape(text))
    text = CONTROL.sub("", text)
    if not text.isascii():
        text = "".join(char for char in text if char in SPACES or unicodedata.category(char) not in UNSEEN)
    text = MARKUP.sub("", WRAPPED_HYPHEN.sub("", text))
    text = read_latex(PILED_MARKS.sub(r"\1", text))
    return " ".join(text.split())


def split(text: str) -> list[str]:
    """Split plain text into sentences. A last one without its full stop is kept: ask `is_complete`."""
    text = HEADING.sub("", text)
    sentences = []
    start = 0
    for match in BREAK.finditer(text):
        if match["mark"] == "." and not match["close"] and not _ends_sentence(text, start, match):
            continue
        end = match.end("wide") if match["wide"] else match.end("glued") if match["glued"] else match.end("close")
        sentences.append(text[start:end].strip())
        start = match.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    """Say whether the full stop of `match` ends the sentence begun at `start`, or belongs to the word before it."""
    before = text[start : match.start()]
    word = LAST_WORD.findall(before)[0]
    if word.lower() in NEVER_ENDS:
        return False
    if word.isdecimal() and len(word) < 3 and before[: -len(word)].rstrip()[-1:] in ("", ":", ";"):
        return False  # the number of a list: "1. First"
    if word.lower() in MAY_END or (len(word) == 1 and word.isalpha() and word.isupper()):
        following = FIRST_WORD.match(text, match.end())
        return following is not None and following[1] in STARTERS
    return True


def is_complete(sentence: str) -> bool:
    """Say whether a sentence ends as one, and not in the middle or with dots as a truncated abstract does."""
    return bool(COMPLETE.search(sentence))


def shorten(sentence: str, limit: int) -> str:
    """Cut a sentence of more than `limit` characters at the last clause that may go, and mark the cut with "…".

    A clause that limits the statement ("but …", "only when …") is not cut away while another place is left.
    """
    if len(sentence) <= limit:
        return sentence
    ends = [match.start() for match in CLAUSE_END.finditer(sentence, SHORTEST_CUT, limit)]
    for end in reversed(ends):
        head, tail = sentence[:end], sentence[end:].lstrip(";:,—– ")
        if LIMITING.match(tail) or STATEMENT.match(tail) or OPENING.match(head):
            continue
        if _is_balanced(head) and not _inside_list(tail):
            return head.rstrip(" ,;:—–") + "…"
    return sentence[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:—–(“") + "…"


def _is_balanced(text: str) -> bool:
    return all(text.count(left) == text.count(right) for left, right in PAIRS) and text.count('"') % 2 == 0


def _inside_list(tail: str) -> bool:
    """Say whether a cut would leave "a, b…" of "a, b, and c"."""
    return bool(re.match(r"[^,;.]{1,60},?\s(?:and|or)\s", tail)) and not re.match(r"(?:and|or)\b", tail)
