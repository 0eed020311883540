"""The bundled sample day must be fit to stand in for the paper sources of a demo."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[2] / "digests" / "sample" / "2024-11-22.json"
ARXIV_ID = re.compile(r"\d{2}(0[1-9]|1[0-2])\.\d{5}")
ARXIV_CATEGORY = re.compile(r"[a-z-]+(\.[A-Za-z-]+)?")
ADDRESS = re.compile(r"https?:|www\.|\b[\w-]+\.(com|org|io|net)\b", re.IGNORECASE)

DAY: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
PAPERS: list[dict[str, Any]] = DAY["papers"]

each_paper = pytest.mark.parametrize("paper", PAPERS, ids=[paper["arxiv_id"] for paper in PAPERS])


def test_sample_day_is_named_after_its_file_and_says_that_abstracts_are_rewritten() -> None:
    assert DAY["day"] == SAMPLE.stem
    assert "rewritten" in DAY["note"]


def test_sample_day_has_enough_papers_for_a_digest() -> None:
    assert len(PAPERS) >= 15


def test_sample_day_lists_no_paper_twice() -> None:
    arxiv_ids = [paper["arxiv_id"] for paper in PAPERS]
    assert len(set(arxiv_ids)) == len(arxiv_ids)


@pytest.mark.parametrize("source", ["huggingface", "deeplearn"])
def test_papers_of_each_source_are_ranked_from_one_without_gaps(source: str) -> None:
    ranks = [paper["rank"] for paper in PAPERS if paper["source"] == source]
    assert ranks, f"no paper comes from {source}"
    assert ranks == list(range(1, len(ranks) + 1))


def test_sample_day_covers_several_fields() -> None:
    assert len({paper["primary_category"] for paper in PAPERS}) >= 4


@each_paper
def test_every_paper_has_a_well_formed_arxiv_id_and_version(paper: dict[str, Any]) -> None:
    assert ARXIV_ID.fullmatch(paper["arxiv_id"])
    assert paper["version"] >= 1


@each_paper
def test_every_title_is_one_line_without_double_spaces(paper: dict[str, Any]) -> None:
    assert paper["title"]
    assert paper["title"] == " ".join(paper["title"].split())


@each_paper
def test_every_abstract_is_long_enough_to_summarise_and_holds_no_address(paper: dict[str, Any]) -> None:
    assert len(paper["abstract"].split()) >= 60
    assert not ADDRESS.search(paper["abstract"])


@each_paper
def test_every_paper_names_its_authors(paper: dict[str, Any]) -> None:
    assert paper["authors"]
    assert all(author.strip() for author in paper["authors"])


@each_paper
def test_every_date_has_a_zone_and_lies_before_the_end_of_the_day(paper: dict[str, Any]) -> None:
    published = datetime.fromisoformat(paper["published"])
    updated = datetime.fromisoformat(paper["updated"] or paper["published"])
    assert published.tzinfo and updated.tzinfo
    assert published <= updated
    assert updated.date().isoformat() <= DAY["day"]


@each_paper
def test_every_primary_category_is_among_the_categories_of_its_paper(paper: dict[str, Any]) -> None:
    assert paper["primary_category"] in paper["categories"]
    assert all(ARXIV_CATEGORY.fullmatch(category) for category in paper["categories"])


@each_paper
def test_votes_are_a_count_or_unknown(paper: dict[str, Any]) -> None:
    assert paper["votes"] is None or paper["votes"] >= 0
    assert (paper["votes"] is not None) == (paper["source"] == "huggingface")
