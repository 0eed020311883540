"""Which papers go in, and why each was chosen or passed over. Pure: candidates, wishes and earlier titles in, choices out.

All that counts is counted in votes, so that an editor can add it up: votes, worth less the older they are; a bonus for
being listed by people, and for each further list that does; editors' wishes; less for resembling what readers had
lately, and for the fifth paper of one kind. No model is asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digests.choosing.candidate import Candidate, Earlier, Wish, likeness_of

BEING_LISTED = 3  # by people, whatever the votes
SECOND_LIST = 10
THRESHOLD = 5.0
LEAST_VOUCHED = 10  # a digest gets so many of the papers that people listed, the threshold notwithstanding
LEAST = 5  # and so many at all, be it of papers that nobody vouches for
MOST_LATE = 3
SAME, SIMILAR = 0.8, 0.5  # shares of the words of two titles that they have in common
FOR_RESEMBLING = 5
FOR_EACH_OF_ITS_KIND = 0.08
WISH = re.compile(r"\+\d+ for “[^”]*(?:”|$)")
"""How `_account` writes down that a rule spoke for a paper; the end may be cut off."""
LONGEST_REASON = 200  # the column's


@dataclass(frozen=True)
class Choice:
    """What became of a candidate and, for the editor, why."""

    paper_id: int
    votes: int | None
    reason: str
    is_chosen: bool = True
    is_late: bool = False
    score: float = 0.0


@dataclass(frozen=True)
class _Weighed:
    candidate: Candidate
    score: float
    account: str
    objection: str
    is_wanted: bool

    @property
    def is_late(self) -> bool:
        return self.candidate.has_risen


def choose(
    found: Iterable[Candidate],
    most: int,
    wishes: Sequence[Wish] = (),
    earlier: Sequence[Earlier] = (),
    least: int = LEAST_VOUCHED,
) -> list[Choice]:
    """The best candidates, at most `most`, best first; then those passed over, best first.

    A paper below the threshold comes in only while fewer than `least` are chosen. One that was passed over before, and
    is in no list of the day, is not looked at again unless it rose. The result is the same in whatever order they come.
    """
    weighed = sorted(
        (_weigh(candidate, wishes, earlier) for candidate in found if candidate.is_today or _may_return(candidate)),
        key=lambda each: (not each.is_wanted, -each.score, each.candidate.paper_id),
    )
    chosen: list[_Weighed] = []
    objections: dict[int, str] = {}
    for each in weighed:
        if objection := each.objection or _twin(each, chosen):
            objections[each.candidate.paper_id] = objection
        else:
            chosen.append(each)
    chosen, passed_over = _best(chosen, most, least)
    objections |= passed_over
    chosen.sort(key=lambda each: (-each.score, each.candidate.paper_id))
    taken = [_choice(each, f"#{place}: {each.account}", True) for place, each in enumerate(chosen, start=1)]
    return taken + [
        _choice(each, f"{objections[each.candidate.paper_id]} ({each.account})", False)
        for each in weighed
        if each.candidate.paper_id in objections
    ]


def _may_return(candidate: Candidate) -> bool:
    """Whether a paper of an earlier day's list is up again: nobody looked at it then, or it rose."""
    return candidate.votes_then is None or candidate.has_risen


def _weigh(candidate: Candidate, wishes: Sequence[Wish], earlier: Sequence[Earlier]) -> _Weighed:
    met = [wish for wish in wishes if wish.meets(candidate)]
    blocks = [wish for wish in met if wish.effect == "block"]
    boosts = [wish for wish in met if wish.effect == "boost"]
    is_wanted = any(wish.kind == "paper" for wish in boosts) and not blocks
    near, likeness = _nearest(candidate, earlier)
    score = candidate.votes / (1 + candidate.age / 2) - candidate.best_rank / 100
    if candidate.vouching:
        score += BEING_LISTED + SECOND_LIST * (candidate.vouching - 1)
    score += sum(wish.points for wish in boosts)
    objection = ""
    if blocks:
        objection = f"kept out by the rule “{blocks[0].text}”"
    elif candidate.is_withdrawn and not is_wanted:
        objection = "withdrawn by its authors"
    elif near and likeness >= SAME and not is_wanted:
        objection = f"nearly the same title as {near.arxiv_id} of {near.day}"
    elif near and likeness >= SIMILAR:
        score -= FOR_RESEMBLING
    resembling = f", resembles {near.arxiv_id} of {near.day}" if near and SIMILAR <= likeness < SAME else ""
    return _Weighed(candidate, round(score, 2), _account(candidate, boosts) + resembling, objection, is_wanted)


