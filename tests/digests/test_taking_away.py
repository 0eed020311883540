"""Downloads, pictures for other sites, sitemaps and what robots are told."""

import re
from itertools import pairwise

import pytest
import time_machine
from defusedxml import ElementTree
from django.core.management import call_command
from django.utils import timezone

from digests.archive.cards import draw_card, draw_missing_cards, given_up
from digests.archive.catalogue import catalogue_missing
from digests.doctor import pictures_are_drawn
from digests.models import Card, Category, Chart
from tests.digests.pages import days_ago, page_of
from tests.factories import DAY, make_approved, make_approved_weekly, make_digest, make_week

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def address(settings):
    settings.SITE_URL = "https://papers.example.org"


# ---- files


def test_a_digest_comes_as_markdown_in_either_language(client):
    digest = make_digest()
    Chart.objects.create(digest=digest, language="ko", png=b"x", sha256="ab" * 32, width=600, height=144)
    approve_now(digest)
    korean, english = client.get(f"/{DAY}/digest.md"), client.get(f"/{DAY}/digest.md?language=en")
    text = korean.content.decode()
    assert korean["Content-Type"] == "text/markdown; charset=utf-8"
    assert korean["Content-Disposition"] == f'attachment; filename="Papers_{DAY}_report.md"'
    assert f"![Category Distribution Graph](https://papers.example.org/chart/{'ab' * 32}.png)" in text
    assert "**요약:**" in text and "**Summary:**" in english.content.decode()


def approve_now(digest):
    from digests.approve import approve
    from digests.content import hash_of, snapshot
    from tests.factories import make_editor

    assert approve(digest, make_editor(), hash_of(snapshot(digest)))


def test_a_digests_papers_come_as_bibtex(client):
    digest = make_approved()
    response = client.get(f"/{DAY}/papers.bib")
    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    for section in digest.approved_content["sections"]:
        assert f"eprint = {{{section['papers'][0]['id']}}}" in response.content.decode()


def test_a_weekly_digest_can_be_taken_away_as_well(client):
    make_week(sections=["llm"])
    make_approved_weekly()
    page = page_of(client, "/weekly/2024-11-25/")[1]
    paths = [link.attributes["href"] for link in page.css(".take a")]
    assert paths == ["/weekly/2024-11-25/digest.md?language=en", "/weekly/2024-11-25/papers.bib?language=en"]
    assert [client.get(path).status_code for path in paths] == [200, 200]


@pytest.mark.parametrize("name", ["digest.md", "papers.bib"])
def test_a_draft_cannot_be_taken_away(client, name):
    make_digest()
    assert client.get(f"/{DAY}/{name}").status_code == 404
    assert client.get(f"/2024-02-30/{name}").status_code == 404


@pytest.mark.parametrize("name", ["digest.md", "papers.bib"])
def test_who_has_the_file_is_told_that_nothing_changed(client, name):
    make_approved()
    first = client.get(f"/{DAY}/{name}")
    assert "public" in first["Cache-Control"]
    assert client.get(f"/{DAY}/{name}", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert first["X-Content-Type-Options"] == "nosniff"


# ---- cards


def test_each_public_digest_gets_a_card_in_each_language_and_only_once(client):
    digest = make_approved(sections=["llm"])
    make_digest(day=days_ago(1))
    assert draw_missing_cards() == 1
    assert draw_missing_cards() == 0
    korean, english = Card.objects.order_by("-language")
    png = bytes(korean.png)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1200, 630)
    assert len(png) < 150_000
    response = client.get(f"/card/{korean.sha256}.png")
    assert response.content == png
    assert "immutable" in response["Cache-Control"]
    for path in (f"/{DAY}/", f"/paper/{digest.approved_content['sections'][0]['papers'][0]['id']}/"):
        page = page_of(client, path)[1]
        image = page.css_first("meta[property='og:image']").attributes["content"]
        assert image == f"https://papers.example.org/card/{english.sha256}.png"


def test_the_same_content_gives_the_same_card_and_an_odd_name_does_no_harm():
    Category.objects.filter(slug="llm").update(name_en="$\\frac{1}{0}$ _^{} \u202e" + "x" * 30, name_ko="가" * 60)
    content = make_approved(sections=["llm"]).approved_content
    assert draw_card(content, "en") == draw_card(content, "en")
    assert draw_card(content, "ko")


def test_a_digest_approved_in_other_words_gets_another_card():
    digest = make_approved(sections=["llm"])
    draw_missing_cards()
    before = set(Card.objects.values_list("sha256", flat=True))
    type(digest).objects.filter(pk=digest.pk).update(
        content_hash="f" * 64, approved_content=digest.approved_content | {"is_sample": True}
    )
    assert draw_missing_cards() == 1
    assert before.isdisjoint(Card.objects.values_list("sha256", flat=True))


def test_a_card_that_cannot_be_drawn_leaves_the_chart_in_its_place(client, monkeypatch):
    make_approved()
    monkeypatch.setattr("digests.archive.cards.draw_card", lambda *_: (_ for _ in ()).throw(OSError("no font")))
    assert draw_missing_cards() == 0
    assert not page_of(client, f"/{DAY}/")[1].css("meta[property='og:image']")


