"""The names of findings in the editor's language, and which of them an editor should look at first. Pure."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

NAMES: dict[str, Promise] = {
    "number not in the abstract": gettext_lazy("number not in the abstract"),
    "number with another unit": gettext_lazy("number with another unit"),
    "number of something else": gettext_lazy("number of something else"),
    "percent for percentage points": gettext_lazy("percent for percentage points"),
    "number written anew": gettext_lazy("number written anew"),
    "abstract gives orders": gettext_lazy("the abstract gives orders to a model"),
    "speaks to the reader": gettext_lazy("speaks to the reader"),
    "speaks of itself": gettext_lazy("speaks of itself"),
    "link": gettext_lazy("link"),
    "address": gettext_lazy("e-mail address"),
    "telephone": gettext_lazy("telephone number"),
    "handle": gettext_lazy("handle"),
    "markup": gettext_lazy("markup"),
    "invisible character": gettext_lazy("invisible character"),
    "length": gettext_lazy("too long, or without words"),
    "wrong language": gettext_lazy("wrong language"),
    "letters of another language": gettext_lazy("letters of another language"),
    "name not in the abstract": gettext_lazy("name not in the abstract"),
    "about another paper": gettext_lazy("about another paper"),
    "words of another paper": gettext_lazy("words of another paper"),
    "hardly in the abstract's words": gettext_lazy("hardly in the abstract’s words"),
    "not from the abstracts": gettext_lazy("not from the abstracts"),
    "beaten by another": gettext_lazy("a comparison the other way round"),
    "decline not in the abstract": gettext_lazy("decline not in the abstract"),
    "cut off": gettext_lazy("cut off"),
    "missing part": gettext_lazy("missing part"),
    "missing paper": gettext_lazy("missing paper"),
    "paper told twice": gettext_lazy("paper told twice"),
    "unknown paper": gettext_lazy("unknown paper"),
    "low confidence": gettext_lazy("unsure category"),
    "fallback": gettext_lazy("written without the model"),
    "near duplicate": gettext_lazy("much like an earlier paper"),
}
LOW_CONFIDENCE, FALLBACK, NEAR_DUPLICATE = "low confidence", "fallback", "near duplicate"
OF_PAPERS = (LOW_CONFIDENCE, FALLBACK, NEAR_DUPLICATE)
"""The kinds that are about a paper's being there; all others are about what is said."""

FIRST = (
    ("number not in the abstract", "number with another unit", "number of something else", "percent for percentage points"),
    ("abstract gives orders", "speaks to the reader", "speaks of itself", "link", "address", "telephone", "handle", "markup"),
    ("wrong language", "letters of another language"),
    ("name not in the abstract", "about another paper", "words of another paper", "beaten by another", "decline not in the abstract"),
    (LOW_CONFIDENCE,),
    (FALLBACK,),
    (NEAR_DUPLICATE,),
)  # fmt: skip
"""What misleads readers most stands first; all else last."""

WITHHELD = "withheld, "


def kind_name(kind: str) -> str:
    """What a kind of finding is called, in the active language."""
    if kind.startswith(WITHHELD):
        return gettext("taken out: %(what)s") % {"what": kind_name(kind.removeprefix(WITHHELD))}
    return str(NAMES.get(kind, kind))


def rank_of(kind: str) -> int:
    """The place of a kind in the order in which an editor looks at flags. What was taken out already can wait."""
    return next((place for place, kinds in enumerate(FIRST) if kind in kinds), len(FIRST))
