"""Somebody without a subscription reads: archive, digest, paper, search, feed."""

from typing import Any

import pytest

from digests.models import CataloguedPaper, Category
from tests.factories import make_approved


@pytest.mark.parametrize(("language", "width", "dark"), [("ko", 320, True), ("en", 1280, False)])
def test_a_reader_walks_from_the_archive_to_a_paper_and_finds_it_again(
    visitor: Any, language: str, width: int, dark: bool
) -> None:
    make_approved()
    paper = CataloguedPaper.objects.get(category="llm")
    someone = visitor(language, width=width, dark=dark, scripts=False)
    page = someone.page
    someone.open("/")
    page.click("#latest-name a")
    assert page.url.endswith("/2024-11-22/")
    someone.fits()
    page.click("details.provenance summary")
    assert page.locator(".provenance code").first.inner_text() == paper.digest.content_hash
    page.click(f"[id='paper-{paper.arxiv_id}'] p.quiet a")
    assert page.inner_text("h1") == paper.paper["title"]
    someone.fits()
    page.click(".kicker a")
    assert "/category/llm/" in page.url
    someone.fits()
    page.click("nav a[href^='/search/']")
    page.fill("#search-words", paper.paper["title"])
    page.press("#search-words", "Enter")
    page.locator(".results mark").first.wait_for()
    someone.fits()
    page.click(".results a.name")
    assert page.url.endswith(f"/paper/{paper.arxiv_id}/")
    feed = page.get_attribute("link[type='application/atom+xml']", "href")
    answer = page.request.get(someone.site + feed)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert paper.paper["title"] in answer.text()


@pytest.mark.parametrize(
    "path", ["/2024-11-22/", "/2024-11/", "/category/llm/", "/search/?q=paper", "/search/?q=nothing"]
)
def test_every_page_for_readers_is_accessible_and_fits(visitor: Any, path: str) -> None:
    make_approved()
    someone = visitor("en", width=320)
    someone.open(path)
    someone.accessible()
    someone.fits()


def test_a_language_chosen_in_the_address_goes_along_and_one_that_is_pressed_stays(visitor: Any) -> None:
    make_approved()
    someone = visitor("ko")
    someone.open("/2024-11-22/?language=en")
    someone.page.click("section#llm h2 a")
    assert someone.page.get_attribute("html", "lang") == "en"
    someone.page.click(".languages button[value=ko]")
    assert someone.page.get_attribute("html", "lang") == "ko"
    someone.page.click(".languages button[value=en]")
    someone.open("/")
    assert someone.page.get_attribute("html", "lang") == "en"


def test_on_paper_a_digest_is_black_on_white_and_nothing_to_press_is_on_it(visitor: Any) -> None:
    make_approved()
    someone = visitor("ko", dark=True)
    someone.open("/2024-11-22/")
    someone.page.emulate_media(media="print")
    colours = "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    assert someone.page.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    assert not someone.page.locator("form, nav, .skip, .button").locator("visible=true").count()
    assert someone.page.locator(".summary li").first.is_visible()


def test_what_was_found_stands_out_in_colours_of_the_readers_own(visitor: Any) -> None:
    make_approved()
    someone = visitor("en")
    someone.page.emulate_media(forced_colors="active")
    someone.open("/search/?q=paper")
    ground = "getComputedStyle(document.querySelector('.results mark')).backgroundColor"
    assert someone.page.evaluate(ground) != someone.page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_who_wants_more_contrast_gets_it(visitor: Any) -> None:
    make_approved()
    someone = visitor("en", width=320)
    someone.page.emulate_media(contrast="more")
    someone.open("/2024-11-22/")
    someone.accessible(
        options={"runOnly": ["color-contrast-enhanced"], "rules": {"color-contrast-enhanced": {"enabled": True}}}
    )


def test_by_keyboard_the_first_thing_is_the_way_past_the_navigation(visitor: Any) -> None:
    make_approved()
    someone = visitor("en")
    someone.open("/")
    someone.page.keyboard.press("Tab")
    link = someone.page.locator(".skip")
    box = link.bounding_box()
    assert box is not None and box["x"] >= 0
    someone.page.keyboard.press("Enter")
    someone.page.keyboard.press("Tab")
    assert someone.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_link_to_a_paper_far_down_leads_to_it(visitor: Any) -> None:
    """Sections that are out of sight are laid out late: a jump must land all the same."""
    digest = make_approved(sections=[category.slug for category in Category.objects.all()])
    last = CataloguedPaper.objects.filter(digest=digest).order_by("position").last()
    assert last is not None
    someone = visitor("en", width=320)
    someone.open(f"/2024-11-22/#paper-{last.arxiv_id}")
    target = someone.page.locator(f"[id='paper-{last.arxiv_id}']")
    someone.page.wait_for_function("id => { const box = document.getElementById(id).getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight }", arg=f"paper-{last.arxiv_id}")  # fmt: skip
    assert target.is_visible()
    someone.accessible()


@pytest.mark.parametrize(
    "path", ["/", "/2024-11-22/", "/category/llm/", "/search/?category=llm", "/about/", "/privacy/"]
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_link_that_stands_alone_is_high_enough_to_be_hit(visitor: Any, language: str, path: str) -> None:
    """24 pixels (WCAG 2.2, 2.5.8), wherever a line wraps: smaller links pass or fail by what happens to stand beside them.
    Links in sentences may be as high as their line."""
    make_approved()
    someone = visitor(language, width=412)
    someone.open(path)
    small = someone.page.evaluate(
        """() => [...document.querySelectorAll("a:not(.skip), button, summary")]
            .filter(each => !each.closest("address, .told li, .told section > p, .note, .corrections li"))
            .filter(each => each.getBoundingClientRect().height < 24)
            .map(each => each.textContent.trim())"""
    )
    assert small == []
