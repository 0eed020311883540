"""A model's account of one paper: what is asked, what comes back, and what of it may be shown.

Each paper is asked about by itself. So no abstract can change what is written about another paper, an answer cannot name
a wrong paper, and a paper that leads the model astray costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from digests import verify
from digests.llm import Question
from digests.parts import Abstract, Bullet
from digests.text import clean
from digests.writing.evidence import found_by_overlap, sentence_ids
from digests.writing.prompts import instructions, paper_block
from digests.writing.term_bank import KeptTerm, keep_terms, told_terms

FULL_TOKENS, BRIEF_TOKENS = 2000, 1000
BRIEF_SENTENCES = 6  # of an abstract, told for a brief account
MOST_KEYWORDS = 5
NO_PROSE = ("topics", "keywords", "one_liners")  # phrases and headlines: they need no end
LIST_MARK = re.compile(r"^\s*(?:[-–•*·]|\(?\d{1,2}[.)])(?:\s+|$)")


def _number(given: object) -> object:
    """A sentence's number, also out of "S3"; 0, which no sentence has, for anything else."""
    found = re.fullmatch(r"\W*[Ss]?(\d{1,4})\W*", given) if isinstance(given, str) else None
    return int(found[1]) if found else given if isinstance(given, int) else 0


Text = Annotated[str, Field(max_length=verify.LONGEST_BULLET)]
Numbers = list[Annotated[int, BeforeValidator(_number), Field(json_schema_extra={"minimum": 1})]]


class BriefAccount(BaseModel):
    """The least that is said of a paper. Flat, for small models lose their way in nested answers: beside each
    statement stand the numbers of the sentences that it rests on."""

    model_config = ConfigDict(extra="forbid")
    key_point: Text
    key_point_sentences: Numbers
    limits: Text
    limits_sentences: Numbers
    one_liner: Text


class FullAccount(BriefAccount):
    """A paper's share of all five parts, and what stands beside them."""

    topic_phrase: Text
    topic_phrase_sentences: Numbers
    keywords: list[str]
    impact: Text
    impact_sentences: Numbers
    outlook: Text
    outlook_sentences: Numbers


@dataclass
class Account:
    """What may be shown of a model's account of one paper. `told` has bullets by part, "limits" and "one_liners"
    included; a part that is missing, or was withheld, is not there. `findings` say what the checks changed or took out,
    and `found` how many bullets had to have their sentences found by overlap."""

    told: dict[str, list[Bullet]] = field(default_factory=dict)
    findings: list[verify.Finding] = field(default_factory=list)
    found: int = 0


def question_about(paper: Abstract, language: str, bank: Sequence[KeptTerm], is_brief: bool) -> Question[Any]:
    """The question that asks for an account of the paper, a brief one when money is short."""
    terms = told_terms(f"{paper.title} {paper.text}", bank) if language == "ko" else []
    told = instructions("summarise", language=language, is_brief=is_brief, terms=terms)
    return Question(
        shape=BriefAccount if is_brief else FullAccount,
        instructions=told,
        about=paper_block(paper, BRIEF_SENTENCES if is_brief else None),
        most_tokens=BRIEF_TOKENS if is_brief else FULL_TOKENS,
        objection=lambda answer: objection(answer, paper, language),
        doubt=lambda answer: doubt(answer, paper, language),
        kind=language,
    )


def objection(answer: BriefAccount, paper: Abstract, language: str) -> str:
    """Why the whole answer is unfit, in our own words; nothing where it is fit."""
    bullets = _bullets(answer, paper)
    kinds = {finding.kind for text in _texts(bullets) for finding in verify.text_faults(text)}
    prose = " ".join(bullet.text for part in bullets if part != "keywords" for bullet in bullets[part])
    if not bullets["key_points"]:
        kinds.add("no key point")
    elif not verify.is_in(prose, language):
        kinds.add("wrong language")
    return ", ".join(sorted(kinds))


