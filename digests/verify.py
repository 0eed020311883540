"""Check what is said about papers against the papers. Pure: values in, findings out; the rules are in
`digests.verification`.

Three strengths: a *fault* makes a text unfit to be shown to anyone; a *flag* that `withholds` keeps its one statement
from readers unless an editor says so; any other flag is a doubt that the editor sees beside it.
Not seen by these rules: most negations, most swapped roles, a claim stretched. docs/quality.md has the measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from digests.offline.sentences import plain
from digests.parts import PARTS, Abstract, Bullet
from digests.verification import forbidden, magnitudes
from digests.verification.endings import is_cut_off
from digests.verification.findings import Finding
from digests.verification.forbidden import LONGEST_BULLET
from digests.verification.ground import Ground, ground
from digests.verification.language import is_in, untranslated
from digests.verification.magnitudes import Mended
from digests.verification.numbers import checkable, doubtful_numbers
from digests.verification.sources import copied_from, evidence
from digests.verification.statements import findings_in
from digests.verification.summaries import Verdict, check

__all__ = [
    "LONGEST_BULLET",
    "Checked",
    "Finding",
    "Mended",
    "Verdict",
    "check",
    "doubts",
    "faults",
    "flags",
    "is_in",
    "mend_magnitudes",
    "numbers_checked",
    "strays",
    "text_faults",
]

LEAST_CHECKED = 2  # numbers; of fewer, a count says nothing about a section


class Checked(NamedTuple):
    """How many numbers of a section's texts its abstracts have, of how many that can be looked up."""

    found: int
    total: int

    @property
    def says_something(self) -> bool:
        """Whether there are enough to tell readers; otherwise the section is "not checkable" by its numbers."""
        return self.total >= LEAST_CHECKED


def faults(parts: Mapping[str, Sequence[Bullet]], papers: Sequence[Abstract], language: str) -> list[Finding]:
    """What makes this summary unfit: a part missing, a paper without its one key point, a foreign id, forbidden matter,
    a bullet without words or far too long, the wrong language, a paper told from another one, or doubts about more than
    half of it."""
    ids = {paper.id for paper in papers}
    found = [Finding("missing part", part) for part in PARTS if not parts.get(part)]
    pointed = [paper_id for bullet in parts.get("key_points", ()) for paper_id in bullet.papers]
    found += [Finding("missing paper", paper_id) for paper_id in sorted(ids - set(pointed))]
    found += [Finding("paper told twice", paper_id) for paper_id in sorted(ids) if pointed.count(paper_id) > 1]
    bullets = list(_bullets(parts))
    for bullet in bullets:
        found += [Finding("unknown paper", paper_id) for paper_id in bullet.papers if paper_id not in ids]
        found += text_faults(bullet.text)
    prose = " ".join(bullet.text for part in PARTS if part != "keywords" for bullet in parts.get(part, ()))
    if not is_in(prose, language):
        found.append(Finding("wrong language", prose[:80]))
    found += [stray for paper in papers if (stray := strays(_told_of(paper, bullets), paper))]
    doubtful = [bullet for bullet in bullets if doubts(bullet, papers)]
    if len(doubtful) > len(bullets) / 2:
        found.append(Finding("not from the abstracts", doubtful[0].text[:80]))
    return found


def text_faults(text: str) -> list[Finding]:
    """What makes one bullet unfit to be shown: links, contacts, markup, invisible characters, no words or too many."""
    return [Finding(kind, where) for kind, where in forbidden.unfit(text)]


def flags(parts: Mapping[str, Sequence[Bullet]], papers: Sequence[Abstract]) -> list[Finding]:
    """The findings for the editor: abstracts that give orders to a model, and the doubts about each bullet."""
    orders = [paper for paper in papers if forbidden.ORDER.search(f"{paper.title} {paper.text}")]
    found = [Finding("abstract gives orders", f"{paper.id}: {paper.title[:100]}") for paper in orders]
    for part in PARTS:
        for bullet in parts.get(part, ()):
            found += doubts(bullet, papers, is_prose=part != "keywords")
    return found


def doubts(
    bullet: Bullet, papers: Sequence[Abstract], language: str | None = None, is_prose: bool = True
) -> list[Finding]:
    """What is doubtful about one bullet, looked up in the papers it rests on; in all of them, when it rests on none.

    What stands word for word in an abstract is not doubted. With a `language`, a sentence in another one is found too;
    papers that the bullet does not rest on are its neighbours, whose words it may not have."""
    own = [ground(paper) for paper in papers if paper.id in bullet.papers] or [ground(paper) for paper in papers]
    if any(_is_quoted(bullet.text, one) for one in own):
        return []
    found = findings_in(bullet.text, own)
    neighbours = [ground(paper) for paper in papers if paper.id not in bullet.papers]
    if copied := copied_from(bullet.text, own, neighbours):
        found.append(Finding("words of another paper", f"{copied.title[:60]}: {bullet.text[:120]}"))
    if language and (stray := untranslated(bullet.text, language, [one.title for one in own])):
        found.append(Finding("wrong language", stray))
    if is_prose and is_cut_off(bullet.text):
        found.append(Finding("cut off", bullet.text[-80:]))
    return found


def strays(texts: Sequence[str], paper: Abstract) -> Finding | None:
    """A finding when all that is told of a paper was, by its words, names and numbers, told from another paper; None
    too when there is too little to tell."""
    told = "\n".join(texts)
    return None if evidence(told, ground(paper)).fits else Finding("about another paper", f"{paper.id}: {told[:80]}")


def numbers_checked(parts: Mapping[str, Sequence[Bullet]], papers: Sequence[Abstract]) -> Checked:
    """How many of the numbers in digits of a section's bullets their papers have, of how many there are. A number on
    which several bullets agree counts each time; what is quoted word for word counts as found."""
    found = total = 0
    for bullet in _bullets(parts):
        own = [ground(paper) for paper in papers if paper.id in bullet.papers]
        numbers = len(checkable(bullet.text))
        doubted = 0 if any(_is_quoted(bullet.text, one) for one in own) else len(doubtful_numbers(bullet.text, own))
        total += numbers
        found += numbers - min(numbers, doubted)
    return Checked(found, total)


def mend_magnitudes(text: str, papers: Sequence[Abstract], language: str) -> Mended:
    """The text with numbers that are wrong by some zeros (250억 for 250 billion) written anew from the papers, and what
    was changed; see `digests.verification.magnitudes`."""
    return magnitudes.mend(text, [ground(paper) for paper in papers], language)


def _bullets(parts: Mapping[str, Sequence[Bullet]]) -> Iterator[Bullet]:
    return (bullet for part in PARTS for bullet in parts.get(part, ()))


def _told_of(paper: Abstract, bullets: Sequence[Bullet]) -> list[str]:
    return list(dict.fromkeys(bullet.text for bullet in bullets if bullet.papers == (paper.id,)))


def _is_quoted(text: str, source: Ground) -> bool:
    """Whether a text stands word for word in a source, but for the mark at its end or where it was shortened."""
    words = plain(text).rstrip(" .…!?")
    return len(words) > 40 and words in plain(source.raw)
