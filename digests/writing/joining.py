"""One section out of the accounts of its papers. Pure: accounts in, five parts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digests.parts import PARTS, Abstract, Bullet, Parts, Written
from digests.writing.accounts import Account

MOST = {"topics": 5, "keywords": 10, "impact": 4, "outlook": 3}  # bullets; key points have one for each paper


def joined(
    papers: Sequence[Abstract],
    accounts: Mapping[str, Account],
    quoted: Parts,
    lines: Mapping[str, tuple[Bullet, Bullet]],
) -> Written:
    """The section in the papers' order. What no account tells is as `quoted` has it: a paper's key point, and a part
    that would be empty. `lines` holds, for papers without them, the built-in limits and one-liner."""
    points = {bullet.papers[0]: bullet for bullet in quoted["key_points"]}
    told = [accounts[paper.id].told if paper.id in accounts else {} for paper in papers]
    parts: dict[str, Sequence[Bullet]] = {
        "key_points": [
            _first(account, "key_points", points[paper.id]) for paper, account in zip(papers, told, strict=True)
        ],
        "keywords": _keywords([bullet for account in told for bullet in account.get("keywords", ())]),
        "topics": _merged([bullet for account in told for bullet in account.get("topics", ())]),
        "impact": [bullet for account in told for bullet in account.get("impact", ())],
        "outlook": [bullet for account in told for bullet in account.get("outlook", ())],
    }
    return Written(
        {part: parts[part][: MOST.get(part)] or quoted[part] for part in PARTS},
        [_first(account, "limits", lines[paper.id][0]) for paper, account in zip(papers, told, strict=True)],
        [_first(account, "one_liners", lines[paper.id][1]) for paper, account in zip(papers, told, strict=True)],
    )


def _first(account: Mapping[str, Sequence[Bullet]], part: str, instead: Bullet) -> Bullet:
    return next(iter(account.get(part, ())), instead)


def _keywords(bullets: Sequence[Bullet]) -> Sequence[Bullet]:
    """Keywords that several papers name come first; the others in turns, so that every paper is heard."""
    merged = _merged(bullets)
    turns: dict[str, int] = {}
    ranked = []
    for place, bullet in enumerate(merged):
        turn = turns[bullet.papers[0]] = turns.get(bullet.papers[0], -1) + 1
        ranked.append((-len(bullet.papers) if len(bullet.papers) > 1 else 0, turn, place, bullet))
    return [bullet for *_rank, bullet in sorted(ranked, key=lambda each: each[:3])]


def _merged(bullets: Sequence[Bullet]) -> list[Bullet]:
    """Bullets with the same words, whatever their case and hyphens, as one that rests on all their papers."""
    same: dict[str, list[Bullet]] = {}
    for bullet in bullets:
        same.setdefault("".join(c for c in bullet.text.casefold() if c.isalnum()), []).append(bullet)
    return [
        Bullet(
            group[0].text,
            tuple(dict.fromkeys(paper for bullet in group for paper in bullet.papers)),
            tuple(dict.fromkeys(sentence for bullet in group for sentence in bullet.sentences)),
        )
        for group in same.values()
    ]
