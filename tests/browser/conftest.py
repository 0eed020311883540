"""Headless Chromium against the whole site: real cookies, CSRF, referrers, policies and scripts, which a test client cannot
see. Skipped where there is no Chromium.

    def test_a_reader_finds_the_archive(visitor):
        someone = visitor(language="en", scripts=False, width=360)
        someone.open("/")

A visitor whose page had errors, broke the content policy or asked another host for anything fails its test.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from celery import current_app
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from subscribers.gallery.pictures import find_chromium
from tests.browser.visitor import Visitor

QUIETLY = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PATIENCE = 45_000  # milliseconds, for a busy machine


@pytest.hookimpl(tryfirst=True)  # ahead of pytest-django, which puts tests that empty the database last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every walk uses the database through the site's own threads."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Callable[[], AbstractContextManager[Browser]]]:
    """Call it for the browser, one for all walks of this process.

    Playwright's loop counts as running in the test's own thread from the first call on, for good. Then no other test there
    could run a loop, and Django gives the thread another connection to the database, and refuses to use it. So the loop
    counts as running only as long as somebody uses the browser.
    """
    path = find_chromium()
    if path is None:
        pytest.skip("There is no Chromium on this machine: sudo apt install chromium")
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *QUIETLY])

        @contextmanager
        def in_use() -> Iterator[Browser]:
            asyncio._set_running_loop(loop)
            try:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
                    yield browser
                    connections.close_all()  # those that the thread has only now
            finally:
                asyncio._set_running_loop(None)

        asyncio._set_running_loop(None)
        yield in_use
        with in_use():
            browser.close()
        asyncio._set_running_loop(loop)


@pytest.fixture
def site(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the running site. Mails go to `django.core.mail.outbox`, and what is called goes to work at once."""
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.SIGN_UP_SECONDS = 0  # walks do not take a reader's time

    def at_once(app: Any, name: str, args: Any = (), kwargs: Any = None, **how: Any) -> None:
        current_app.tasks[name](*args, **kwargs or {})

    monkeypatch.setattr("celery.app.base.Celery.send_task", at_once)
    current_app.loader.import_default_modules()
    return str(live_server.url)


@pytest.fixture
def visitor(chromium: Callable[[], AbstractContextManager[Browser]], site: str) -> Iterator[Callable[..., Visitor]]:
    """Call it for a person with a browser of their own: `visitor(language="ko", scripts=True, width=1280, dark=False)`."""
    people: list[Visitor] = []

    def somebody(language: str = "ko", *, scripts: bool = True, width: int = 1280, dark: bool = False) -> Visitor:
        context = browser.new_context(
            locale={"ko": "ko-KR", "en": "en-GB"}[language],
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            timezone_id="Asia/Seoul",
        )
        context.set_default_timeout(PATIENCE)
        people.append(Visitor(context, site))
        return people[-1]

    with chromium() as browser:
        yield somebody
        faults = [fault for person in people for fault in person.faults]
        for person in people:
            person.context.close()
    assert not faults, "\n".join(faults)
