"""What this newsletter is: who makes it, when it comes, how papers and words come about. Told by the settings it runs under."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from digests import llm
from digests.archive.answering import for_readers
from digests.choosing.choose import BEING_LISTED, SECOND_LIST
from digests.models import Category
from newsletter.imprint import imprint, own_words

HOMES = {
    "huggingface": ("Hugging Face daily papers", "https://huggingface.co/papers"),
    "arxiv": ("arXiv", "https://arxiv.org"),
    "deeplearn": ("deeplearn.org", "https://deeplearn.org"),
}
"""Where people find the lists that `digests.sources` reads."""


class Origin(NamedTuple):
    """A list of papers, and what it gives."""

    name: str
    url: str
    what: str


@for_readers
def about(request: HttpRequest) -> HttpResponse:
    """The page, with the operator's own words (ABOUT_TEXT_KO, ABOUT_TEXT_EN) at its end."""
    language = get_language()
    context = {
        "operator": imprint(),
        "hour": f"{settings.DIGEST_SEND_HOUR:02}:00",
        "zone": settings.DIGEST_TIME_ZONE,
        "origins": origins(),
        "categories": Category.objects.filter(is_active=True),
        "most": settings.DIGEST_MAX_PAPERS,
        "worth": {"listed": BEING_LISTED, "again": SECOND_LIST},
        "model": llm.name() if llm.is_configured() else "",
        "policy": settings.APPROVAL_POLICY,
        "approvals": settings.APPROVALS_NEEDED,
        "own_words": own_words("about", language),
    }
    return render(request, "web/about.html", context)


def origins() -> list[Origin]:
    """The lists in use, in the active language; arXiv always, which is asked for every paper's details."""
    gives = {
        "huggingface": gettext("papers that people put forward, with their votes"),
        "arxiv": _what_arxiv_gives(),
        "deeplearn": gettext("papers that are much talked about"),
    }
    return [Origin(*HOMES[name], gives[name]) for name in HOMES if name in {*settings.DIGEST_SOURCES, "arxiv"}]


def _what_arxiv_gives() -> str:
    if "arxiv" not in settings.DIGEST_SOURCES or not settings.ARXIV_CATEGORIES:
        return gettext("titles, authors, abstracts and dates")
    announced = ", ".join(settings.ARXIV_CATEGORIES)
    return gettext("titles, authors, abstracts and dates, and what is announced in %s") % announced
