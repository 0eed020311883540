"""What was put right is marked wherever a digest or a paper is listed, and its words are found."""

import datetime as dt
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from digests.models import CataloguedPaper, Category, Correction, Paper
from tests.digests.pages import days_ago, hrefs, page_of, words
from tests.factories import make_approved, make_approved_weekly, make_week

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2024, 11, 23, 3, tzinfo=dt.UTC)


def correct(digest, paper=None, ko="정확도는 48%입니다.", en="The accuracy is 48 %.", **fields):
    """A published correction of a digest, or of one of its papers."""
    given = {"status": Correction.Status.PUBLISHED, "published_at": NOON, "made_by": digest.approved_by}
    return Correction.objects.create(digest=digest, paper=paper, text_ko=ko, text_en=en, **given | fields)


def papers_in(digest):
    return [Paper.objects.get(arxiv_id=each.arxiv_id) for each in CataloguedPaper.objects.filter(digest=digest)]


@pytest.fixture
def days():
    """Three digests; the two older ones are in lists, and the oldest was corrected."""
    made = [make_approved(day=days_ago(n)) for n in range(3)]
    correct(made[-1])
    return made


@pytest.mark.parametrize("path", ["/", "/2024-11/"])
@pytest.mark.parametrize(("language", "mark"), [("ko", "수정됨"), ("en", "Corrected")])
def test_a_list_of_digests_marks_what_was_corrected_and_nothing_else(client, days, path, language, mark):
    _response, page = page_of(client, path, language)
    marked = {
        hrefs(line, "a")[0]: words(line.css_first(".corrected")) for line in page.css("li") if line.css(".corrected")
    }
    assert marked == {f"/{days_ago(2)}/": mark}


def test_a_weekly_digest_and_the_latest_one_are_marked_too(client):
    week = make_week()
    correct(make_approved_weekly())
    _response, page = page_of(client, "/")
    assert len(page.css(".corrected")) == 1
    correct(week[-1])
    _response, page = page_of(client, "/")
    assert len(page.css(".corrected")) == 2


def test_a_list_of_papers_marks_the_one_that_was_corrected(client):
    digest = make_approved()
    first, second = papers_in(digest)
    correct(digest, first)
    correct(digest)  # of the whole day: says nothing of one paper
    Category.objects.filter(slug="llm").update(slug="both")
    CataloguedPaper.objects.update(category="both")
    for path in ("/category/both/", "/search/?category=both"):
        _response, page = page_of(client, path)
        assert hrefs(page, "a:has(.corrected)") == [f"/paper/{first.arxiv_id}/#corrections-name"]
        assert f"/paper/{second.arxiv_id}/" in hrefs(page, "a.name")


def test_a_draft_of_a_correction_marks_nothing_and_is_not_found(client):
    digest = make_approved()
    correct(digest, papers_in(digest)[0], status=Correction.Status.DRAFT, published_at=None)
    for path in ("/", "/2024-11/", "/category/llm/", "/search/?q=accuracy"):
        _response, page = page_of(client, path)
        assert not page.css(".corrected") and "48" not in words(page)


@pytest.mark.parametrize(("language", "title"), [("ko", "[수정됨] "), ("en", "[Corrected] ")])
def test_a_feed_says_in_the_title_why_an_entry_is_new_again(client, language, title):
    digest = make_approved(sections=("llm", "robotics"))
    correct(digest, papers_in(digest)[0])
    for path in ("/feed.json", "/feed/", "/feed/llm/"):
        assert title in client.get(f"{path}?language={language}").content.decode()
    assert title not in client.get(f"/feed/robotics/?language={language}").content.decode()


# ---- files


