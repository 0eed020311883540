"""`make pages` looks at every page: an address that is in none of its tables would be looked at by nobody."""

from collections.abc import Iterable

from django.urls import URLPattern, get_resolver

from tests.pages import places
from tests.pages.eyes import file_name
from tests.pages.lighthouse import Seen

GOOD = Seen(
    dict.fromkeys(("performance", "accessibility", "best-practices", "seo"), 100),
    {"bytes": 20_000}, ["http://localhost/", "http://localhost/static/x.css", "data:image/png;base64,"], 100,
    {"performance": [], "accessibility": [], "best-practices": [], "seo": []},
)  # fmt: skip


def names_of_addresses() -> Iterable[str]:
    """Those outside admin, which has pages of its own, and of the languages' cookie."""
    for pattern in get_resolver().url_patterns:
        for each in [pattern] if isinstance(pattern, URLPattern) else pattern.url_patterns:
            if isinstance(each, URLPattern) and each.name and not str(pattern.pattern).startswith("admin/"):
                yield each.name


def test_every_address_is_looked_at_or_shows_no_page():
    known = {*places.PUBLIC, *places.OWN, *places.PRESSED, *places.NO_PAGE}
    assert set(names_of_addresses()) - known == set(), "put them into tests/pages/places.py"


def test_no_table_names_an_address_that_is_gone():
    known = {*places.PUBLIC, *places.OWN, *places.PRESSED, *places.NO_PAGE}
    assert known - set(names_of_addresses()) == set()


def test_a_good_page_has_nothing_to_complain_about():
    assert GOOD.complaints("public") == []


def test_what_is_below_a_bar_is_told_with_what_failed():
    bad = GOOD._replace(
        scores=GOOD.scores | {"performance": 94, "seo": 63},
        figures={"bytes": 100_001},
        requests=[*[f"http://localhost/{n}" for n in range(6)], "https://elsewhere.example/font"],
        failed=GOOD.failed | {"performance": ["total-blocking-time"], "seo": ["is-crawlable"]},
    )
    told = bad.complaints("public")
    assert told[:4] == ["performance 94 (total-blocking-time)", "seo 63 (is-crawlable)", "100001 bytes", "7 requests"]
    assert "elsewhere.example" in told[4]


def test_a_page_of_ones_own_may_hide_from_search_engines_and_nothing_else():
    hidden = GOOD._replace(scores=GOOD.scores | {"seo": 63}, failed=GOOD.failed | {"seo": ["is-crawlable"]})
    assert hidden.complaints("own") == []
    nameless = hidden._replace(failed=GOOD.failed | {"seo": ["is-crawlable", "document-title"]})
    assert nameless.complaints("own") == ["seo 63 (document-title)"]


def test_no_file_of_a_look_has_a_token_in_its_name():
    place = places.Place("preferences", "/preferences/abc.secret/", "ko", "own")
    assert file_name(place) == "preferences-ko"
