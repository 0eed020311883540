"""From a stranger's first look at the form to the welcome mail, in a real browser: cookies, referrers and policies as they are."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core import mail

from subscribers.models import Subscriber
from tests.browser.visitor import link_to, links_in
from tests.factories import make_approved, make_reader

BUTTON = {"ko": "구독하기", "en": "Subscribe"}


def fill_in(someone: Any, address: str) -> None:
    """Type an address and press the button."""
    someone.page.fill("main input[type=email]", address)
    someone.page.click("main form button")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_stranger_becomes_a_reader_with_four_presses(visitor: Any, language: str, scripts: bool) -> None:
    make_approved()
    someone = visitor(language, scripts=scripts, width=360)
    someone.open("/subscribe/")
    assert someone.page.locator(".glimpse a").get_attribute("href") == "/2024-11-22/"
    someone.page.click("details.topics summary")
    someone.page.uncheck("input[value=robotics]")
    fill_in(someone, "kim@example.org")
    assert ("메일함을 확인" if language == "ko" else "Check your mail") in someone.words
    assert [message.to for message in mail.outbox] == [["kim@example.org"]]

    someone.open(link_to("confirm"))
    assert someone.page.input_value("[name=time_zone]") == ("Asia/Seoul" if scripts else "")
    someone.page.click("main button")
    reader = Subscriber.objects.get()
    assert (reader.status, reader.language) == ("active", language)
    assert len(mail.outbox) == 2
    assert links_in()[0].endswith("/2024-11-22/")

    someone.open(link_to("confirm", 0))
    assert ("이미 확인" if language == "ko" else "Already confirmed") in someone.words
    someone.open(link_to("preferences"))
    assert not someone.page.is_checked("input[value=robotics]")
    assert someone.page.is_checked("input[value=llm]")


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_signing_up_is_accessible(visitor: Any, language: str, width: int) -> None:
    make_approved()
    someone = visitor(language, width=width)

    def look() -> None:
        someone.fits()
        someone.accessible()

    someone.open("/subscribe/")
    look()
    someone.page.click("details.topics summary")
    someone.page.click("details.stored summary")
    look()
    someone.page.fill("main input[type=email]", "kim@localhost.example.c")
    someone.page.click("main form button")
    look()
    fill_in(someone, "kim@example.org")
    look()
    someone.open(link_to("confirm"))
    look()
    someone.page.click("main button")
    look()
    someone.open("/subscribe/embed/")
    look()
    someone.open("/confirm/nonsense/")
    look()


def test_a_typing_error_is_told_at_the_field_and_loses_nothing(visitor: Any) -> None:
    someone = visitor("en")
    someone.open("/subscribe/")
    someone.page.click("details.topics summary")
    someone.page.uncheck("input[value=robotics]")
    fill_in(someone, "kim@example.c")
    assert "name@example.org" in someone.words
    field = someone.page.locator("main input[type=email]")
    assert (field.input_value(), field.get_attribute("aria-invalid")) == ("kim@example.c", "true")
    assert not someone.page.is_checked("input[value=robotics]")


def test_at_most_three_things_to_fill_in_stand_before_the_button(visitor: Any) -> None:
    """By keyboard: the address, the categories behind one line, the language as one group."""
    someone = visitor("en")
    someone.open("/subscribe/")
    someone.page.focus("main input[type=email]")
    stops = 1
    while stops < 9:
        someone.page.keyboard.press("Tab")
        if someone.page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
        stops += 1
    assert stops == 3


def test_somebody_with_cookies_refused_can_sign_up_and_confirm(visitor: Any) -> None:
    someone = visitor("en")
    someone.context.route("**/*", lambda route: route.continue_(headers=without_cookie(route.request.headers)))
    someone.open("/subscribe/")
    fill_in(someone, "kim@example.org")
    someone.open(link_to("confirm"))
    someone.page.click("main button")
    assert Subscriber.objects.get().status == "active"


def without_cookie(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != "cookie"}


def test_the_box_on_the_front_page_signs_up(visitor: Any) -> None:
    someone = visitor("ko")
    someone.open("/")
    someone.page.fill("form.signup input[type=email]", "kim@example.org")
    someone.page.click("form.signup button")
    assert [message.to for message in mail.outbox] == [["kim@example.org"]]


def test_a_program_that_fills_in_every_field_at_once_gets_no_mail_sent(visitor: Any, settings: Any) -> None:
    someone = visitor("en")
    someone.open("/subscribe/")
    someone.page.evaluate("document.querySelector('[name=fax]').value = '1'")
    fill_in(someone, "bot@example.org")
    assert "Check your mail" in someone.words
    settings.SIGN_UP_SECONDS = 60
    someone.open("/subscribe/")
    fill_in(someone, "quick@example.org")
    assert "Check your mail" in someone.words
    assert mail.outbox == []


def test_a_reader_who_signs_up_again_sees_what_a_stranger_sees_and_gets_another_mail(visitor: Any) -> None:
    make_reader("kim@example.org", language="en")
    pages = []
    for address in ("stranger@example.org", "kim@example.org"):
        someone = visitor("en")
        someone.open("/subscribe/")
        fill_in(someone, address)
        pages.append(someone.words)
    assert pages[0] == pages[1]
    assert [message.subject.startswith("You are already") for message in mail.outbox] == [False, True]


# ---- the form on another site


@pytest.fixture
def blog(visitor: Any) -> Iterator[Any]:
    """Another site: a server of its own on this machine that shows what is put into its `page`."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(self.server.page.encode())  # type: ignore[attr-defined]

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("number", "language"), [(0, "ko"), (1, "en")])
def test_the_form_pasted_into_a_blog_leads_to_one_button_here(
    visitor: Any, blog: Any, number: int, language: str
) -> None:
    someone = visitor("en", scripts=False)
    someone.open("/subscribe/embed/")
    snippet = someone.page.locator("pre").nth(number).inner_text()
    blog.page = f"<!DOCTYPE html><html lang={language}><title>Blog</title><link rel=icon href=data:,>{snippet}</html>"
    someone.page.goto(f"http://127.0.0.1:{blog.server_port}/")
    someone.page.fill("input[type=email]", "kim@example.org")
    someone.page.click("button")
    assert "kim@example.org" in someone.words
    assert someone.page.get_attribute("html", "lang") == language
    assert mail.outbox == []
    someone.page.click("main button")
    assert [message.to for message in mail.outbox] == [["kim@example.org"]]
    assert Subscriber.objects.get().language == language
    someone.faults = [fault for fault in someone.faults if f"127.0.0.1:{blog.server_port}" not in fault]


def test_another_site_cannot_sign_anybody_up_by_itself(visitor: Any, blog: Any) -> None:
    someone = visitor("en")
    page = someone.open("/subscribe/").text()
    stolen = html.unescape(re.search(r'name="shown" value="([^"]+)"', page)[1])  # type: ignore[index]
    blog.page = (
        "<!DOCTYPE html><html lang=en><title>x</title><link rel=icon href=data:,>"
        f"<form action='{someone.site}/subscribe/' method=post><input name=email value=victim@example.org>"
        f"<input name=categories value=llm><input name=shown value='{stolen}'></form></html>"
    )
    someone.page.goto(f"http://127.0.0.1:{blog.server_port}/")
    someone.page.evaluate("document.forms[0].submit()")
    someone.page.wait_for_selector("main button")
    assert mail.outbox == [] and not Subscriber.objects.exists()
    someone.faults = [fault for fault in someone.faults if f"127.0.0.1:{blog.server_port}" not in fault]
