"""Bringing a paper into a draft by its arXiv id or address."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from digests.arxiv_id import split_id
from digests.charts import forget_charts
from digests.classify import decide
from digests.desk.acts import Change, Refused
from digests.desk.arranging import NOTHING, arrive, section_for
from digests.models import Category, Consideration, Digest, Entry, Paper, Rule, Sighting, Summary
from digests.models.paper import OTHER
from digests.parts import Abstract

REASON = "added by an editor"


def id_named(digest: Digest, text: str) -> str:
    """The arXiv id in what an editor wrote. Raises Refused when there is none, or when no paper may be added here."""
    known = split_id(text)
    if known is None:
        raise Refused(_("This is no arXiv id or address, such as 2411.10958 or https://arxiv.org/abs/2411.10958."))
    if digest.kind != Digest.Kind.DAILY:
        raise Refused(_("A weekly digest has only papers of its daily digests."))
    return known[0]


def known_paper(digest: Digest, arxiv_id: str) -> Paper | None:
    """The paper as we have it, sorted into a category; None while we have no record and no abstract of it. Raises Refused
    when it may not come into this digest."""
    paper = Paper.objects.filter(arxiv_id=arxiv_id).first()
    if paper:
        _refuse_known(digest, paper)
    if paper is None or not (paper.has_record or paper.abstract):
        return None
    return fit(paper)


def fit(paper: Paper) -> Paper:
    """The paper with a category. Raises Refused for one that was withdrawn."""
    if paper.is_withdrawn:
        raise Refused(_("The authors of %(id)s have withdrawn it.") % {"id": paper.arxiv_id})
    if paper.category_id is None:
        _sort(paper)
    return paper


def add(digest: Digest, paper: Paper) -> list[Change]:
    """Put the paper last in the section of its category, in the built-in writer's words. Raises Refused."""
    _refuse_known(digest, paper)
    assert paper.category is not None, "fit leaves no paper without a category"
    category = paper.category if paper.category.is_active else Category.objects.get(slug=OTHER)
    section = section_for(digest, category)
    last = Entry.objects.filter(section__digest=digest).order_by("position").last()
    votes = Sighting.objects.filter(paper=paper, votes__isnull=False).order_by("votes").last()
    Entry.objects.create(
        section=section,
        paper=paper,
        kind=Entry.SAMPLE if digest.is_sample else digest.kind,
        position=last.position + 1 if last else 0,
        votes=votes.votes if votes else None,
        reason=REASON,
    )
    for language in settings.DIGEST_LANGUAGES:
        arrive(section, paper.arxiv_id, language, NOTHING, Summary.OFFLINE)
    Consideration.objects.filter(day=digest.day, paper=paper).update(is_chosen=True, is_held=False, reason=REASON)
    forget_charts(digest)
    return [Change("added", paper.title, "", str(category))]


def _refuse_known(digest: Digest, paper: Paper) -> None:
    """Raise Refused for a paper that is in a daily digest already, or that an editor dropped."""
    entries = Entry.objects.filter(paper=paper).select_related("section__digest", "section__category")
    if here := entries.filter(section__digest=digest).first():
        raise Refused(
            _("This paper is in this digest already, under %(category)s.") % {"category": here.section.category}
        )
    if had := entries.filter(kind=Digest.Kind.DAILY).first():
        raise Refused(
            _("This paper was in the digest of %(day)s already; readers get a paper once.")
            % {"day": had.section.digest.day}
        )
    if Rule.objects.filter(
        kind=Rule.Kind.PAPER, text=paper.arxiv_id, effect=Rule.Effect.BLOCK, is_active=True
    ).exists():
        raise Refused(
            _(
                "An editor dropped this paper. To add it all the same, first take the rule of choice “%(id)s” out of use."
            )
            % {"id": paper.arxiv_id}
        )


def _sort(paper: Paper) -> None:
    """Give the paper a category, unless somebody does meanwhile."""
    categories = {category.slug: category for category in Category.objects.filter(is_active=True)}
    abstract = Abstract(paper.arxiv_id, paper.title, paper.abstract)
    decisions, _notes = decide(
        [abstract], list(categories.values()), {abstract.id: paper.arxiv_categories}, offline=True
    )
    decision = decisions[abstract.id]
    Paper.objects.filter(pk=paper.pk, category=None).update(
        category=categories.get(decision.slug) or categories[OTHER],
        confidence=decision.confidence,
        decided_by=decision.decided_by,
    )
    paper.refresh_from_db()
