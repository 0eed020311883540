"""A paper: what it is, and what the digests said about it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext

from digests.archive.answering import for_readers
from digests.archive.corrections import by_paper, corrections_of
from digests.archive.pictures import card_url
from digests.archive.public import catalogued_papers
from digests.archive.reasons import reason_words
from digests.archive.words import Words, catalogued_words
from digests.arxiv_id import split_id
from digests.models import CataloguedPaper, Category, Paper
from digests.parts import HEADINGS
from digests.wording import authors_line, language_in
from newsletter.addresses import in_language

AUTHORS_SHOWN = 20


@for_readers
def paper(request: HttpRequest, arxiv_id: str) -> HttpResponse:
    """The page of a paper that a public digest told of. An id with a version, or with an old id's subject class, leads to
    the one address there is."""
    known = split_id(arxiv_id)
    if not known:
        raise Http404(gettext("This is no arXiv id."))
    if known[0] != arxiv_id:
        return redirect(in_language(reverse("paper", args=[known[0]]), request), permanent=True)
    told = list(catalogued_papers().filter(arxiv_id=arxiv_id).defer("terms"))
    if not told:
        raise Http404(gettext("No digest has told of this paper."))
    language = get_language()
    # What its own day said comes first; a weekly digest repeats it.
    first = min(told, key=lambda each: (each.kind != "daily", each.day))
    context = {
        "paper": catalogued_words(first, language) | {"authors": authors_of(first)},
        "told": [catalogued_words(each, language) for each in told],
        "chosen": reason_words(first.paper.get("chosen", "")),
        "said": said_words(first, language),
        "category": Category.objects.filter(slug=first.category).first(),
        "abstract": abstract_of(first),
        "card": card_url(first.digest_id, language),
        "corrections": corrections_on(arxiv_id, told, language),
    }
    return render(request, "web/paper.html", context)


def corrections_on(arxiv_id: str, told: Iterable[CataloguedPaper], language: str) -> list[Words]:
    """What was put right about this paper, in whichever digest."""
    found = corrections_of([each.digest_id for each in told], language)
    return [each for of_digest in found.values() for each in by_paper(of_digest).get(arxiv_id, [])]


def authors_of(found: CataloguedPaper) -> str:
    """More authors than a list has room for."""
    return authors_line(found.paper["authors"], found.paper["author_count"], AUTHORS_SHOWN)


def said_words(found: CataloguedPaper, language: str) -> Words | None:
    """What the digest said of a paper in `language`: the statements under their headings, and what the results rest on."""
    said = found.said.get(language)
    if not said:
        return None
    told = [(HEADINGS[part], texts) for part, texts in said["parts"].items() if part in HEADINGS]
    return {
        "parts": [
            {"heading": heading, "bullets": [{"text": text, "lang": language_in(text, language)} for text in texts]}
            for heading, texts in told
        ],
        "limits": [{"text": text, "lang": language_in(text, language)} for text in said["limits"]],
    }


def abstract_of(found: CataloguedPaper) -> Paper | None:
    """The paper with the abstract that arXiv has of it; None where arXiv did not confirm it, or for a sample, whose
    abstracts are rewritten."""
    record = Paper.objects.filter(arxiv_id=found.arxiv_id, has_record=True, is_sample=False)
    return record.exclude(abstract="").only("abstract", "version", "is_withdrawn", "arxiv_categories").first()
