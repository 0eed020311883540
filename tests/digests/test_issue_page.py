"""The archive, as anyone may read it."""

import hashlib

import pytest

from digests.content import hash_of
from digests.models import Chart, Digest, Paper, Summary
from digests.parts import PARTS
from tests.digests.pages import days_ago, page_of, words
from tests.factories import DAY, make_approved, make_digest, make_editor, make_paper

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n and the rest"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ settings.SECRET_KEY }}{% debug %}'


def rewrite(digest, **changes):
    """Change the frozen content, as if it had been approved so."""
    content = digest.approved_content | changes
    Digest.objects.filter(pk=digest.pk).update(approved_content=content, content_hash=hash_of(content))


def draw(digest, language="en", png=PNG):
    """A chart of the digest; for an approved one, draw it first and approve afterwards."""
    sha256 = hashlib.sha256(png).hexdigest()
    return Chart.objects.create(digest=digest, language=language, png=png, sha256=sha256, width=600, height=180)


# ---- which digests


@pytest.mark.parametrize("status", [status for status in Digest.Status if status not in Digest.PUBLIC])
def test_nobody_sees_what_no_editor_approved(client, status):
    make_digest(status=status)
    assert client.get(f"/{DAY}/").status_code == 404
    _response, page = page_of(client, "/")
    assert "There is no digest yet" in words(page)
    assert "Paper number" not in words(page)


@pytest.mark.parametrize("status", Digest.PUBLIC)
def test_a_digest_stays_readable_whatever_becomes_of_the_sending(client, status):
    Digest.objects.filter(pk=make_approved().pk).update(status=status)
    assert client.get(f"/{DAY}/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/2024-02-30/", "/2024-11-21/", "/9999-12-31/", "/0000-00-00/", "/20241122/", "/nothing/"]
)
def test_a_day_without_a_digest_is_not_found(client, path):
    make_approved()
    response, page = page_of(client, path)
    assert response.status_code == 404
    assert "Page not found" in words(page)


def test_pages_are_made_from_what_was_approved_and_not_from_the_rows(client):
    digest = make_approved()
    Paper.objects.update(title="Changed later")
    Summary.objects.update(parts={key: [{"text": "Changed later", "papers": []}] for key in PARTS})
    for path in ("/", f"/{DAY}/"):
        _response, page = page_of(client, path)
        assert "Changed later" not in words(page)
        assert digest.approved_content["sections"][0]["papers"][0]["title"] in words(page)


def test_a_weekly_digest_does_not_stand_in_for_a_day(client):
    Digest.objects.filter(pk=make_approved().pk).update(kind="weekly")
    assert client.get(f"/{DAY}/").status_code == 404


# ---- a digest


@pytest.mark.parametrize(
    ("language", "heading", "name"), [("ko", "핵심 내용", "거대 언어 모델"), ("en", "Key points", "LLM")]
)
def test_a_digest_has_its_sections_papers_and_five_parts(client, language, heading, name):
    digest = make_approved()
    _response, page = page_of(client, f"/{DAY}/", language)
    section = page.css_first("section#llm")
    paper = digest.approved_content["sections"][0]["papers"][0]
    assert name in section.css_first("h2").text()
    assert len(section.css(".summary h3")) == 5
    assert heading in [h3.text() for h3 in section.css(".summary h3")]
    assert section.css_first(".papers a").attributes["href"] == f"https://arxiv.org/abs/{paper['id']}"
    assert section.css_first(".papers a").attributes["lang"] == "en"


def test_each_statement_points_at_the_papers_it_rests_on(client):
    make_approved()
    _response, page = page_of(client, f"/{DAY}/")
    targets = {item.attributes["id"] for item in page.css(".papers li")}
    sources = {link.attributes["href"].removeprefix("#") for link in page.css("a.source")}
    assert sources
    assert sources <= targets


def test_the_built_in_writers_sentences_are_marked_as_its_own_and_as_english(client):
    digest = make_digest()
    quoted = [{"text": "We present a thing.", "papers": [], "sentences": []}]
    own = [{"text": "주요 용어: parser", "papers": [], "sentences": []}]
    Summary.objects.filter(section__digest=digest).update(parts={"keywords": own, "key_points": quoted})
    make_ready(digest)
    _response, page = page_of(client, f"/{DAY}/", "ko")
    assert "내장 작성기" in page.css_first(".section .label").text()
    assert [span.attributes["lang"] for span in page.css_first(".summary").css("span[lang]")] == ["ko", "en"]


def test_a_models_summary_says_which_model_and_that_an_editor_revised_it(client):
    digest = make_digest()
    Summary.objects.filter(section__digest=digest).update(written_by="gpt-test", edited_by=make_editor("reviser"))
    make_ready(digest)
    _response, page = page_of(client, f"/{DAY}/")
    assert page.css_first(".label").text() == "AI-generated summary (gpt-test), revised by an editor"
    assert page.css_first(".summary span").attributes["lang"] == "en"


def test_a_section_says_what_its_results_rest_on_and_how_many_numbers_were_checked(client):
    make_approved()
    _response, page = page_of(client, f"/{DAY}/")
    assert page.css_first("#llm .limits li span").text() == "About a llm paper: line"
    assert "Numbers checked 2/2" in words(page)


def test_a_statement_names_the_sentences_that_it_rests_on(client):
    digest = make_digest(sections=["llm"])
    paper = Paper.objects.get().arxiv_id
    bullet = {"text": "A claim.", "papers": [paper], "sentences": [f"{paper}#2", f"{paper}#3"]}
    Summary.objects.filter(section__digest=digest).update(parts={"impact": [bullet]})
    make_ready(digest)
    _response, page = page_of(client, f"/{DAY}/")
    assert page.css_first(".summary a.source").attributes["title"] == "Abstract, sentence 2, 3"


