"""The recorded weeks of the real sources, one day after another: what each day is, and that nothing comes twice."""

import datetime as dt
import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from digests.build import NoDigest, build_digest
from digests.models import Consideration, DayReport, Entry
from tests.fakes import FakePaper, FakeSources

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2024, 10, 1), dt.date(2024, 10, 27)
STUCK, EMPTY, DEAD = dt.date(2024, 10, 8), dt.date(2024, 10, 16), dt.date(2024, 10, 24)
MOST_ARXIV_CALLS = 5


@pytest.fixture
def recorded(sources, settings, monkeypatch):
    """The recorded lists behind httpx. Digests are drafted, not written."""
    folder = os.environ.get("RECORDED_DATA")
    if not folder:
        pytest.skip("RECORDED_DATA names no folder: recorded answers are not part of this repository")
    settings.ARXIV_CATEGORIES, settings.DIGEST_LANGUAGES = ["cs.AI", "cs.CL", "cs.CV", "cs.LG"], ["en"]
    monkeypatch.setattr("digests.build._finish", lambda built, *rest: built.digest.advance("draft"))
    return Recorded(sources, Path(folder) / "world" / "data")


class Recorded:
    """The recorded sources, standing at one day after another."""

    def __init__(self, sources: FakeSources, folder: Path) -> None:
        self.sources = sources
        self.announced: dict[str, list[str]] = {}
        with gzip.open(folder / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                names = tuple(each if isinstance(each, str) else each[0] for each in row["authors"])
                sources.papers[row["id"]] = FakePaper(
                    row["id"], row["title"], row["abstract"], 0, tuple(row["categories"]), names, row["version"]
                )
                self.announced.setdefault(row["announced"], []).append(row["id"])
        for path in sorted((folder / "hf").iterdir()):
            opened = gzip.open if path.suffix == ".gz" else open
            with opened(path, "rt", encoding="utf-8") as file:
                listed = [row["paper"] for row in json.load(file)]
            sources.lists[path.name[:10]] = [paper["id"] for paper in listed]
            for paper in listed:
                sources.papers[paper["id"]].votes = paper["upvotes"]
        hot = json.loads((folder / "deeplearn.json").read_text(encoding="utf-8"))
        self.hot_days, known = hot["days"], {paper.title: paper.id for paper in sources.papers.values()}
        self.hot_titles = {number: paper["title"] for number, paper in hot["papers"].items()}
        for number, title in self.hot_titles.items():
            if title not in known:  # arXiv does not know these
                sources.papers[f"hot {number}"] = FakePaper(f"hot {number}", title)
        self.hot_ids = {number: known.get(title, f"hot {number}") for number, title in self.hot_titles.items()}

    def stand_at(self, day: dt.date, shown: dt.date | None = None) -> None:
        """Show the lists of `shown` when asked on `day`."""
        seen = shown or day
        if shown:
            self.sources.lists[day.isoformat()] = self.sources.lists.get(shown.isoformat(), [])
        past = [d for d in sorted(self.hot_days, reverse=True) if d <= seen.isoformat()]
        numbers = dict.fromkeys(str(number) for d in past for number in self.hot_days[d])
        self.sources.hot = [self.hot_ids[number] for number in list(numbers)[:18]]
        self.sources.feed = dict.fromkeys(self.announced.get(seen.isoformat(), []), "new")
        self.sources.feed_day = seen

    def go_silent(self, day: dt.date) -> None:
        """Show well-formed lists without entries."""
        self.sources.lists[day.isoformat()] = []
        self.sources.feed, self.sources.hot = {}, []


def state_of(day: dt.date) -> str:
    try:
        build_digest(day)
    except NoDigest as error:
        return error.state
    return "fresh"


def test_the_recorded_weeks_give_each_day_its_state_and_no_paper_twice(recorded):
    sources, day = recorded.sources, FIRST
    told: dict[dt.date, list[str]] = {}
    most = 0
    while day <= LAST:
        sources.calls.clear()
        if day in (STUCK, EMPTY, DEAD):
            right = dict(sources.lists)
            if day == STUCK:
                recorded.stand_at(day, shown=day - dt.timedelta(days=1))
            elif day == EMPTY:
                recorded.go_silent(day)
            else:
                sources.break_all()
            told[day] = [state_of(day)]
            sources.lists, sources.broken = right, {}
            sources.calls.clear()
        recorded.stand_at(day)
        told.setdefault(day, []).append(state_of(day))
        most = max(most, len(sources.asked("arxiv")) + len(sources.asked("feed")))
        day += dt.timedelta(days=1)
    expected = {d: ["fresh" if d.weekday() < 5 else "quiet"] for d in told}
    expected |= {STUCK: ["stalled", "fresh"], EMPTY: ["failed", "fresh"], DEAD: ["failed", "fresh"]}
    assert told == expected
    assert most <= MOST_ARXIV_CALLS
    times = Counter(Entry.objects.values_list("paper__arxiv_id", flat=True))
    assert (len(times) > 200, max(times.values())) == (True, 1)
    assert not Entry.objects.filter(is_late=True).exists(), "recorded votes do not change"
    assert not Consideration.objects.filter(reason="").exists()
    assert DayReport.objects.count() == (LAST - FIRST).days + 1