@pytest.mark.parametrize(
    ("language", "whole", "one"),
    [
        ("ko", " - 2024-11-23: 날짜가 \\*틀렸습니다.", " - 2024-11-23: 정확도는 48%입니다. – "),
        ("en", " - 2024-11-23: The \\*day was wrong.", " - 2024-11-23: The accuracy is 48 %. – "),
    ],
)
def test_markdown_carries_what_was_put_right(client, language, whole, one):
    digest = make_approved()
    paper = papers_in(digest)[0]
    address = f"/{digest.day}/digest.md?language={language}"
    before = client.get(address)
    assert "2024-11-23" not in before.content.decode()
    correct(digest, ko="날짜가 *틀렸습니다.", en="The *day\nwas wrong.")
    correct(digest, paper)
    after = client.get(address, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200 and after["ETag"] != before["ETag"]
    lines = after.content.decode().splitlines()
    assert {"ko": "**수정됨:**", "en": "**Corrected:**"}[language] in lines
    assert whole in lines and any(line.startswith(one) and f"(arXiv:{paper.arxiv_id})" in line for line in lines)
    assert lines.index(whole) < next(n for n, line in enumerate(lines) if line.startswith("## "))


def test_bibtex_has_a_correction_as_its_papers_note_and_the_days_at_the_head(client):
    digest = make_approved()
    first, second = papers_in(digest)
    correct(digest, first, en="It is 48 % {not} 84 %.")
    correct(digest, en="See @misc{evil,\n title = {x}}")
    text = client.get(f"/{digest.day}/papers.bib?language=en").content.decode()
    head, *entries = text.split("\n@")
    assert head.splitlines()[1] == "% Corrected 2024-11-23: See (at)misc{evil, title = {x}}"
    notes = {re.search("eprint = {(.+?)}", each)[1]: re.search("note = {(.+)},", each) for each in entries}
    assert set(notes) == {first.arxiv_id, second.arxiv_id}
    assert notes[first.arxiv_id][1] == r"Corrected 2024-11-23: It is 48 \% \{not\} 84 \%."
    assert notes[second.arxiv_id] is None
    assert "정확도" not in text


# ---- searching


def found(client, q, language="en", **more):
    _response, page = page_of(client, f"/search/?{urlencode({'q': q} | more)}", language)
    return hrefs(page, ".corrections a")


def test_words_of_a_correction_are_found_in_both_languages_with_its_place(client):
    digest = make_approved()
    paper = papers_in(digest)[0]
    correct(digest, paper)
    place = f"/{digest.day}/#paper-{paper.arxiv_id}"
    for q in ("accuracy", "accurac 48", "정확도", "정확도는 48", paper.title, paper.arxiv_id):
        assert found(client, q) == found(client, q, "ko") == [place], q
    for q in ("accuracy 49", "정밀도", "nothing of this"):
        assert found(client, q) == []


def test_what_was_asked_for_is_marked_in_the_pages_language_first(client):
    correct(make_approved(), en="The <b>accuracy</b> is 48 %.")
    _response, page = page_of(client, "/search/?q=48", "ko")
    assert words(page.css_first(".corrections span")) == "정확도는 48%입니다."
    assert words(page.css_first(".corrections mark")) == "48"
    response, _page = page_of(client, "/search/?q=accuracy")
    assert "&lt;b&gt;" in response.content.decode() and "<b>" not in response.content.decode()


def test_filters_hold_for_corrections(client, days):
    newest = days[0]
    paper = papers_in(newest)[0]
    correct(newest, paper)
    assert len(found(client, "accuracy")) == 2
    assert found(client, "accuracy", until=days_ago(2)) == [f"/{days_ago(2)}/"]
    assert found(client, "accuracy", since=days_ago(1)) == [f"/{newest.day}/#paper-{paper.arxiv_id}"]
    assert len(found(client, "accuracy", category=paper.category.slug)) == 1
    other = Category.objects.exclude(pk=paper.category_id).first()
    assert found(client, "accuracy", category=other.slug) == []


def test_what_was_sent_back_is_not_told_by_its_corrections(client):
    digest = make_approved()
    correct(digest)
    digest.touch()
    assert found(client, "accuracy") == []


def test_lists_cost_the_same_queries_however_much_was_corrected(client):
    made = [make_approved(day=days_ago(n)) for n in range(4)]
    counts = set()
    for digest in made:
        correct(digest)
        with CaptureQueriesContext(connection) as asked:
            client.get("/2024-11/")
        counts.add(len(asked))
    assert len(counts) == 1
