"""Why a paper was chosen, as readers are told it: stages keep it in English (`digests.retelling`)."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import get_language

from digests.retelling import retell

NAMES = {"arxiv": "arXiv", "deeplearn": "deeplearn.org", "huggingface": "Hugging Face"}
LISTED = re.compile(r"listed by ([\w, -]+) \(rank ")
KEPT = 4096  # reasons: those of a hundred days


def reason_words(reason: str) -> dict[str, str] | None:
    """The reason's `text` in the active language, with lists by the names that readers know, and the `lang` that it is in; None
    where there is none."""
    return _told(reason, get_language() or "en") if reason else None


@lru_cache(maxsize=KEPT)
def _told(reason: str, language: str) -> dict[str, str]:
    named = LISTED.sub(_by_name, reason)
    text = retell(named)
    return {"text": text, "lang": "en" if text == named else language}


def _by_name(found: re.Match[str]) -> str:
    return f"listed by {', '.join(NAMES.get(each, each) for each in found[1].split(', '))} (rank "
