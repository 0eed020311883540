"""Feeds of the archive: Atom (RFC 4287) and JSON Feed 1.1."""

import datetime as dt
import json

import pytest
from defusedxml import ElementTree
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser

from digests.approve import approve
from digests.content import hash_of, snapshot
from digests.models import Category, Correction, Digest, Paper, Summary
from tests.digests.pages import days_ago, words
from tests.factories import DAY, make_approved, make_digest, make_editor

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '"><script>alert(1)</script>]]><img src=x onerror=alert(2)>{{ settings.SECRET_KEY }}&amp;'


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = "https://papers.example.org"
    settings.LIST_ID = "papers.example.org"


def atom(client, path="/feed/"):
    """The feed's root element."""
    return ElementTree.fromstring(client.get(path).content)


def text(element, name):
    """What an element's child says."""
    return element.findtext(f"{ATOM}{name}")


def items(client, path="/feed.json"):
    """The items of a JSON feed."""
    return json.loads(client.get(path).content)["items"]


def correct(digest, minutes=90, paper=None, **texts):
    """A published correction, so many minutes after the approval."""
    given = {"text_ko": "수치를 고칩니다.", "text_en": "The figure is 5%."} | texts
    at = digest.approved_at + dt.timedelta(minutes=minutes)
    return Correction.objects.create(
        digest=digest, paper=paper, status="published", published_at=at, made_by=digest.approved_by, **given
    )


# ---- what is in them


def test_atom_has_what_the_standard_asks_of_feed_and_entry(client):
    digest = make_approved()
    feed = atom(client)
    assert feed.tag == f"{ATOM}feed"
    assert feed.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "ko"
    assert text(feed, "id").startswith("tag:papers.example.org,2024:")
    links = {link.attrib["rel"]: link.attrib["href"] for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "alternate": "https://papers.example.org/?language=ko",
        "self": "https://papers.example.org/feed/?language=ko",
    }
    (entry,) = feed.findall(f"{ATOM}entry")
    assert text(entry, "id") == "tag:papers.example.org,2024-11-22:daily/all/ko"
    assert text(entry, "title") == "2024년 11월 22일 금요일"
    assert entry.find(f"{ATOM}link").attrib["href"] == f"https://papers.example.org/{DAY}/?language=ko"
    for name in ("published", "updated"):
        assert dt.datetime.fromisoformat(text(entry, name)) == digest.approved_at
    assert text(feed, "updated") == text(entry, "updated")
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Daily Papers"
    assert entry.find(f"{ATOM}content").attrib["type"] == "html"


def test_json_feed_has_what_the_standard_asks_of_feed_and_item(client):
    digest = make_approved()
    feed = json.loads(client.get("/feed.json?language=en").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://papers.example.org/feed.json?language=en"
    assert feed["home_page_url"] == "https://papers.example.org/?language=en"
    assert feed["language"] == "en"
    (item,) = feed["items"]
    assert item["id"] == "tag:papers.example.org,2024-11-22:daily/all/en"
    assert dt.datetime.fromisoformat(item["date_published"]) == digest.approved_at
    assert item["tags"] == ["LLM", "Computer Vision"]


@pytest.mark.parametrize(
    ("language", "heading", "said"), [("ko", "핵심 내용", "논문을 소개한다"), ("en", "Key points", "About a")]
)
def test_an_entry_has_the_whole_digest_in_the_feeds_language(client, language, heading, said):
    digest = make_approved()
    html = text(atom(client, f"/feed/?language={language}").find(f"{ATOM}entry"), "content")
    page = LexborHTMLParser(html)
    for section in digest.approved_content["sections"]:
        assert section["papers"][0]["title"] in words(page)
    assert html == items(client, f"/feed.json?language={language}")[0]["content_html"]
    assert heading in html and said in html
    for link in page.css("a, img"):
        assert (link.attributes.get("href") or link.attributes["src"]).startswith("https://"), (
            "readers know no other base"
        )


def test_a_categorys_feed_has_its_section_and_no_other(client):
    make_approved()
    make_approved(day=days_ago(1), sections=["audio"])
    feed = atom(client, "/feed/llm/?language=en")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert text(feed, "title") == "Daily Papers – LLM"
    assert text(entry, "id") == "tag:papers.example.org,2024-11-22:daily/llm/en"
    assert entry.find(f"{ATOM}link").attrib["href"].endswith(f"/{DAY}/?language=en#llm")
    assert "About a llm paper" in text(entry, "content")
    assert "computer-vision" not in text(entry, "content")
    assert [item["title"] for item in items(client, "/feed/llm.json?language=en")] == [text(entry, "title")]


@pytest.mark.parametrize("path", ["/feed/astrology/", "/feed/astrology.json", "/feed/..%2f/", "/feed/llm.xml"])
def test_a_feed_of_nothing_is_not_found(client, path):
    make_approved()
    assert client.get(path).status_code == 404


def test_a_feed_has_the_latest_ten_digests_and_no_draft(client):
    for ago in range(1, 13):
        make_approved(day=days_ago(ago), sections=["llm"])
    make_digest()
    days = [item["id"] for item in items(client)]
    assert len(days) == 10
    assert days[0] == f"tag:papers.example.org,{days_ago(1)}:daily/all/ko"


def test_an_empty_archive_has_a_valid_feed(client):
    assert atom(client).findall(f"{ATOM}entry") == []
    assert items(client) == []


def test_a_correction_comes_first_in_the_entry_and_moves_its_date(client):
    digest = make_approved()
    before = atom(client).find(f"{ATOM}entry")
    correction = correct(digest)
    after = atom(client).find(f"{ATOM}entry")
    assert text(after, "id") == text(before, "id")
    assert text(after, "published") == text(before, "published")
    assert dt.datetime.fromisoformat(text(after, "updated")) == correction.published_at
    assert words(LexborHTMLParser(text(after, "content"))).startswith("수정됨 ")
    assert "수치를 고칩니다." in text(after, "content")


def test_a_categorys_feed_has_the_corrections_of_its_own_papers_only(client):
    digest = make_approved()
    correct(digest, paper=Paper.objects.get(category__slug="llm"))
    assert "수치를 고칩니다." in items(client, "/feed/llm.json")[0]["content_html"]
    assert "수치를 고칩니다." not in items(client, "/feed/computer-vision.json")[0]["content_html"]


def test_a_draft_of_a_correction_is_not_told(client):
    digest = make_approved()
    Correction.objects.create(digest=digest, text_ko="아직", made_by=digest.approved_by)
    assert "아직" not in client.get("/feed/").content.decode()


# ---- untrusted text


def test_text_from_outside_is_escaped_in_every_layer(client):
    digest = make_digest(sections=["llm"])
    Paper.objects.update(title=HOSTILE, authors=[HOSTILE])
    Category.objects.filter(slug="llm").update(name_ko=HOSTILE[:60], name_en=HOSTILE[:60])
    arxiv_id = Paper.objects.get().arxiv_id
    bullet = [{"text": f"{HOSTILE}\x0b\ufffe", "papers": [arxiv_id], "sentences": []}]
    Summary.objects.update(parts={"impact": bullet}, one_liners=bullet, written_by=HOSTILE[:80])
    assert approve(digest, make_editor(), hash_of(snapshot(digest)))
    for html in (text(atom(client).find(f"{ATOM}entry"), "content"), items(client)[0]["content_html"]):
        page = LexborHTMLParser(html)
        assert not page.css("script, img, [onerror]")
        assert HOSTILE in page.text()
    assert b"<script" not in client.get("/feed/").content


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/feed/", "application/atom+xml; charset=utf-8"), ("/feed.json", "application/feed+json; charset=utf-8")],
)
def test_a_feed_says_what_it_is_and_may_not_be_taken_for_anything_else(client, path, kind):
    make_approved()
    response = client.get(path)
    assert response["Content-Type"] == kind
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


