"""The archive by month, by category and by paper, and the language that an address may name."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.core.management import call_command

from digests.archive.catalogue import catalogue, catalogue_missing
from digests.models import CataloguedDigest, CataloguedPaper, Category, DayReport, Digest, Paper, Summary
from tests.digests.pages import days_ago, hrefs, page_of, words
from tests.factories import DAY, make_approved, make_approved_weekly, make_digest, make_paper, make_week

pytestmark = pytest.mark.django_db


def paper_in(digest, place=0):
    """The frozen words on a paper of a digest."""
    return digest.approved_content["sections"][place]["papers"][0]


# ---- what the catalogue keeps


def test_an_approved_digest_is_in_the_catalogue_at_once():
    digest = make_approved()
    line = CataloguedDigest.objects.get()
    assert (line.digest, line.papers, line.content_hash) == (digest, 2, digest.content_hash)
    assert [row.category for row in CataloguedPaper.objects.order_by("position")] == ["llm", "computer-vision"]


def test_the_clock_catalogues_what_was_approved_without_it_and_only_once():
    make_approved()
    CataloguedDigest.objects.all().delete()
    CataloguedPaper.objects.all().delete()
    assert catalogue_missing() == 1
    assert catalogue_missing() == 0
    assert CataloguedPaper.objects.count() == 2


def test_cataloguing_twice_leaves_one_line_and_each_paper_once():
    digest = make_approved()
    assert catalogue(digest)
    assert (CataloguedDigest.objects.count(), CataloguedPaper.objects.count()) == (1, 2)


def test_a_catalogue_made_by_older_rules_is_made_again():
    make_approved()
    CataloguedDigest.objects.update(form=0)
    assert catalogue_missing() == 1


def test_the_command_catalogues_what_is_missing_and_all_of_it_when_told_so(capsys):
    make_approved()
    call_command("catalogue_archive")
    call_command("catalogue_archive", "--again")
    assert capsys.readouterr().out.splitlines() == ["Catalogued 0 digests.", "Catalogued 1 digests."]


def test_an_approval_does_not_wait_for_the_catalogue_and_the_clock_mends_it(monkeypatch, client, caplog):
    with monkeypatch.context() as broken:
        broken.setattr("digests.archive.fulltext.store", lambda texts: CataloguedPaper.objects.get(pk="no number"))
        digest = make_approved()
        assert catalogue_missing() == 0
    assert digest.status == Digest.Status.APPROVED
    assert "could not be put into the archive's catalogue" in caplog.text
    assert not CataloguedDigest.objects.exists(), "half a catalogue is none"
    assert catalogue_missing() == 1
    assert client.get(f"/paper/{paper_in(digest)['id']}/").status_code == 200


def test_what_is_sent_back_leaves_the_archive_at_once_and_the_catalogue_with_the_clock(client):
    digest = make_approved()
    path = f"/paper/{paper_in(digest)['id']}/"
    assert client.get(path).status_code == 200
    digest.touch()
    assert client.get(path).status_code == 404
    assert client.get("/2024-11/").status_code == 404
    catalogue_missing()
    assert not CataloguedPaper.objects.exists()
    assert not CataloguedDigest.objects.exists()
    assert not catalogue(digest)


# ---- a month


def test_a_month_lists_its_digests_latest_first_and_says_why_a_day_has_none(client):
    make_approved()
    make_approved(day=days_ago(3))
    make_approved(day=dt.date(2024, 10, 2))
    DayReport.objects.create(day=days_ago(1), list_day=days_ago(1), state=DayReport.State.QUIET)
    DayReport.objects.create(day=days_ago(2), list_day=days_ago(2), state=DayReport.State.WAITING)
    _response, page = page_of(client, "/2024-11/")
    assert hrefs(page, ".older li > a") == [f"/{DAY}/", f"/{days_ago(3)}/"]
    assert words(page.css_first(".older li.none")) == "Thursday, November 21, 2024 no digest: arXiv announced nothing"
    assert hrefs(page, ".days a[rel=prev]") == ["/2024-10/"]
    assert "2 digests, 4 papers" in words(page)


@pytest.mark.parametrize("path", ["/2024-10/", "/2024-13/", "/2024-00/", "/0000-01/", "/9999-12/"])
def test_a_month_without_a_digest_is_not_found(client, path):
    make_approved()
    assert client.get(path).status_code == 404


def test_the_front_page_leads_to_every_month_and_to_a_day(client):
    make_approved()
    make_approved(day=dt.date(2023, 10, 2))
    _response, page = page_of(client, "/")
    assert hrefs(page, ".months a") == ["/2024-11/", "/2023-10/"]
    assert client.get("/", {"date": "2023-10-02"})["Location"] == "/2023-10-02/"


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "2024-11-22T00:00", "<script>", "9" * 10_000, "\0"])
def test_a_day_that_no_calendar_has_is_told_so(client, text):
    response, page = page_of(client, f"/?{urlencode({'date': text})}")
    assert response.status_code == 400
    assert "A day is written like 2024-11-22" in words(page)
    assert not page.css("script")


# ---- a category


def test_a_category_shows_its_papers_by_day_each_in_a_line(client):
    digest = make_approved()
    make_approved(day=days_ago(1))
    _response, page = page_of(client, "/category/llm/")
    paper = paper_in(digest)
    first = page.css_first(".day")
    assert hrefs(first, "h2 a") == [f"/{DAY}/#llm"]
    assert hrefs(first, "a.name") == [f"/paper/{paper['id']}/"]
    assert "About a llm paper: line" in words(first)
    assert "7 votes" in words(first)
    assert len(page.css(".day")) == 2
    assert "computer-vision paper" not in words(page)


def test_a_category_comes_ten_days_a_page(client):
    for ago in range(11):
        make_approved(day=days_ago(ago), sections=["llm"])
    first, second = page_of(client, "/category/llm/")[1], page_of(client, "/category/llm/?page=2")[1]
    assert [len(page.css(".day")) for page in (first, second)] == [10, 1]
    assert hrefs(first, "a[rel=next]") == ["/category/llm/?page=2"]
    assert hrefs(second, "a[rel=prev]") == ["/category/llm/"]


@pytest.mark.parametrize("page", ["0", "-1", "2", "1e9", "x", "'; drop table", "9" * 400])
def test_a_categorys_page_that_is_not_there_is_not_found(client, page):
    make_approved()
    assert client.get("/category/llm/", {"page": page}).status_code == 404


def test_a_category_nobody_knows_is_not_found_and_one_without_papers_says_so(client):
    make_approved()
    assert client.get("/category/astrology/").status_code == 404
    assert "No digest has had a paper of this category yet" in words(page_of(client, "/category/audio/")[1])


def test_a_category_out_of_use_keeps_its_page(client):
    make_approved()
    Category.objects.filter(slug="llm").update(is_active=False)
    assert client.get("/category/llm/").status_code == 200


def test_a_category_costs_the_same_however_many_days_it_has(client, django_assert_max_num_queries):
    for ago in range(12):
        make_approved(day=days_ago(ago), sections=["llm"])
    with django_assert_max_num_queries(7):
        client.get("/category/llm/")


# ---- a paper


@pytest.mark.parametrize(
    ("language", "heading", "text"),
    [("en", "Key points", "About a llm paper"), ("ko", "핵심 내용", "llm 논문을 소개한다")],
)
def test_a_paper_has_what_its_digest_said_in_the_pages_language(client, language, heading, text):
    digest = make_approved()
    paper = paper_in(digest)
    _response, page = page_of(client, f"/paper/{paper['id']}/", language)
    assert page.css_first("h1").text() == paper["title"]
    assert page.css_first("h1").attributes["lang"] == "en"
    assert heading in [h3.text() for h3 in page.css(".summary h3")]
    assert f"{text}: key_points" in words(page.css_first(".summary"))
    assert f"{text}: line" in words(page.css_first(".lead"))


def test_a_paper_shows_arxivs_date_beside_the_digests(client):
    published = dt.datetime(2024, 11, 20, 18, tzinfo=dt.UTC)
    digest = make_digest(sections=["llm"])
    Paper.objects.update(published_at=published)
    approve_as_it_is(digest)
    page = page_of(client, f"/paper/{Paper.objects.get().arxiv_id}/")[1]
    facts = words(page.css_first(".facts"))
    assert "On arXiv since 2024-11-20 UTC" in facts
    assert "In the digest of Friday, November 22, 2024" in facts


def approve_as_it_is(digest):
    """Approve a digest that the test changed."""
    from digests.approve import approve
    from digests.content import hash_of, snapshot
    from tests.factories import make_editor

    assert approve(digest, make_editor(), hash_of(snapshot(digest)))


def test_a_paper_of_a_weekly_digest_leads_to_both(client):
    make_week(sections=["llm"])
    make_approved_weekly()
    arxiv_id = CataloguedPaper.objects.filter(kind="weekly").first().arxiv_id
    told = hrefs(page_of(client, f"/paper/{arxiv_id}/")[1], ".facts a[href*='#']")
    assert len(told) == 2
    assert any(address.startswith("/weekly/2024-11-25/#paper-") for address in told)


def test_the_abstract_is_arxivs_and_says_so(client):
    digest = make_approved(sections=["llm"])
    path = f"/paper/{paper_in(digest)['id']}/"
    assert not page_of(client, path)[1].css(".abstract"), "arXiv has not confirmed this paper"
    Paper.objects.update(has_record=True, abstract="<b>We</b> present $x$.")
    page = page_of(client, path)[1]
    assert page.css_first(".abstract").text() == "<b>We</b> present $x$."
    assert "from arXiv’s metadata (CC0)" in words(page)


def test_a_samples_abstract_is_not_passed_off_as_arxivs(client):
    digest = make_approved(is_sample=True, sections=["llm"])
    Paper.objects.update(has_record=True, is_sample=True)
    page = page_of(client, f"/paper/{paper_in(digest)['id']}/")[1]
    assert not page.css(".abstract")
    assert page.css(".sample")


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("math/0309136v2", "/paper/math/0309136/"),
        ("math.GT/0309136", "/paper/math/0309136/"),
        ("2411.00001v3", "/paper/2411.00001/"),
    ],
)
def test_another_way_to_write_an_id_leads_to_the_papers_one_address(client, asked, leads_to):
    response = client.get(f"/paper/{asked}/?language=en")
    assert (response.status_code, response["Location"]) == (301, f"{leads_to}?language=en")


def test_a_paper_with_an_id_of_the_old_style_has_a_page(client):
    digest = make_digest(sections=["llm"])
    digest.sections.first().entries.update(paper=make_paper(arxiv_id="cs/0112017"))
    approve_as_it_is(digest)
    page = page_of(client, "/paper/cs/0112017/")[1]
    assert hrefs(page, ".call a.button")[0] == "https://arxiv.org/abs/cs/0112017"


@pytest.mark.parametrize(
    "asked", ["2411.99999", "2413.00001", "../../x", "2411.00001x", "%00", "cs/0112017", "abc/9999999"]
)
def test_a_paper_that_no_digest_told_of_is_not_found(client, asked):
    make_approved()
    assert client.get(f"/paper/{asked}/").status_code == 404


def test_a_paper_page_costs_a_few_queries(client, django_assert_max_num_queries):
    digest = make_approved()
    with django_assert_max_num_queries(6):
        client.get(f"/paper/{paper_in(digest)['id']}/")


def test_text_from_outside_stays_text_on_all_pages(client):
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ settings.SECRET_KEY }}{% debug %}'
    digest = make_digest(sections=["llm"])
    Paper.objects.update(title=hostile, authors=[hostile], abstract=hostile, has_record=True)
    arxiv_id = Paper.objects.get().arxiv_id
    bullet = [{"text": hostile, "papers": [arxiv_id], "sentences": []}]
    Summary.objects.update(parts={"impact": bullet}, one_liners=bullet, limits=bullet)
    Category.objects.filter(slug="llm").update(name_en=hostile[:60], name_ko=hostile[:60], emoji="<b>")
    approve_as_it_is(digest)
    for path in ("/", f"/{DAY}/", f"/paper/{arxiv_id}/", "/category/llm/", "/2024-11/"):
        page = page_of(client, path)[1]
        assert not page.css("script, img, [onerror], main b"), path
        assert "alert(1)" in words(page.css_first("main"))
    CataloguedPaper.objects.update(paper=CataloguedPaper.objects.get().paper | {"url": "javascript:alert(1)"})
    for path in (f"/paper/{arxiv_id}/", "/category/llm/"):
        assert b"javascript:" not in client.get(path).content


# ---- languages have addresses


def test_an_address_may_name_its_language_and_its_links_keep_it(client):
    make_approved()
    _response, page = page_of(client, f"/{DAY}/?language=ko", "en")
    assert page.css_first("html").attributes["lang"] == "ko"
    assert hrefs(page, ".brand") == ["/?language=ko"]
    assert hrefs(page, "section#llm h2 a") == ["/category/llm/?language=ko"]
    assert page.css_first(".languages input[name=next]").attributes["value"] == f"/{DAY}/"


@pytest.mark.parametrize("language", ["xx", "", "<script>", "en" * 5000])
def test_a_language_that_we_do_not_speak_changes_nothing(client, language):
    make_approved()
    response = client.get("/", {"language": language}, headers={"accept-language": "en"})
    assert b'<html lang="en">' in response.content
    assert b"<script>" not in response.content


def test_each_language_has_its_address_and_pages_vary_by_what_decides(client, settings):
    settings.SITE_URL = "https://papers.example.org"
    make_approved()
    response, page = page_of(client, f"/{DAY}/?utm=1&language=en")
    address = f"https://papers.example.org/{DAY}/"
    known = {link.attributes["hreflang"]: link.attributes["href"] for link in page.css("link[hreflang]")}
    assert known == {
        "ko": f"{address}?language=ko",
        "en": f"{address}?language=en",
        "x-default": address,
    }
    assert hrefs(page, "link[rel=canonical]") == [f"{address}?language=en"]
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in response["Vary"].split(",")}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_all_pages_are_sound(client, language):
    digest = make_approved()
    for path in ("/2024-11/", "/category/llm/", f"/paper/{paper_in(digest)['id']}/", "/?date=x"):
        response, page = page_of(client, path, language)
        ids = [node.attributes["id"] for node in page.css("[id]")]
        assert page.css_first("html").attributes["lang"] == language
        assert len(page.css("h1")) == 1
        assert len(ids) == len(set(ids))
        assert not page.css("script, style, [style], [onclick]")
        for field in page.css("input:not([type=hidden]), select"):
            assert page.css(f'label[for="{field.attributes["id"]}"]')
        assert len(response.content) < 100_000


def test_a_digest_of_the_future_or_a_draft_is_nowhere(client):
    digest = make_digest()
    assert digest.status == Digest.Status.DRAFT
    catalogue_missing()
    assert not CataloguedPaper.objects.exists()
    assert "Paper number" not in words(page_of(client, "/category/llm/")[1])


# ---- on the wire


def test_pages_are_packed_and_asked_for_again_each_time_by_browsers(client):
    make_approved()
    for path in ("/", f"/{DAY}/", "/2024-11/", "/category/llm/", "/search/?q=paper"):
        response = client.get(path, headers={"accept-encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip", path
        assert response["Cache-Control"] == "public, max-age=0, s-maxage=60, must-revalidate"
        assert "Accept-Encoding" in response["Vary"]
        assert not response.cookies, path
        again = client.get(path, headers={"accept-encoding": "gzip", "if-none-match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert "Cookie" in again["Vary"]


def test_what_is_sent_back_is_gone_for_who_has_kept_the_page(client):
    digest = make_approved()
    kept = {"if-none-match": client.get(f"/{DAY}/")["ETag"]}
    assert client.get(f"/{DAY}/", headers=kept).status_code == 304
    digest.touch()
    assert client.get(f"/{DAY}/", headers=kept).status_code == 404


@pytest.mark.parametrize("path", ["/", f"/{DAY}/", "/category/llm/", "/search/"])
def test_nothing_is_changed_by_posting_to_a_page(client, path):
    make_approved()
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("parameter", ["next", "url", "redirect", "return"])
def test_no_parameter_leads_away_from_the_site(client, parameter):
    make_approved()
    for path in ("/", f"/{DAY}/", "/paper/2411.00001v2/", "/?date=2024-11-22"):
        response = client.get(f"{path}{'&' if '?' in path else '?'}{parameter}=//evil.example")
        assert not response.get("Location", "/").startswith(("//", "http"))
        assert b"evil.example" not in response.content.split(b'name="next"')[0]
    response = client.post("/i18n/setlang/", {"language": "en", "next": "//evil.example"})
    assert response["Location"] == "/"
