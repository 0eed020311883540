"""What Hugging Face's daily list says, and what of it is believed."""

import datetime as dt
import json

import httpx
import pytest

from digests.sources import huggingface
from newsletter.http import FetchFailed
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 11, 22)
# The shape of a recorded answer, with words of our own: fields that nobody reads are left standing.
ROW = {
    "paper": {
        "id": "2411.10958",
        "authors": [
            {"_id": "a1", "name": "Ada Example", "hidden": False},
            {"_id": "a2", "name": "Bo Sample", "hidden": True},
        ],
        "publishedAt": "2024-11-17T04:35:49.000Z",
        "title": "Quick\n  Attention",
        "summary": "We make attention quick.\n",
        "upvotes": 51,
        "discussionId": "d1",
        "ai_summary": "Not read",
        "ai_keywords": ["not", "read"],
    },
    "publishedAt": "2024-11-21T00:00:00.000Z",
    "title": "Outer title",
    "summary": "Outer abstract",
    "thumbnail": "https://cdn.example/x.png",
    "numComments": 2,
}


def row(**paper):
    return {**ROW, "paper": {**ROW["paper"], **paper}}


def parse(*rows):
    return huggingface.parse(json.dumps(rows))


def test_a_listing_carries_what_the_list_says_of_the_paper():
    [listing] = parse(ROW)
    assert (listing.arxiv_id, listing.rank, listing.votes) == ("2411.10958", 1, 51)
    assert (listing.title, listing.abstract) == ("Quick\n  Attention", "We make attention quick.\n")
    assert listing.authors == ("Ada Example", "Bo Sample")
    assert listing.published_at == "2024-11-17T04:35:49.000Z"


def test_papers_stand_by_their_votes_whatever_order_they_come_in():
    listings = parse(row(id="2411.00001", upvotes=3), row(id="2411.00002", upvotes=30), row(id="2411.00003", upvotes=3))
    assert [listing.arxiv_id for listing in listings] == ["2411.00002", "2411.00001", "2411.00003"]
    assert [listing.rank for listing in listings] == [1, 2, 3]


def test_of_a_paper_listed_twice_the_first_counts_and_it_is_logged(caplog):
    listings = parse(
        row(title="First"), row(id="2411.00002", upvotes=60), row(id="2411.10958v2", title="Second", upvotes=0)
    )
    assert [(each.arxiv_id, each.title, each.votes, each.rank) for each in listings] == [
        ("2411.00002", "Quick\n  Attention", 60, 1),
        ("2411.10958", "First", 51, 2),
    ]
    assert "2411.10958 twice" in caplog.text


def test_every_field_but_the_identifier_may_be_missing():
    [listing] = parse({"paper": {"id": "2411.10958v3"}, "title": "Outer title", "summary": "Outer abstract"})
    assert (listing.arxiv_id, listing.title, listing.abstract) == ("2411.10958", "Outer title", "Outer abstract")
    assert (listing.votes, listing.authors, listing.published_at) == (0, (), "")


@pytest.mark.parametrize("votes", [-1, 1_000_000, 10**30, 2.5, True, "many", None, [], float("nan"), float("inf")])
def test_votes_that_are_no_count_are_none(votes):
    assert parse(row(upvotes=votes))[0].votes == 0


@pytest.mark.parametrize(
    "authors", ["none", None, 5, {}, [None, 5, "x", {}, {"name": None}, {"name": ""}, {"name": ["x"]}]]
)
def test_authors_in_another_form_are_no_authors(authors):
    assert parse(row(authors=authors))[0].authors == ()


@pytest.mark.parametrize(
    "stranger",
    [
        None,
        "text",
        7,
        [],
        {},
        {"title": "no paper"},
        {"paper": None},
        {"paper": []},
        row(id="../../x"),
        row(id="530608"),
        row(id=None),
        row(id=2411.10958),
        {"paper": {"id": "2411.00009", "title": " "}, "title": 5},
        {"__proto__": {"a": 1}},
    ],
)
def test_an_entry_that_is_no_paper_on_arxiv_is_passed_over(stranger):
    assert [listing.arxiv_id for listing in parse(stranger, ROW, stranger)] == ["2411.10958"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!DOCTYPE html><title>Error</title>",
        '{"error": "Internal Error"}',
        "null",
        '"text"',
        '[{"paper": {"id": "2411.10958", "ti',
        "[" * 100_000,
        "9" * 5_000,
        "[" + "9" * 5_000 + "]",
        '[{"paper": {"id": "nothing like it"}}]',
        "\ud800",
        "[]\0",
    ],
)
def test_anything_but_a_list_of_papers_is_a_failure_in_a_sentence(text):
    with pytest.raises(FetchFailed, match=r"^Hugging Face sent .*\.$"):
        huggingface.parse(text)


def test_numbers_beyond_json_are_read_without_harm():
    text = json.dumps([ROW]).replace('"upvotes": 51', '"upvotes": NaN')
    assert huggingface.parse(text)[0].votes == 0


def test_an_empty_list_is_a_day_without_papers():
    assert huggingface.parse("[]") == []


def test_no_more_papers_are_read_than_one_call_returns():
    assert len(parse(*(row(id=f"2411.{n:05d}") for n in range(1, 500)))) == huggingface.MOST_LISTINGS


def test_the_day_is_asked_for_by_its_date(sources, settings):
    settings.HUGGINGFACE_URL = "https://hub.example"
    sources.add(FakePaper("2411.00001", "A paper"))
    assert [listing.title for listing in huggingface.fetch(DAY)] == ["A paper"]
    assert str(sources.calls[0].url) == "https://hub.example/api/daily_papers?date=2024-11-22&limit=100"


def test_half_an_answer_is_asked_for_again(sources):
    sources.add(FakePaper("2411.00001", "A paper"))
    right = sources.daily_papers

    def first_half(request):
        whole = right(request)
        return (
            whole if len(sources.calls) > 1 else httpx.Response(200, content=whole.content[: len(whole.content) // 2])
        )

    sources.broken["huggingface"] = first_half
    assert len(huggingface.fetch(DAY)) == 1
    assert len(sources.calls) == 2


def test_a_refusal_is_a_failure(sources):
    sources.broken["huggingface"] = lambda _: httpx.Response(400, json={"error": "date is in the future"})
    with pytest.raises(FetchFailed, match="status 400"):
        huggingface.fetch(DAY)
