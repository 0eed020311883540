"""Staff at work, with a real browser: the way in, today, and what each role sees."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from django_otp.oath import totp

from digests.collecting.days import today
from digests.models import Digest
from tests.browser.visitor import Visitor
from tests.factories import PASSWORD, make_digest, make_reader, make_staff

WORDS = {
    "ko": {"today": "오늘", "approve": "확인하고 승인하기", "continue": "계속", "kept": "보관했습니다", "in": "로그인"},
    "en": {
        "today": "Today",
        "approve": "Check and approve",
        "continue": "Continue",
        "kept": "I have kept",
        "in": "Log in",
    },
}

WITHOUT_IMPORTS = {"preload": False}
"""Admin's forms.css imports another file, which axe would fetch and put into the page as an inline style."""


def sign_in(person: Visitor, username: str) -> None:
    """Through the door, with the password."""
    person.open("/admin/login/?next=/admin/")
    person.page.fill("#id_username", username)
    person.page.fill("#id_password", PASSWORD)
    person.page.click("#login-form input[type=submit]")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_editor_sets_up_a_second_factor_and_approves_the_day(
    visitor: Callable[..., Visitor], settings: Any, language: str
) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    make_staff("kim", "editor")
    make_reader("reader@example.org")
    digest = make_digest(day=today())
    words, kim = WORDS[language], visitor(language)
    sign_in(kim, "kim")
    kim.accessible()
    letters = kim.page.inner_text(".letters").replace(" ", "")
    assert kim.page.evaluate("document.querySelector('.qr').naturalWidth") > 0
    kim.page.fill("#id_code", f"{totp(base64.b32decode(letters)):06d}")
    kim.page.click("input[type=submit]")
    kim.accessible()
    assert len(kim.page.query_selector_all(".codes li")) == 10
    kim.page.click(f"text={words['kept']}")
    assert words["today"] in kim.words
    kim.accessible()
    kim.fits()
    kim.page.click(f"text={words['approve']}")  # one
    kim.accessible()
    kim.page.click("form.desk-actions button.default")  # two
    digest.refresh_from_db()
    assert digest.status in (Digest.Status.APPROVED, Digest.Status.SENDING, Digest.Status.SENT)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_code_is_asked_for_at_the_next_sign_in(
    visitor: Callable[..., Visitor], settings: Any, scripts: bool
) -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    kim = make_staff("kim", "editor")
    TOTPDevice.objects.create(user=kim, name="app", key="ab" * 20, confirmed=True)
    person = visitor("en", scripts=scripts, width=768)
    sign_in(person, "kim")
    person.page.fill("#id_code", "000000")
    person.page.click("input[type=submit]")
    assert "This code is not right" in person.words
    if scripts:
        person.accessible()
    person.fits()


@pytest.mark.parametrize(("language", "dark"), [("ko", True), ("en", False)])
def test_each_role_sees_its_own_admin(visitor: Callable[..., Visitor], language: str, dark: bool) -> None:
    make_digest(day=today())
    make_reader("very.secret@example.org")
    for role, sees in (("editor", False), ("operator", True)):
        make_staff(role, role)
        person = visitor(language, dark=dark)
        sign_in(person, role)
        person.open("/admin/subscribers/subscriber/")
        assert ("very.secret@example.org" in person.words) == sees
        answer = person.open("/admin/auth/user/")
        assert answer.status == 403


def test_the_front_page_speaks_one_language_at_a_time(visitor: Callable[..., Visitor]) -> None:
    make_staff("kim", "administrator")
    person = visitor("ko")
    sign_in(person, "kim")
    person.page.click("text=English")
    assert person.page.get_attribute("html", "lang") == "en"
    assert not re.search("[가-힣]", person.words.replace("한국어", ""))
    person.page.click("text=한국어")
    assert person.page.get_attribute("html", "lang") == "ko"
    assert "Nothing" not in person.words


@pytest.mark.parametrize("width", [768, 1280])
def test_the_pages_of_admin_are_accessible_and_fit(visitor: Callable[..., Visitor], width: int) -> None:
    make_staff("boss", "administrator")
    make_digest(day=today())
    person = visitor("en", width=width)
    person.open("/admin/login/")
    person.accessible()
    person.open("/admin/forgotten/")
    person.accessible(**WITHOUT_IMPORTS)
    sign_in(person, "boss")
    for path in ("/admin/", "/admin/again/", "/admin/subscribers/sending/"):
        person.open(path)
        person.accessible()
        person.fits()


def test_a_mail_that_is_previewed_cannot_reach_the_page_around_it(visitor: Callable[..., Visitor]) -> None:
    """The frame is given a script, as if every check before it had failed."""
    make_staff("kim", "editor")
    digest = make_digest(day=today())
    person = visitor("en")
    sign_in(person, "kim")
    evil = "<p>mail</p><script>parent.document.title = 'owned'; top.location = '/owned/'</script>"
    person.page.route("**/html/**", lambda route: route.fulfill(body=evil, content_type="text/html"))
    person.open(f"/admin/digests/digest/{digest.pk}/preview/ko/")
    frame = person.page.wait_for_selector("iframe")
    assert frame is not None and frame.get_attribute("sandbox") == ""
    person.page.frames[1].wait_for_selector("text=mail")
    assert "owned" not in person.page.title() and "/owned/" not in person.page.url
    blocked = [fault for fault in person.faults if "sandboxed" in fault]
    assert blocked
    person.faults[:] = [fault for fault in person.faults if fault not in blocked]
