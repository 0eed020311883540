"""Keep the archive's catalogue in step with what is public. The clock looks each minute for what is missing; an approval
does it at once."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet

from digests.advertising import mark_of
from digests.archive import fulltext
from digests.archive.own_words import without_frame
from digests.content import Content, shown
from digests.models import CataloguedDigest, CataloguedPaper, Digest, Paper
from digests.parts import PARTS

logger = logging.getLogger(__name__)
FORM = 3
"""Count it up when the rules of cataloguing or of `digests.archive.terms` change: the clock then does all digests again."""
AUTHORS_KEPT = 30
MOST_PAPERS_TOLD = 2
AT_ONCE = 20  # digests in one go of the clock


def catalogue_missing(most: int = AT_ONCE) -> int:
    """Catalogue public digests that are not yet, or whose words are others by now, latest first; forget those that are no
    longer public. Returns how many were done."""
    with transaction.atomic():
        _forget(CataloguedPaper.objects.exclude(digest__status__in=Digest.PUBLIC))
        CataloguedDigest.objects.exclude(digest__status__in=Digest.PUBLIC).delete()
    current = CataloguedDigest.objects.filter(form=FORM, content_hash=F("digest__content_hash"))
    due = Digest.objects.filter(kind__in=Digest.WITH_PAPERS, status__in=Digest.PUBLIC).exclude(
        pk__in=current.values("pk")
    )
    found = list(due.order_by("-day").defer("approved_content")[:most])
    return sum(try_to_catalogue(digest) for digest in found)


def try_to_catalogue(digest: Digest) -> bool:
    """The same as `catalogue`, but a failure is only logged: neither an approval nor the other digests wait for a list.
    The clock tries again."""
    try:
        return catalogue(digest)
    except (DatabaseError, LookupError, TypeError, ValueError, AttributeError):
        logger.exception("The digest %s could not be put into the archive's catalogue", digest)
        return False


def catalogue(digest: Digest) -> bool:
    """Put a public digest and its papers into the catalogue in place of what was there; False when it is not public any
    more, or has no papers. Safe to do twice, and at once from two sides: the digest's row is locked."""
    with transaction.atomic():
        digest = Digest.objects.select_for_update().get(pk=digest.pk)
        if not digest.is_public or digest.kind not in Digest.WITH_PAPERS:
            return False
        content = shown(digest)
        _forget(CataloguedPaper.objects.filter(digest=digest))
        CataloguedDigest.objects.update_or_create(
            digest=digest,
            defaults={
                "content_hash": digest.content_hash,
                "form": FORM,
                "day": digest.day,
                "kind": digest.kind,
                "is_sample": digest.is_sample,
                "is_advertising": bool(mark_of(content)),
                "distribution": content["distribution"],
                "papers": sum(len(section["papers"]) for section in content["sections"]),
                "card_failures": 0,
                "card_due_at": None,
            },
        )
        papers = CataloguedPaper.objects.bulk_create(_papers(digest, content))
        # A weekly digest says again what dailies said; each paper is found once.
        if digest.kind == Digest.Kind.DAILY:
            fulltext.store(_texts(papers, content))
    return True


def _forget(papers: QuerySet[CataloguedPaper]) -> None:
    fulltext.forget(list(papers.values_list("pk", flat=True)))
    papers.delete()


def _papers(digest: Digest, content: Content) -> Iterable[CataloguedPaper]:
    position = 0
    for section in content["sections"]:
        for paper in section["papers"]:
            yield CataloguedPaper(
                digest=digest,
                arxiv_id=paper["id"],
                day=digest.day,
                kind=digest.kind,
                is_sample=digest.is_sample,
                is_advertising=bool(mark_of(content)),
                category=section["slug"],
                position=position,
                paper=paper | {"authors": paper["authors"][:AUTHORS_KEPT], "author_count": len(paper["authors"])},
                said={language: said_of(paper["id"], summary) for language, summary in section["summaries"].items()},
            )
            position += 1


def said_of(arxiv_id: str, summary: Content) -> Content:
    """What a section's summary says of one paper: its line, the statements that rest on it, by part, and its limits.
    What is said of more than two papers at once says little of any."""

    def about(bullets: Iterable[Content]) -> list[str]:
        return [b["text"] for b in bullets if arxiv_id in b["papers"] and len(b["papers"]) <= MOST_PAPERS_TOLD]

    parts = {part: about(summary["parts"].get(part, ())) for part in PARTS}
    return {
        "line": next(iter(about(summary.get("one_liners", ()))), ""),
        "parts": {part: texts for part, texts in parts.items() if texts},
        "limits": about(summary.get("limits", ())),
    }


def _texts(papers: Iterable[CataloguedPaper], content: Content) -> dict[int, fulltext.Texts]:
    """What is searched of the papers, by their keys."""
    records = Paper.objects.filter(arxiv_id__in=[paper.arxiv_id for paper in papers])
    abstracts = dict(records.values_list("arxiv_id", "abstract"))
    names = {section["slug"]: " ".join(section["name"].values()) for section in content["sections"]}
    return {paper.pk: texts_of(paper, names[paper.category], abstracts.get(paper.arxiv_id, "")) for paper in papers}


def texts_of(paper: CataloguedPaper, category: str, abstract: str) -> fulltext.Texts:
    """What is searched of a paper whose category has these names."""
    said = [
        without_frame(text)
        for words in paper.said.values()
        for text in [words["line"], *(text for texts in words["parts"].values() for text in texts), *words["limits"]]
    ]
    record = [paper.arxiv_id, category, *paper.paper["authors"], abstract]
    return fulltext.Texts(paper.paper["title"], "\n".join(said), "\n".join(record))