def doubt(answer: BriefAccount, paper: Abstract, language: str) -> str:
    """Why the key point could not be shown, or the whole seems to be about something else, in our own words; nothing
    where neither is so."""
    bullets = _bullets(answer, paper)
    points = [_mended(point, paper, language)[0] for point in bullets["key_points"]]
    kinds = {finding.kind for point in points for finding in _serious(point, "key_points", paper, language)}
    if stray := verify.strays(_texts(bullets), paper):
        kinds.add(stray.kind)
    return ", ".join(sorted(kinds))


def account_of(answer: BriefAccount, paper: Abstract, language: str, bank: Sequence[KeptTerm]) -> Account:
    """What may be shown of the answer, with its large numbers mended, its terms kept, and its sentences found where the
    model named none."""
    account = Account()
    for part, bullets in _bullets(answer, paper).items():
        for given in bullets:
            bullet, changes = _mended(given, paper, language)
            if language == "ko":
                bullet = replace(bullet, text=keep_terms(bullet.text, bank))
            if serious := _serious(bullet, part, paper, language):
                account.findings.extend(verify.Finding(f"withheld, {kind}", text) for kind, text in serious)
                continue
            account.findings.extend(changes)
            if not bullet.sentences and part not in ("keywords", "one_liners"):
                bullet = replace(bullet, sentences=found_by_overlap(bullet, [paper]))
                account.found += 1
            account.told.setdefault(part, []).append(bullet)
    if stray := verify.strays(_texts(account.told), paper):
        # The model was shown this paper alone, so words that fit it badly are rather vague than another's.
        account.findings.append(verify.Finding("hardly in the abstract's words", stray.text))
    return account


def _texts(bullets: Mapping[str, Sequence[Bullet]]) -> list[str]:
    return [bullet.text for each in bullets.values() for bullet in each]


def _mended(bullet: Bullet, paper: Abstract, language: str) -> tuple[Bullet, list[verify.Finding]]:
    """The bullet with numbers that are wrong by some zeros written anew, and what was changed."""
    mended = verify.mend_magnitudes(bullet.text, [paper], language)
    changes = [
        verify.Finding("number written anew", f"{wrong} → {right}: {mended.text[:120]}")
        for wrong, right in mended.changes
    ]
    return replace(bullet, text=mended.text), changes


def _serious(bullet: Bullet, part: str, paper: Abstract, language: str) -> list[verify.Finding]:
    """What keeps this bullet from being shown."""
    spoken = None if part == "keywords" else language
    return [each for each in verify.doubts(bullet, [paper], spoken, part not in NO_PROSE) if each.withholds]


def _bullets(answer: BriefAccount, paper: Abstract) -> dict[str, list[Bullet]]:
    """The answer as bullets by part, tidied; what is empty is left out."""

    def bullet(text: str, numbers: Sequence[int] = ()) -> Bullet:
        return Bullet(tidy(text), (paper.id,), sentence_ids(paper, numbers))

    given = {
        "key_points": [bullet(answer.key_point, answer.key_point_sentences)],
        "limits": [bullet(answer.limits, answer.limits_sentences)],
        "one_liners": [bullet(answer.one_liner)],
    }
    if isinstance(answer, FullAccount):
        given["topics"] = [bullet(answer.topic_phrase, answer.topic_phrase_sentences)]
        given["keywords"] = [bullet(word) for word in answer.keywords[:MOST_KEYWORDS]]
        given["impact"] = [bullet(answer.impact, answer.impact_sentences)]
        given["outlook"] = [bullet(answer.outlook, answer.outlook_sentences)]
    return {part: [each for each in bullets if each.text] for part, bullets in given.items()}


def tidy(text: str) -> str:
    """A bullet's words as one clean line without the mark or number of a list; "" when nothing else is there."""
    return clean(LIST_MARK.sub("", text), verify.LONGEST_BULLET + 1)
