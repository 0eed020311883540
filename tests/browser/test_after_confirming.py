"""What a subscriber does after confirming, in a real browser: choosing, leaving, coming back, taking along, moving, erasing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from subscribers import links
from subscribers.models import Subscriber
from tests.browser.visitor import link_to
from tests.factories import make_reader

LANGUAGE_AND_SCRIPTS = pytest.mark.parametrize(("language", "scripts"), [("ko", True), ("en", False)])


def there(purpose: links.Purpose) -> str:
    return links.path(purpose, Subscriber.objects.get().key)


def press(someone: Any, name: str) -> None:
    someone.page.get_by_role("button", name=name, exact=True).click()


@LANGUAGE_AND_SCRIPTS
def test_a_reader_changes_the_hour_and_is_told_when_the_next_mail_comes(
    visitor: Any, language: str, scripts: bool
) -> None:
    make_reader("kim@example.org", language=language)
    someone = visitor(language, scripts=scripts, width=360)
    someone.open(there(links.PREFERENCES))
    someone.page.select_option("select[name=send_hour]", "21")
    someone.page.select_option("select[name=time_zone]", "Europe/Paris")
    press(someone, {"ko": "저장", "en": "Save"}[language])
    assert "21:00" in someone.page.get_by_role("status").inner_text()
    reader = Subscriber.objects.get()
    assert (reader.send_hour, reader.time_zone) == (21, "Europe/Paris")
    someone.fits()
    if scripts:
        someone.accessible()


def test_the_devices_time_zone_is_offered_where_another_is_chosen(visitor: Any) -> None:
    make_reader("kim@example.org", language="en", time_zone="Europe/Paris")
    someone = visitor("en")
    someone.open(there(links.PREFERENCES))
    offer = someone.page.get_by_role("button", name="Asia/Seoul")
    offer.click()
    assert not offer.is_visible()
    press(someone, "Save")
    assert Subscriber.objects.get().time_zone == "Asia/Seoul"


@LANGUAGE_AND_SCRIPTS
def test_a_reader_leaves_says_why_and_comes_back(visitor: Any, language: str, scripts: bool) -> None:
    make_reader("kim@example.org", language=language)
    someone = visitor(language, scripts=scripts, width=360)
    someone.open(there(links.UNSUBSCRIBE))
    assert someone.page.get_by_role("button").count() == 1
    someone.page.get_by_role("button").click()
    assert Subscriber.objects.get().status == "unsubscribed"
    assert someone.context.cookies() == []
    if scripts:
        someone.accessible()
    someone.fits()
    someone.page.check("input[value=topics]")
    press(someone, {"ko": "보내기", "en": "Send"}[language])
    assert Subscriber.objects.get().left_because == "topics"
    press(someone, {"ko": "실수였어요, 되돌리기", "en": "It was a mistake: undo"}[language])
    assert Subscriber.objects.get().status == "active"


def test_who_was_about_to_leave_takes_less_instead(visitor: Any) -> None:
    make_reader("kim@example.org", language="en")
    someone = visitor("en", scripts=False)
    someone.open(there(links.UNSUBSCRIBE))
    someone.page.get_by_role("link", name="Once a week, or less of it").click()
    press(someone, "Save")
    assert "Saved." in someone.words
    assert Subscriber.objects.get().cadence == "weekly"


def own_page(someone: Any, language: str) -> None:
    """Ask for the link on the preferences page and open the one that was mailed."""
    someone.open(there(links.PREFERENCES))
    press(someone, {"ko": "링크를 메일로 받기", "en": "Mail me the link"}[language])
    someone.open(link_to("own"))


@LANGUAGE_AND_SCRIPTS
def test_a_reader_takes_everything_along_and_is_erased(
    visitor: Any, language: str, scripts: bool, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    make_reader("kim@example.org", language=language)
    someone = visitor(language, scripts=scripts, width=360)
    own_page(someone, language)
    assert "kim@example.org" in someone.words
    if scripts:
        someone.accessible()
    someone.fits()
    with someone.page.expect_download() as download:
        press(someone, {"ko": "내려받기", "en": "Download"}[language])
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert told["subscription"]["email"] == "kim@example.org"
    press(someone, {"ko": "지금 모두 삭제", "en": "Erase everything now"}[language])
    assert {"ko": "모두 삭제했습니다", "en": "Everything is erased"}[language] in someone.words
    assert Subscriber.objects.get().email.endswith("@erased.invalid")


@LANGUAGE_AND_SCRIPTS
def test_a_reader_moves_to_another_address_by_two_presses(visitor: Any, language: str, scripts: bool) -> None:
    make_reader("kim@example.org", language=language)
    someone = visitor(language, scripts=scripts)
    own_page(someone, language)
    someone.page.fill("input[name=email]", "new.kim@example.net")
    press(someone, {"ko": "두 주소에 묻기", "en": "Ask both addresses"}[language])
    for position in (-2, -1):
        someone.open(link_to("address", position))
        press(someone, {"ko": "동의합니다", "en": "I agree"}[language])
    assert re.search({"ko": "주소를 바꾸었습니다", "en": "The address is changed"}[language], someone.words)
    assert Subscriber.objects.get().email == "new.kim@example.net"