# ---- asking again


@pytest.mark.parametrize("path", ["/feed/", "/feed.json", "/feed/llm/", "/feed/llm.json"])
def test_who_asks_again_is_told_that_nothing_changed(client, path):
    make_approved()
    first = client.get(path)
    assert "max-age=300" in first["Cache-Control"] and "public" in first["Cache-Control"]
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path)["ETag"] == first["ETag"]
    assert client.get(path, {"language": "en"}, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_whatever_changes_a_feed_changes_its_tag(client):
    digest = make_approved()
    tags = [client.get("/feed/")["ETag"]]
    correction = correct(digest)
    tags.append(client.get("/feed/")["ETag"])
    Correction.objects.filter(pk=correction.pk).update(published_at=timezone.now() + dt.timedelta(days=1))
    tags.append(client.get("/feed/")["ETag"])
    make_approved(day=days_ago(1))
    tags.append(client.get("/feed/")["ETag"])
    Digest.objects.filter(day=DAY).update(status="draft")
    tags.append(client.get("/feed/")["ETag"])
    assert len(set(tags)) == 5


def test_the_browsers_language_does_not_change_a_feed(client):
    make_approved()
    korean, english = (client.get("/feed/", headers={"accept-language": language}) for language in ("ko", "en"))
    assert korean.content == english.content
    assert english["Content-Language"] == "ko"


def test_a_feed_costs_the_same_however_many_digests_there_are(client, django_assert_max_num_queries):
    for ago in range(12):
        make_approved(day=days_ago(ago), sections=["llm"])
    for path, most in (("/feed/", 4), ("/feed/llm/", 6)):
        with django_assert_max_num_queries(most):
            client.get(path)


def test_nothing_is_changed_by_posting_to_a_feed(client):
    assert client.post("/feed/").status_code == 405


def test_pages_lead_to_their_feeds(client):
    make_approved()
    page = LexborHTMLParser(client.get("/category/llm/?language=en").content)
    kinds = {link.attributes["type"]: link.attributes["href"] for link in page.css("link[rel=alternate][type]")}
    assert kinds == {
        "application/atom+xml": "/feed/llm/?language=en",
        "application/feed+json": "/feed/llm.json?language=en",
    }


# ---- corrections on pages


def test_a_corrected_digest_says_so_at_its_top_and_beside_the_paper(client):
    digest = make_approved()
    paper = Paper.objects.get(category__slug="llm")
    correct(digest, paper=paper)
    page = LexborHTMLParser(client.get(f"/{DAY}/?language=en").content)
    assert words(page.css_first(".corrections h2")) == "Corrected"
    assert "The figure is 5%." in words(page.css_first(".corrections"))
    assert page.css_first(".corrections a").attributes["href"] == f"#paper-{paper.arxiv_id}"
    assert "The figure is 5%." in words(page.css_first(f"[id='paper-{paper.arxiv_id}'] .correction"))
    assert len(page.css(".correction")) == 1
    told = LexborHTMLParser(client.get(f"/paper/{paper.arxiv_id}/?language=ko").content)
    assert "수정됨" in words(told.css_first(".corrections"))
    other = Paper.objects.get(category__slug="computer-vision")
    assert not LexborHTMLParser(client.get(f"/paper/{other.arxiv_id}/").content).css(".corrections")


def test_a_corrections_words_stay_text(client):
    correct(make_approved(), text_en=HOSTILE)
    page = LexborHTMLParser(client.get(f"/{DAY}/?language=en").content)
    assert not page.css("script, img, [onerror]")
    assert HOSTILE in page.css_first(".corrections").text()
