"""A mail scanner opens every link of every mail, with and without saying so, and nothing in the database changes."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.test import Client

from subscribers import lifecycle, links
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.send import send_due
from subscribers.mail import send_letters
from subscribers.models import ALL_CATEGORIES, Subscriber
from subscribers.owner.asking import ask_for_change, ask_for_link
from tests.browser.visitor import links_in
from tests.factories import make_approved

SCANNERS = [
    {"user-agent": "Mozilla/5.0 (Windows NT 10.0) SafeLinks"},
    {"user-agent": "GoogleImageProxy", "purpose": "prefetch"},
    {"user-agent": "Mozilla/5.0", "sec-purpose": "prefetch;prerender"},
]
MORNING = "2024-11-21T22:00:00Z"


def everything() -> dict[str, list[Any]]:
    """Every row of every table of ours."""
    models = [
        model for app in ("newsletter", "digests", "subscribers") for model in apps.get_app_config(app).get_models()
    ]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}


def all_mails() -> int:
    """Have one of each kind of mail to a reader sent: confirmation, welcome, digest, link for the owner, both sides of a move."""
    lifecycle.sign_up("kim@example.org", "en", ALL_CATEGORIES)
    send_letters()
    reader = Subscriber.objects.get()
    lifecycle.confirm(reader.key)
    send_letters()
    with time_machine.travel(MORNING, tick=False) as clock:
        Subscriber.objects.update(confirmed_at="2024-01-01T00:00:00Z")
        open_deliveries(make_approved())
        clock.move_to("2024-11-22T00:00:00Z")
        send_due()
    reader.refresh_from_db()
    ask_for_link(reader)
    ask_for_change(reader.owners_links.get(), "new.kim@example.net")
    send_letters()
    return len(mail.outbox)


@pytest.fixture
def mailed(settings: Any, site: str) -> list[str]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    count = all_mails()
    assert count == 6
    found = {
        link for position in range(count) for part in ("text/plain", "text/html") for link in links_in(position, part)
    }
    headers = {message.extra_headers["List-Unsubscribe"].split(">")[0].strip("<") for message in mail.outbox}
    return sorted({link.partition("#")[0] for link in found | headers})


def test_programs_that_open_every_link_change_nothing(mailed: list[str], site: str) -> None:
    kinds = {link.removeprefix(site).split("/")[1] for link in mailed}
    assert kinds >= {"confirm", "unsubscribe", "preferences", "own", "address", "refuse", "feedback"}
    before = everything()
    for link in mailed:
        path = link.removeprefix(site)
        for scanner in SCANNERS:
            for method in ("get", "head", "options"):
                getattr(Client(), method)(path, headers=scanner)
    assert everything() == before


def test_a_browser_that_opens_every_link_and_runs_its_scripts_changes_nothing(mailed: list[str], visitor: Any) -> None:
    before = everything()
    someone = visitor("en")
    for link in mailed:
        someone.open(link)
    assert everything() == before


PRESSES = {
    "click": "document.querySelector('main form button').click()",
    "event": "document.querySelector('main form button').dispatchEvent(new MouseEvent('click', {bubbles: true}))",
    "submit": "document.querySelector('main form').submit()",
}


@pytest.mark.parametrize("press", PRESSES.values(), ids=PRESSES)
@pytest.mark.parametrize("kind", ["confirm", "unsubscribe"])
def test_a_scanner_that_waits_and_presses_by_script_changes_nothing(
    visitor: Any, settings: Any, kind: str, press: str
) -> None:
    settings.SIGN_UP_SECONDS = 0
    lifecycle.sign_up("kim@example.org", "en", ALL_CATEGORIES)
    key = Subscriber.objects.get().key
    if kind == "unsubscribe":
        lifecycle.confirm(key)
    before = Subscriber.objects.get().status
    someone = visitor("en")
    someone.open(links.path(links.Purpose(kind), key))
    with someone.page.expect_navigation():
        someone.page.evaluate(press)
    assert "Please press the button once more" in someone.words
    assert Subscriber.objects.get().status == before
    with someone.page.expect_navigation():
        someone.page.evaluate(press)  # whatever helps a reader press may press twice
    assert Subscriber.objects.get().status != before


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("hand", ["mouse", "Enter", "Space"])
def test_a_hand_is_believed_at_once(visitor: Any, hand: str, scripts: bool) -> None:
    lifecycle.sign_up("kim@example.org", "en", ALL_CATEGORIES)
    key = Subscriber.objects.get().key
    lifecycle.confirm(key)
    someone = visitor("en", scripts=scripts)
    someone.open(links.path(links.UNSUBSCRIBE, key))
    with someone.page.expect_navigation():
        if hand == "mouse":
            someone.page.click("main form button")
        else:
            someone.page.press("main form button", hand)
    assert Subscriber.objects.get().status == "unsubscribed"
