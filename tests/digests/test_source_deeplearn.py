"""What deeplearn.org's home page says is hot."""

import datetime as dt

import httpx
import pytest

from digests.sources import deeplearn
from newsletter.http import FetchFailed
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 11, 22)


def paper(title, address="/arxiv/548075/tips:-a-slug"):
    return f'<div class="post"><div class="title"><a href="{address}" target="_blank">{title}</a></div></div>'


def panel(heading, *papers):
    head = f'<div class="panel-heading"><h3 class="panel-title">{heading}</h3></div>'
    return f'<div class="panel panel-default">{head}<div class="panel-body">{"".join(papers)}</div></div>'


def page(*panels):
    return f"<!DOCTYPE html><html><body><div class=column>{''.join(panels)}</div></body></html>"


def titles(text):
    return [listing.title for listing in deeplearn.parse(text)]


def test_hot_papers_are_listed_in_their_order_and_other_panels_are_not():
    text = page(
        panel("Fresh Papers", paper("Not hot")),
        panel(" Hot Papers\n", paper("First: a <i>paper</i>"), paper("Second &amp; last")),
        panel("Links", paper("Not hot either")),
    )
    assert [(each.rank, each.title) for each in deeplearn.parse(text)] == [(1, "First: a paper"), (2, "Second & last")]


def test_the_sites_own_numbers_are_never_taken_for_arxiv_identifiers():
    [listing] = deeplearn.parse(page(panel("Hot Papers", paper("A paper", "/arxiv/2411.10958/slug"))))
    assert listing.arxiv_id is None
    assert (listing.abstract, listing.votes) == ("", None)


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("<b>Deep</b> <span>nets</span>", "Deep nets"),
        ("E<sup>2</sup> nets", "E2 nets"),
        ("  two\n   lines ", "two lines"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
    ],
)
def test_a_title_is_read_as_the_page_shows_it(title, read):
    assert titles(page(panel("Hot Papers", paper(title)))) == [read]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "/about",
        "//evil.example/x",
        "http://[x/y",
        "http://[::1]]/z",
        "",
        "/nips/1/x",
        "arxiv/1/x",
    ],
)
def test_a_link_elsewhere_is_no_paper(address):
    assert titles(page(panel("Hot Papers", paper("Elsewhere", address), paper("A paper")))) == ["A paper"]


def test_papers_are_found_by_whole_addresses_too():
    assert titles(page(panel("Hot Papers", paper("A paper", "https://deeplearn.org/arxiv/1/x")))) == ["A paper"]


def test_a_title_listed_twice_counts_once_and_takes_no_place():
    text = page(panel("Hot Papers", *[paper("Same")] * 40, paper("Other"), paper(" ")))
    assert [(each.rank, each.title) for each in deeplearn.parse(text)] == [(1, "Same"), (2, "Other")]


def test_no_more_than_thirty_papers_are_hot():
    assert len(titles(page(panel("Hot Papers", *(paper(f"Paper {n}") for n in range(99)))))) == deeplearn.MOST_LISTINGS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text",
        "\0\ud800",
        "<?xml version='1.0'?><feed/>",
        page(),
        page(panel("Fresh Papers", paper("Not hot"))),
        page(panel("Hot Papers")),
        page(panel("Hot Papers", paper(""))),
        page(panel("Hot Papers", paper("Elsewhere", "/about"))),
        '<div class="panel">' * 3_000,
    ],
)
def test_a_page_without_hot_papers_is_a_failure_in_a_sentence(text):
    with pytest.raises(FetchFailed, match=r"deeplearn\.org .*\.$"):
        deeplearn.parse(text)


def test_a_page_with_tags_without_end_is_refused_before_it_is_read():
    # 200,000 tags inside each other took the parser a minute and a half.
    with pytest.raises(FetchFailed, match="far larger"):
        deeplearn.parse("<div>" * 1_000_000)


def test_the_home_page_is_asked_for(sources, settings):
    settings.DEEPLEARN_URL = "https://hot.example"
    sources.add(FakePaper("2411.00001", "Hot <matter>"), daily=False, hot=True)
    assert [listing.title for listing in deeplearn.fetch(DAY)] == ["Hot <matter>"]
    assert str(sources.calls[0].url) == "https://hot.example/"


def test_a_dead_site_is_a_failure(sources):
    sources.broken["deeplearn"] = lambda _: httpx.Response(404)
    with pytest.raises(FetchFailed, match="404"):
        deeplearn.fetch(DAY)
