"""The paper sources and the language model, asked once."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from digests import llm
from digests.archive.cards import given_up
from digests.llm.listing import models_known
from digests.sources import SOURCES, arxiv
from newsletter.doctor.findings import Finding, fault, note, ok
from newsletter.http import FetchFailed

A_KNOWN_PAPER = "1706.03762"


def sources_answer() -> Iterator[Finding]:
    """Each list of today, and arXiv's record of a paper that has been there for years."""
    for name in settings.DIGEST_SOURCES:
        if name not in SOURCES:
            continue  # the settings' own checks say so
        try:
            listings = SOURCES[name].fetch(timezone.now().date())
        except FetchFailed as error:
            todo = f"try again later; if it stays, correct its address or take {name} out of DIGEST_SOURCES"
            yield fault(name, str(error).rstrip("."), "its papers are missing in digests", todo)
        else:
            yield ok(name, "it answers" if listings is None else f"it answers, with {len(listings)} papers of today")
    if "arxiv" in settings.DIGEST_SOURCES:
        yield _details()


def _details() -> Finding:
    try:
        found = arxiv.fetch_records([A_KNOWN_PAPER])
    except FetchFailed as error:
        why = "papers have no abstracts, so no summaries"
        return fault(
            "arxiv records", str(error).rstrip("."), why, "try again later; if it stays, correct ARXIV_API_URL"
        )
    if not found:
        what = f"arXiv does not know {A_KNOWN_PAPER}, which everybody else does"
        return note(
            "arxiv records", what, "papers may have no abstracts", "look at the answer of ARXIV_API_URL yourself"
        )
    return ok("arxiv records", "arXiv's interface answers")


def pictures_are_drawn() -> Iterator[Finding]:
    """Whether there are digests whose card, the picture beside a shared link, was given up."""
    failed = given_up()
    if not (count := failed.count()):
        return
    last = failed[0]
    what = f"{count} of the archive's digests have no picture for shared links, last {last.day} ({last.card_error})"
    why = "other sites show the chart beside a link, or nothing"
    yield note(
        "pictures", what, why, "mend what is named (a font, memory), then run manage.py catalogue_archive --again"
    )


def model_answers() -> Iterator[Finding]:
    """The model's server, our key, and whether it has the model. Costs nothing: no question is asked."""
    if not llm.is_configured():
        what = "no language model is set; the built-in writer writes"
        yield note("model", what, "summaries are sentences of the abstracts", "set OPENAI_API_KEY, if you want one")
        return
    why = "the built-in writer would write instead"
    try:
        known = models_known()
    except llm.CompletionFailed as error:
        yield fault(
            "model", str(error).rstrip("."), why, "correct OPENAI_API_KEY or OPENAI_BASE_URL, or look at your bill"
        )
        return
    if known is None:
        todo = "build a digest, and see under Models' answers in admin"
        yield note(
            "model", "the server answers but does not list its models", f"{llm.name()} may be unknown to it", todo
        )
    elif llm.name() not in known:
        few = ", ".join(sorted(known)[:5]) or "none"
        yield fault("model", f"the server does not know {llm.name()}", why, f"set OPENAI_MODEL to one it has: {few}")
    else:
        yield ok("model", f"the server answers and knows {llm.name()}")
