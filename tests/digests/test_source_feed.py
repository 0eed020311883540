"""arXiv's daily feed: everything that was announced, each kind told from the others."""

import datetime as dt

import httpx
import pytest

from digests.sources import arxiv_feed
from newsletter.http import FetchFailed
from tests.fakes import FakePaper

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 11, 22)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:arxiv="http://arxiv.org/schemas/atom"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>cs.AI updates on arXiv.org</title>'
    "<pubDate>Fri, 22 Nov 2024 00:00:00 -0500</pubDate><skipDays><day>Sunday</day></skipDays>"
)


def feed(*items):
    return f"{HEAD}{''.join(items)}</channel></rss>"


def item(number=1, kind="new", **parts):
    given = {
        "title": f"<title>Paper {number}</title>",
        "link": f"<link>https://arxiv.org/abs/2411.{number:05d}</link>",
        "description": f"<description>arXiv:2411.{number:05d}v2 Announce Type: {kind} \nAbstract: We do. Abstract: more.</description>",
        "guid": f'<guid isPermaLink="false">oai:arXiv.org:2411.{number:05d}v2</guid>',
        "category": "<category>cs.CL</category><category>68T50</category><category>cs.AI</category>",
        "announced": f"<arxiv:announce_type>{kind}</arxiv:announce_type>",
        "creator": "<dc:creator>Andr\\'e Example, Bo Sample (Lab A, Seoul), C. Third</dc:creator>",
    }
    return f"<item>{''.join((given | parts).values())}</item>"


def parse(*items):
    return arxiv_feed.parse(feed(*items))[1]


@pytest.fixture
def feeds(sources, settings):
    settings.ARXIV_RSS_URL, settings.ARXIV_CATEGORIES = "https://feeds.example", ["cs.AI", "q-bio.NC"]
    return sources


# ---- what is read


def test_an_announcement_is_read_whole():
    [listing] = parse(item())
    assert (listing.arxiv_id, listing.version, listing.title, listing.rank) == ("2411.00001", 2, "Paper 1", 1)
    assert listing.abstract == "We do. Abstract: more."
    assert listing.authors == ("Andr\\'e Example", "Bo Sample (Lab A, Seoul)", "C. Third")
    assert listing.categories == ("cs.CL", "cs.AI")
    assert (listing.announced, listing.votes, listing.is_replacement) == ("new", None, False)


@pytest.mark.parametrize(
    ("kind", "is_replacement"), [("new", False), ("cross", False), ("replace", True), ("replace-cross", True)]
)
def test_the_four_kinds_of_announcement_are_told_apart(kind, is_replacement):
    [listing] = parse(item(kind=kind))
    assert (listing.announced, listing.is_replacement) == (kind, is_replacement)


def test_the_feed_says_of_which_day_it_is():
    assert arxiv_feed.parse(feed())[0] == DAY


@pytest.mark.parametrize("stamp", ["", "yesterday", "Fri, 32 Nov 2024 00:00:00 -0500", "9" * 5000])
def test_a_feed_without_a_date_is_read_all_the_same(stamp):
    text = feed(item()).replace("Fri, 22 Nov 2024 00:00:00 -0500", stamp)
    day, listings = arxiv_feed.parse(text)
    assert (day, len(listings)) == (None, 1)


@pytest.mark.parametrize(
    "parts",
    [
        {"guid": "", "link": ""},
        {"guid": "<guid>../../x</guid>", "link": "<link>https://arxiv.org.evil.example/abs/2411.00001</link>"},
        {"title": ""},
        {"title": "<title>  </title>"},
        {"announced": ""},
        {"announced": "<arxiv:announce_type>retracted</arxiv:announce_type>"},
    ],
)
def test_an_entry_that_is_no_announcement_of_a_paper_is_passed_over(parts):
    assert [listing.arxiv_id for listing in parse(item(1, **parts), item(2))] == ["2411.00002"]


def test_an_identifier_is_found_in_the_link_where_the_guid_has_none():
    assert parse(item(guid="<guid>x</guid>"))[0].arxiv_id == "2411.00001"


def test_an_announcement_of_few_words_is_read():
    [listing] = parse(item(description="<description/>", creator="", category="", title="<title>0</title>"))
    assert (listing.title, listing.abstract, listing.authors, listing.categories) == ("0", "", (), ())


def test_of_a_paper_announced_twice_the_first_counts_and_it_is_logged(caplog):
    listings = parse(item(), item(title="<title>Another</title>"))
    assert [listing.title for listing in listings] == ["Paper 1"]
    assert "2411.00001 twice" in caplog.text


def test_no_more_is_read_than_arxiv_ever_announces():
    assert len(parse(*(item(number) for number in range(1, 2100)))) == arxiv_feed.MOST_LISTINGS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!DOCTYPE html><title>Error</title>",
        "<html><body><br></body></html>",
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        feed(item())[:300],
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><channel><title>&x;</title></channel></rss>',
        '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>',
        feed(item(title="<title>\x0b</title>")),
        "[]",
    ],
)
def test_anything_but_a_feed_is_a_failure_in_a_sentence(text):
    with pytest.raises(FetchFailed, match=r"^arXiv sent something that is not an RSS feed\.$"):
        arxiv_feed.parse(text)


def test_a_feed_without_a_channel_announces_nothing():
    assert arxiv_feed.parse("<rss/>") == (None, [])


# ---- what is asked for


def test_the_chosen_categories_are_asked_for_in_one_call(feeds):
    feeds.add(FakePaper("2411.00001", "Announced"), daily=False)
    feeds.feed = {"2411.00001": "new"}
    assert [listing.title for listing in arxiv_feed.fetch(DAY)] == ["Announced"]
    assert str(feeds.calls[0].url) == "https://feeds.example/rss/cs.AI+q-bio.NC"
    assert len(feeds.naps) == 1, "it takes its turn among the calls to arXiv"


def test_without_categories_nothing_is_asked(sources):
    assert arxiv_feed.fetch(DAY) is None
    assert sources.calls == []


@pytest.mark.parametrize(("feed_day", "is_listed"), [(0, True), (-1, True), (-3, True), (1, False), (700, False)])
def test_a_feed_that_is_at_a_later_day_says_nothing_of_this_one(feeds, feed_day, is_listed):
    feeds.feed_day = DAY + dt.timedelta(days=feed_day)
    assert (arxiv_feed.fetch(DAY) is not None) == is_listed


def test_a_feed_that_did_not_change_is_not_sent_again(feeds):
    feeds.add(FakePaper("2411.00001", "Announced"), daily=False)
    feeds.feed = {"2411.00001": "new"}
    whole = feeds.announcements

    def with_version(request):
        if request.headers.get("if-none-match") == '"v1"':
            return httpx.Response(304)
        answer = whole(request)
        answer.headers["ETag"] = '"v1"'
        return answer

    feeds.broken["feed"] = with_version
    assert arxiv_feed.fetch(DAY) == arxiv_feed.fetch(DAY)
    assert [call.headers.get("if-none-match") for call in feeds.calls] == [None, '"v1"']


def test_a_broken_feed_is_never_the_version_that_is_known(feeds):
    feeds.broken["feed"] = lambda _: httpx.Response(200, text="<rss>", headers={"ETag": '"v1"'})
    with pytest.raises(FetchFailed):
        arxiv_feed.fetch(DAY)
    assert all("if-none-match" not in call.headers for call in feeds.calls)
