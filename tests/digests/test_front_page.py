"""The front page with its list of digests, and what holds for every page."""

import pytest

from tests.digests.pages import days_ago, page_of, words
from tests.factories import DAY, make_approved, make_reader

pytestmark = pytest.mark.django_db


# ---- the front page


def test_the_front_page_shows_the_latest_digest_and_lists_the_older_ones(client):
    for ago in range(3):
        make_approved(day=days_ago(ago))
    _response, page = page_of(client, "/")
    assert page.css_first("#latest-name a").attributes["href"] == f"/{DAY}/"
    assert [link.attributes["href"] for link in page.css(".older li a")] == [f"/{days_ago(1)}/", f"/{days_ago(2)}/"]
    assert "2 papers · LLM 1 · Computer Vision 1" in words(page)


def test_older_digests_come_thirty_a_page(client):
    for ago in range(33):
        make_approved(day=days_ago(ago), sections=["llm"])
    _response, first = page_of(client, "/")
    _response, second = page_of(client, "/?page=2")
    listed = [link.attributes["href"] for page in (first, second) for link in page.css(".older li a")]
    assert listed == [f"/{days_ago(ago)}/" for ago in range(1, 33)]
    assert len(second.css(".older li")) == 2
    assert second.css_first("h1").text() == "Older digests"
    assert second.css_first("link[rel=canonical]").attributes["href"].endswith("/?page=2")


@pytest.mark.parametrize("page", ["0", "-1", "3", "1e9", "x", "'; drop table", "99999999999999999999"])
def test_a_page_that_is_not_there_is_not_found(client, page):
    make_approved()
    assert client.get("/", {"page": page}).status_code == 404


def test_the_front_page_costs_the_same_however_many_digests_there_are(client, django_assert_max_num_queries):
    for ago in range(12):
        make_approved(day=days_ago(ago), sections=["llm"])
    with django_assert_max_num_queries(9):
        client.get("/")


def test_the_archive_knows_no_reader(client):
    make_reader("kim@example.org")
    make_approved()
    for path in ("/", f"/{DAY}/"):
        assert b"kim@" not in client.get(path).content


# ---- every page


def test_the_language_can_be_chosen_without_scripts(client):
    make_approved()
    client.post("/i18n/setlang/", {"language": "en", "next": f"/{DAY}/"}, headers={"accept-language": "ko"})
    _response, page = page_of(client, f"/{DAY}/", "ko")
    assert page.css_first("html").attributes["lang"] == "en"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("path", ["/", f"/{DAY}/", "/subscribe/", "/nothing/", "/unsubscribe/x/", "/confirm/x/"])
def test_pages_are_sound_and_need_nothing_from_elsewhere(client, path, language):
    make_approved()
    response, page = page_of(client, path, language)
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert page.css_first("html").attributes["lang"] == language
    assert len(page.css("h1")) == 1
    assert len(page.css("main")) == 1
    assert page.css_first("title").text().strip()
    assert page.css_first("meta[name=description]").attributes["content"]
    assert len(ids) == len(set(ids))
    assert not page.css("script, style, [style], [onclick]")
    for node in page.css("link[rel=stylesheet], link[rel=icon], img, form"):
        address = node.attributes.get("href") or node.attributes.get("src") or node.attributes.get("action")
        assert address.startswith("/")
    for field in page.css("input:not([type=hidden]), select"):
        assert page.css(f'label[for="{field.attributes["id"]}"]')
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert len(response.content) < 100_000
