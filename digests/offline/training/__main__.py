"""Learn `digests/offline/word_weights.json` from papers that were sorted by hand.

    python -m digests.offline.training PAPERS.jsonl.gz [MORE.jsonl …]

The papers' texts come from the files, one JSON object a line with "id", "title" and "abstract". How they were sorted
stands in `sorted_papers.tsv`: id, category, further categories that would do. It is a multinomial logistic regression:
each paper shares itself out among its categories, rare categories count as much as common ones. numpy, which comes with
matplotlib, is needed here and nowhere else.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digests.offline.classifier import read_terms
from digests.offline.word_model import WEIGHTS, Features, features

SORTED = Path(__file__).with_name("sorted_papers.tsv")
Vector = NDArray[np.float64]
FEWEST_PAPERS = 3  # that use a term
MOST_TERMS = 2000
UNIT = 0.25  # weights are stored as whole steps of this size
PRIMARY_SHARE = 0.75
PENALTY = 0.03
ROUNDS, MEMORY = 150, 8


class Sorted(NamedTuple):
    """A paper's text, its category, and the others that would do."""

    title: str
    abstract: str
    primary: str
    acceptable: list[str]


def main(paths: list[str]) -> None:
    """Train on the sorted papers whose texts the files have, and write the weights."""
    papers = sorted_papers(paths)
    found = [features(*read_terms(paper.title, paper.abstract)) for paper in papers]
    slugs = sorted({slug for paper in papers for slug in [paper.primary, *paper.acceptable]})
    shares = np.array([shares_of(paper, slugs) for paper in papers])
    use = Counter(term for each in found for term in each)
    terms = sorted(term for term, count in use.items() if count >= FEWEST_PAPERS)
    weights, _ = fit(matrix(found, terms), shares)
    weightiest = np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:MOST_TERMS]
    terms = sorted(terms[place] for place in weightiest)
    weights, start = fit(matrix(found, terms), shares)
    WEIGHTS.write_text(stored(slugs, terms, weights, start), encoding="utf-8")
    print(f"{len(papers)} papers, {len(terms)} terms, {WEIGHTS.stat().st_size:,} bytes in {WEIGHTS}")


def sorted_papers(paths: list[str]) -> list[Sorted]:
    """The sorted papers that the files have texts of, in the order of their ids. Raises SystemExit without any."""
    texts = {}
    for path in paths:
        raw = Path(path).read_bytes()
        lines = (gzip.decompress(raw) if path.endswith(".gz") else raw).splitlines()
        texts.update({row["id"]: row for row in map(json.loads, filter(None, lines))})
    papers = []
    for line in SORTED.read_text(encoding="utf-8").splitlines():
        id_, primary, acceptable = line.split("\t")
        if id_ in texts:
            papers.append(Sorted(texts[id_]["title"], texts[id_]["abstract"], primary, acceptable.split()))
    return papers or sys.exit("None of the sorted papers is in these files.")


def shares_of(paper: Sorted, slugs: list[str]) -> list[float]:
    """How the paper is shared out among the categories."""
    share = dict.fromkeys(paper.acceptable, (1 - PRIMARY_SHARE) / max(len(paper.acceptable), 1))
    share[paper.primary] = PRIMARY_SHARE if paper.acceptable else 1.0
    return [share.get(slug, 0.0) for slug in slugs]


def matrix(found: list[Features], terms: list[str]) -> Vector:
    """One row of length 1 for each paper."""
    column = {term: place for place, term in enumerate(terms)}
    rows = np.zeros((len(found), len(terms)))
    for row, each in zip(rows, found, strict=True):
        for term, value in each.items():
            if term in column:
                row[column[term]] = value
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def fit(rows: Vector, shares: Vector) -> tuple[Vector, Vector]:
    """The weights (terms × categories) and the starts (categories) that explain the shares best."""
    papers, terms = rows.shape
    categories = shares.shape[1]
    rarity = papers / categories / shares.sum(axis=0)
    counts = (shares * rarity).sum(axis=1, keepdims=True)
    counts /= counts.mean()

    def loss_and_slope(flat: Vector) -> tuple[float, Vector]:
        weights, start = flat[:-categories].reshape(terms, categories), flat[-categories:]
        scores = rows @ weights + start
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        loss = -(counts * shares * np.log(chances + 1e-12)).sum() + PENALTY / 2 * (weights**2).sum()
        error = counts * (chances - shares)
        return float(loss), np.concatenate([(rows.T @ error + PENALTY * weights).ravel(), error.sum(axis=0)])

    best = lowest(loss_and_slope, np.zeros(terms * categories + categories))
    return best[:-categories].reshape(terms, categories), best[-categories:]


def lowest(loss_and_slope: Callable[[Vector], tuple[float, Vector]], place: Vector) -> Vector:
    """Go downhill by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithm 7.4) with a halving step."""
    steps: list[tuple[Vector, Vector]] = []
    loss, slope = loss_and_slope(place)
    for _ in range(ROUNDS):
        direction = -_turned(slope, steps)
        length = 1.0
        while True:
            new_loss, new_slope = loss_and_slope(place + length * direction)
            if new_loss <= loss + 1e-4 * length * float(slope @ direction) or length < 1e-8:
                break
            length /= 2
        step, bend = length * direction, new_slope - slope
        steps = [*steps, (step, bend)][-MEMORY:] if step @ bend > 1e-10 else steps
        place, gained = place + step, loss - new_loss
        loss, slope = new_loss, new_slope
        if gained < 1e-6 * abs(loss):
            break
    return place


def _turned(slope: Vector, steps: list[tuple[Vector, Vector]]) -> Vector:
    turned = slope.copy()
    parts = []
    for step, bend in reversed(steps):
        part = float(step @ turned) / float(step @ bend)
        parts.append(part)
        turned -= part * bend
    if steps:
        step, bend = steps[-1]
        turned *= float(step @ bend) / float(bend @ bend)
    else:
        turned /= max(1.0, float(np.abs(slope).sum()))
    for (step, bend), part in zip(steps, reversed(parts), strict=True):
        turned += step * (part - float(bend @ turned) / float(step @ bend))
    return turned


def stored(slugs: list[str], terms: list[str], weights: Vector, start: Vector) -> str:
    """The model as JSON: for each term its categories' places and whole steps, in turn; nought is left out."""
    whole = np.rint(weights / UNIT).astype(int)
    table = {
        term: [int(number) for place in np.flatnonzero(row) for number in (place, row[place])]
        for term, row in zip(terms, whole, strict=True)
        if row.any()
    }
    lines = ",\n".join(
        f"{json.dumps(term)}:{json.dumps(pairs, separators=(',', ':'))}" for term, pairs in table.items()
    )
    head = json.dumps({"categories": slugs, "unit": UNIT, "start": [round(float(s), 3) for s in start]})
    return f'{head[:-1]}, "terms": {{\n{lines}\n}}}}\n'


if __name__ == "__main__":
    main(sys.argv[1:])
