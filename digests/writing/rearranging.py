"""What is said of a section when its papers change: lines leave and come with their paper. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from digests.offline import writer
from digests.parts import PARTS, Abstract, Bullet, Written
from digests.writing.limits import limits_line

Lines = Sequence[Bullet]


def taken_out(written: Written, paper_id: str) -> tuple[Written, Written]:
    """(what is left, what is said of this paper). A line that rests on other papers, too, stays and names it no more."""

    def left(lines: Lines) -> list[Bullet]:
        return [_without(line, paper_id) for line in lines if line.papers != (paper_id,)]

    return _each(written, left), _each(written, lambda lines: [line for line in lines if line.papers == (paper_id,)])


def put_in(written: Written, more: Written) -> Written:
    """The lines of both, `more` behind; a line that is there in the same words is not said twice."""
    return Written(
        {part: _joined(written.parts.get(part, ()), more.parts.get(part, ())) for part in PARTS},
        _joined(written.limits, more.limits),
        _joined(written.one_liners, more.one_liners),
    )


def in_order(written: Written, ids: Sequence[str]) -> Written:
    """The lines on one paper each in the papers' order; others keep their places behind them."""
    places = {paper_id: place for place, paper_id in enumerate(ids)}

    def ordered(lines: Lines) -> list[Bullet]:
        return sorted(
            lines, key=lambda line: places.get(line.papers[0], len(ids)) if len(line.papers) == 1 else len(ids)
        )

    parts = {**written.parts, "key_points": ordered(written.parts.get("key_points", ()))}
    return Written(parts, ordered(written.limits), ordered(written.one_liners))


def filled(written: Written, papers: Sequence[Abstract], language: str, parts: Sequence[str] = PARTS) -> Written:
    """With the built-in writer's lines where there are none: of a paper its key point, limits and one-liner; of `parts`
    those that are empty."""
    quoted = writer.write_section(papers, language)
    points = {line.papers[0]: line for line in quoted["key_points"]}
    told = {part: written.parts.get(part) or (quoted[part] if part in parts else ()) for part in PARTS}
    told["key_points"] = _told(written.parts.get("key_points", ()), papers, lambda paper: points[paper.id])
    return Written(
        told,
        _told(written.limits, papers, lambda paper: limits_line(paper, language)),
        _told(written.one_liners, papers, writer.one_liner),
    )


def _told(lines: Lines, papers: Sequence[Abstract], instead: Callable[[Abstract], Bullet]) -> list[Bullet]:
    told = {paper_id for line in lines for paper_id in line.papers}
    return [*lines, *(instead(paper) for paper in papers if paper.id not in told)]


def _each(written: Written, change: Callable[[Lines], list[Bullet]]) -> Written:
    parts: Mapping[str, Lines] = {part: change(written.parts.get(part, ())) for part in PARTS}
    return Written(parts, change(written.limits), change(written.one_liners))


def _without(line: Bullet, paper_id: str) -> Bullet:
    return replace(
        line,
        papers=tuple(each for each in line.papers if each != paper_id),
        sentences=tuple(each for each in line.sentences if each.partition("#")[0] != paper_id),
    )


def _joined(lines: Lines, more: Lines) -> list[Bullet]:
    there = {(line.text, line.papers) for line in lines}
    return [*lines, *(line for line in more if (line.text, line.papers) not in there)]