def _nearest(candidate: Candidate, earlier: Sequence[Earlier]) -> tuple[Earlier | None, float]:
    """The earlier paper whose title is most like this one's, and how like."""
    best: Earlier | None = None
    likeness = 0.0
    for each in earlier:
        alike = likeness_of(candidate.terms, each.terms)
        if alike > likeness and each.arxiv_id != candidate.arxiv_id:
            best, likeness = each, alike
    return best, likeness


def _twin(each: _Weighed, chosen: Sequence[_Weighed]) -> str:
    """An objection, if a better one of today has nearly the same title."""
    for other in chosen:
        if not each.is_wanted and likeness_of(each.candidate.terms, other.candidate.terms) >= SAME:
            return f"nearly the same title as {other.candidate.arxiv_id} of today"
    return ""


def _best(fit: Sequence[_Weighed], most: int, least: int) -> tuple[list[_Weighed], Mapping[int, str]]:
    """Take the best one by one, each worth the less the more of its kind are in; why the others are passed over."""
    kinds: Counter[str] = Counter()
    chosen: list[_Weighed] = []
    over: dict[int, str] = {}
    left = list(fit)
    while left:
        each = max(left, key=lambda one: (one.is_wanted, _worth(one, kinds), -one.candidate.paper_id))
        left.remove(each)
        objection = _no_room(each, chosen, most, least)
        if objection:
            over[each.candidate.paper_id] = objection
        else:
            chosen.append(each)
            kinds[each.candidate.category] += 1
    return chosen, over


def _worth(each: _Weighed, kinds: Mapping[str, int]) -> float:
    among = kinds[each.candidate.category] if each.candidate.category else 0
    # A negative score would grow by being divided.
    return each.score / (1 + FOR_EACH_OF_ITS_KIND * among) if each.score > 0 else each.score


def _no_room(each: _Weighed, chosen: Sequence[_Weighed], most: int, least: int) -> str:
    if len(chosen) >= most:
        return f"{most} better ones fill the digest"
    if each.is_wanted:
        return ""
    if each.is_late and not each.candidate.is_today and sum(one.is_late for one in chosen) >= MOST_LATE:
        return f"{MOST_LATE} better late risers are in"
    if each.score >= THRESHOLD or len(chosen) < (least if each.candidate.vouching else LEAST):
        return ""
    return "below the threshold" if each.candidate.vouching else "nobody vouches for it"


def _account(candidate: Candidate, boosts: Sequence[Wish]) -> str:
    """What speaks for a paper, in words."""
    told = []
    if candidate.votes:
        told.append(f"{candidate.votes} vote{'s' if candidate.votes > 1 else ''}")
    if candidate.votes and candidate.age:
        told[-1] += f" in {candidate.age} day{'s' if candidate.age > 1 else ''}"
    told.append(f"listed by {', '.join(candidate.sources)} (rank {candidate.best_rank})")
    told += [f"+{wish.points} for “{wish.text}”" for wish in boosts]
    if candidate.has_risen:
        told.insert(0, f"late riser, had {candidate.votes_then} when it was passed over")
    elif candidate.votes_then is not None:
        told.insert(0, "passed over before")
    return ", ".join(told)


def told_to_readers(reason: str) -> str:
    """The reason without the words of editors' rules, which are the editors' own affair; that there was one is told."""
    return WISH.sub("raised by a rule of the editors", reason)


def _choice(each: _Weighed, reason: str, is_chosen: bool) -> Choice:
    return Choice(
        paper_id=each.candidate.paper_id,
        votes=each.candidate.votes or None,
        reason=reason if len(reason) <= LONGEST_REASON else reason[: LONGEST_REASON - 1] + "…",
        is_chosen=is_chosen,
        is_late=is_chosen and each.is_late,
        score=each.score,
    )
