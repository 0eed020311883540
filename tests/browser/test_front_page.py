"""The first page a stranger sees, in a real browser."""

from typing import Any

import pytest

from tests.factories import make_approved


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_front_page_shows_the_latest_digest_in_the_visitors_language(
    visitor: Any, language: str, width: int
) -> None:
    make_approved()
    someone = visitor(language, width=width)
    assert someone.open("/").status == 200
    assert someone.page.get_attribute("html", "lang") == language
    assert ("2024년 11월 22일" if language == "ko" else "November 22, 2024") in someone.words
    someone.fits()
    someone.accessible()


def test_the_front_page_is_whole_without_scripts(visitor: Any) -> None:
    make_approved()
    someone = visitor("en", scripts=False)
    someone.open("/")
    assert someone.page.locator("form input[type=email]").count() == 1