@pytest.fixture
def blank(monkeypatch):
    """No card can be drawn, for whatever reason; when it was tried, for which day."""
    tries = []

    def fail(content, language):
        tries.append((timezone.now(), content["day"]))
        raise ModuleNotFoundError("no matplotlib")

    monkeypatch.setattr("digests.archive.cards.draw_card", fail)
    return tries


def after_minutes(minutes):
    """What the clock does each minute for so long."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(minutes):
            draw_missing_cards()
            clock.shift(60)


def test_a_card_that_cannot_be_drawn_is_tried_later_and_later_and_then_given_up(blank):
    digest = make_approved(sections=["llm"])
    after_minutes(60 * 18)
    gaps = [round((later - earlier).total_seconds() / 60) for (earlier, _), (later, _) in pairwise(blank)]
    assert gaps == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert [each.digest for each in given_up()] == [digest]
    (told,) = pictures_are_drawn()
    assert told.state == "note" and "no matplotlib" in told.what and str(DAY) in told.what


def test_cards_that_fail_keep_no_other_digest_waiting(blank):
    for ago in range(6):
        make_approved(day=days_ago(ago), sections=["llm"])
    after_minutes(4)
    assert {day for _at, day in blank} == {days_ago(ago).isoformat() for ago in range(6)}


def test_catalogued_anew_a_card_that_was_given_up_is_tried_again(blank, monkeypatch):
    make_approved(sections=["llm"])
    after_minutes(60 * 18)
    monkeypatch.undo()
    assert draw_missing_cards() == 0
    call_command("catalogue_archive", "--again")
    assert draw_missing_cards() == 1
    assert list(pictures_are_drawn()) == []


@pytest.mark.parametrize("name", ["0" * 64, "x", "..%2f..%2fsettings", "..", "A" * 5000, "%00"])
@pytest.mark.parametrize("folder", ["card", "chart"])
def test_a_picture_that_is_not_there_is_not_found(client, folder, name):
    assert client.get(f"/{folder}/{name}.png").status_code == 404


@pytest.mark.parametrize(
    "path", ["/media/../../settings.py", "/static/../newsletter/settings.py", "/card/../../settings.py"]
)
def test_no_path_leads_out_of_the_site(client, path):
    assert client.get(path).status_code == 404


# ---- search engines


def sitemap(client, name):
    return ElementTree.fromstring(client.get(f"/sitemap{name}.xml").content)


def test_every_public_page_is_in_a_sitemap_with_both_its_languages(client):
    digest = make_approved()
    make_digest(day=days_ago(1))
    names = [element.text for element in sitemap(client, "").iter(f"{SITEMAP}loc")]
    assert names == [f"https://papers.example.org/sitemap-{name}.xml" for name in ("pages", "digests", "papers-1")]
    listed = {}
    for name in ("-pages", "-digests", "-papers-1"):
        for url in sitemap(client, name):
            address = url.findtext(f"{SITEMAP}loc").removeprefix("https://papers.example.org")
            listed[address] = url.findtext(f"{SITEMAP}lastmod")
            links = [link.attrib["href"] for link in url.iter("{http://www.w3.org/1999/xhtml}link")]
            assert [link.removeprefix("https://papers.example.org") for link in links] == [
                f"{address}?language=ko",
                f"{address}?language=en",
            ]
    assert listed[f"/{DAY}/"] == str(DAY)
    papers = [section["papers"][0]["id"] for section in digest.approved_content["sections"]]
    assert {f"/paper/{id_}/" for id_ in papers} <= set(listed)
    assert {"/", "/category/llm/", "/2024-11/"} <= set(listed)
    assert f"/{days_ago(1)}/" not in listed
    assert all(client.get(address).status_code == 200 for address in listed)


def test_papers_fill_as_many_sitemaps_as_they_need(client, monkeypatch):
    monkeypatch.setattr("digests.archive.sitemap.PAPERS_A_FILE", 2)
    make_approved(sections=["llm", "audio", "nlp"])
    assert [len(sitemap(client, f"-papers-{number}")) for number in (1, 2)] == [2, 1]
    for name in ("papers-3", "papers-0", "papers-x", "papers-99999999999", "papers-²", "other"):
        assert client.get(f"/sitemap-{name}.xml").status_code == 404, name


def test_a_sample_is_nothing_for_search_engines(client):
    make_approved(is_sample=True)
    assert client.get("/sitemap-digests.xml").status_code == 404
    assert len(sitemap(client, "")) == 2


def test_robots_are_kept_from_every_address_that_holds_a_token(client):
    text = client.get("/robots.txt").content.decode()
    closed = re.findall(r"^Disallow: (/.+)$", text, flags=re.MULTILINE)
    assert {"/admin/", "/confirm/", "/preferences/", "/unsubscribe/", "/review/"} <= set(closed)
    assert "/" not in closed and "/paper/" not in closed
    assert text.startswith("User-agent: *\n")
    assert "Sitemap: https://papers.example.org/sitemap.xml" in text


def test_a_front_page_without_digests_is_sound_for_search_engines(client):
    assert catalogue_missing() == 0
    assert client.get("/sitemap.xml").status_code == 200