def test_a_section_without_a_summary_shows_its_titles_and_says_so(client):
    digest = make_digest()
    Summary.objects.filter(language="ko").delete()
    make_ready(digest)
    _response, page = page_of(client, f"/{DAY}/", "ko")
    assert len(page.css(".papers a[lang=en]")) == 2
    assert not page.css(".summary")
    assert "요약을 준비하지 못했습니다" in words(page)


def make_ready(digest):
    """Approve a digest that was changed by the test."""
    from digests.approve import approve
    from digests.content import snapshot

    assert approve(digest, make_editor(), hash_of(snapshot(digest)))


def test_a_sample_says_so_everywhere(client):
    make_approved(is_sample=True)
    for path in ("/", f"/{DAY}/"):
        _response, page = page_of(client, path)
        assert page.css_first(".sample").text() == "SAMPLE"
    assert "[SAMPLE]" in page.css_first("title").text()


def test_a_real_digest_is_not_called_a_sample(client):
    make_approved()
    assert not page_of(client, f"/{DAY}/")[1].css(".sample")


def test_text_from_outside_stays_text(client):
    paper = make_paper(title=HOSTILE, authors=[HOSTILE])
    digest = make_digest()
    digest.sections.first().entries.update(paper=paper)
    Summary.objects.update(
        parts={key: [{"text": HOSTILE, "papers": [HOSTILE]}] for key in PARTS}, written_by=HOSTILE[:80]
    )
    draw(digest)
    make_ready(digest)
    for path in ("/", f"/{DAY}/"):
        _response, page = page_of(client, path)
        assert not page.css("script, [onerror]")
        assert len(page.css("img")) == 1
        assert HOSTILE in page.css_first("main").text()


def test_an_address_that_is_not_https_never_becomes_a_link(client):
    digest = make_approved()
    sections = digest.approved_content["sections"]
    for section in sections:
        section["papers"][0]["url"] = "javascript:alert(1)"
    rewrite(digest, sections=sections)
    for path in ("/", f"/{DAY}/"):
        response, page = page_of(client, path)
        assert b"javascript:" not in response.content
        assert sections[0]["papers"][0]["title"] in words(page)


def test_many_authors_are_cut_short(client):
    paper = make_paper(authors=[f"Author {n}" for n in range(3000)])
    digest = make_digest()
    digest.sections.first().entries.update(paper=paper)
    make_ready(digest)
    _response, page = page_of(client, f"/{DAY}/")
    assert "Author 0, Author 1, Author 2 and 2997 more" in words(page)


def test_the_neighbouring_days_are_one_click_away(client):
    for ago in (0, 2, 4, 6, 8):
        make_approved(day=days_ago(ago))
    make_digest(day=days_ago(3))
    _response, page = page_of(client, f"/{days_ago(4)}/")
    assert page.css_first("a[rel=prev]").attributes["href"] == f"/{days_ago(6)}/"
    assert page.css_first("a[rel=next]").attributes["href"] == f"/{days_ago(2)}/"
    assert not page_of(client, f"/{days_ago(0)}/")[1].css("a[rel=next]")


def test_pages_tell_search_engines_their_one_address(client, settings):
    settings.SITE_URL = "https://papers.example.org"
    make_approved()
    _response, page = page_of(client, f"/{DAY}/?utm=1")
    assert page.css_first("link[rel=canonical]").attributes["href"] == f"https://papers.example.org/{DAY}/"


def test_arxiv_is_thanked_in_its_own_words(client):
    make_approved()
    for path in ("/", f"/{DAY}/"):
        thanks = "Thank you to arXiv for use of its open access interoperability."
        assert thanks in words(page_of(client, path, "ko")[1])


# ---- the chart and its numbers


def test_the_chart_comes_with_its_numbers_as_text_and_as_a_table(client):
    digest = make_digest()
    sha256 = draw(digest).sha256
    make_ready(digest)
    _response, page = page_of(client, f"/{DAY}/")
    image = page.css_first(".distribution img")
    assert image.attributes["src"] == f"/chart/{sha256}.png"
    assert image.attributes["alt"] == "Papers by category: LLM 1, Computer Vision 1"
    assert (image.attributes["width"], image.attributes["height"]) == ("600", "180")
    assert [cell.text() for cell in page.css(".distribution td")] == ["1", "1"]


def test_without_a_chart_the_numbers_speak_for_themselves(client):
    make_approved()
    _response, page = page_of(client, f"/{DAY}/")
    assert not page.css("img")
    assert len(page.css(".distribution td")) == 2


def test_a_published_chart_may_be_kept_for_ever(client):
    digest = make_digest()
    sha256 = draw(digest).sha256
    make_ready(digest)
    response = client.get(f"/chart/{sha256}.png")
    assert response.content == PNG
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert "Cookie" not in response["Vary"]
    assert not response.cookies


def test_a_drafts_chart_shows_in_the_previews_frame_which_sends_no_cookie(client):
    sha256 = draw(make_digest()).sha256
    assert client.get(f"/chart/{sha256}.png").content == PNG


@pytest.mark.parametrize("name", ["0" * 64, "x", "..%2f..%2fsettings", "A" * 5000])
def test_an_unknown_chart_is_not_found(client, name):
    assert client.get(f"/chart/{name}.png").status_code == 404
