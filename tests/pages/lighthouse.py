"""Lighthouse, as on a telephone: one browser and one program for all pages, asked one page after another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.pages.places import Place

LEAST_SCORE, MOST_BYTES, MOST_REQUESTS = 95, 100_000, 6
SCORES = ("performance", "accessibility", "best-practices", "seo")
TRIES = 3
FORGIVEN = {
    "public": {},
    "own": {"seo": {"is-crawlable"}},
    "wrong": {"seo": {"is-crawlable", "http-status-code"}, "best-practices": {"errors-in-console"}},
}
"""What kind of page may fail in which audit: pages of one's own are kept out of search engines on purpose, and a page that says
404 answers 404, which the browser notes as an error."""


class Seen(NamedTuple):
    """One look. `failed`: audits by category; `figures`: milliseconds, bytes, the shift of the layout."""

    scores: dict[str, int]
    figures: dict[str, float]
    requests: list[str]
    nodes: int | None
    failed: dict[str, list[str]]

    def complaints(self, kind: str) -> list[str]:
        """The bars that the page is below."""
        low = [
            f"{name} {self.scores[name]} ({', '.join(left) or 'together'})"
            for name in SCORES
            if self.scores[name] < LEAST_SCORE
            and ((left := sorted(set(self.failed[name]) - FORGIVEN[kind].get(name, set()))) or name == "performance")
        ]
        asked = [url for url in self.requests if not url.startswith("data:")]
        if self.figures["bytes"] > MOST_BYTES:
            low.append(f"{self.figures['bytes']:.0f} bytes")
        if len(asked) > MOST_REQUESTS:
            low.append(f"{len(asked)} requests")
        if len({urlsplit(url).netloc for url in asked}) > 1:
            low.append(f"asks others: {asked}")
        return low


class Lighthouse:
    """The program, ready for the next page."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self.program = program

    def look(self, url: str, language: str) -> Seen:
        """A page in a browser that prefers this language. Raises RuntimeError when it could not be seen."""
        assert self.program.stdin and self.program.stdout
        for _try in range(TRIES):
            self.program.stdin.write(json.dumps({"url": url, "headers": {"Accept-Language": language}}) + "\n")
            self.program.stdin.flush()
            told: dict[str, Any] = json.loads(self.program.stdout.readline() or '{"error": "Lighthouse ended."}')
            if "error" not in told:
                return Seen(**told)
        raise RuntimeError(f"{url}: {told['error']}")

    def again(self, address: str, place: Place, first: Seen) -> Seen:
        """The first look when its performance is above the bar; otherwise the median of it and two more."""
        if first.scores["performance"] >= LEAST_SCORE:
            return first
        others = [self.look(address + place.path, place.language) for _time in range(2)]
        middle = median(seen.scores["performance"] for seen in (first, *others))
        return next(seen for seen in (first, *others) if seen.scores["performance"] == middle)


@contextmanager
def lighthouse(tools: Path, chromium: str, flags: list[str]) -> Iterator[Lighthouse]:
    """Lighthouse out of the folder of tools, until the block ends."""
    script = shutil.copy(Path(__file__).with_suffix(".mjs"), tools)
    program = subprocess.Popen(
        ["node", script, *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CHROME_PATH": chromium},
    )
    try:
        yield Lighthouse(program)
    finally:
        assert program.stdin
        program.stdin.close()
        try:
            program.wait(20)
        except subprocess.TimeoutExpired:
            program.kill()
