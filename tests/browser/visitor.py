"""A person with a browser: opens pages, and notices what a person or their browser would complain about."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS, Axe
from django.conf import settings
from django.core import mail
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

GRAVE = ("serious", "critical")
REFUSED_ON_PURPOSE = (403, 404, 409, 429)
"""Answers that a walk may ask for; the browser reports them as errors of the page all the same."""

SETTLED = """() => new Promise(requestAnimationFrame).then(
    () => Promise.all(document.getAnimations().map(each => each.finished)))"""
"""Colours that fade into one another are looked at when they have arrived."""


COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""All that axe has to say about colours."""

axe = cache(Axe)
"""Half a megabyte of script, read once."""


class Visitor:
    """One person's browser, with cookies of its own. `page` is a Playwright page; what went wrong in it is in `faults`."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context = context
        self.site = site
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def open(self, path: str) -> Response:
        """Go to a path of the site, or to a whole address of it such as one out of a mail."""
        answer = self.page.goto(path if path.startswith("http") else self.site + path)
        assert answer is not None
        return answer

    @property
    def words(self) -> str:
        """What the page says, in one line, when all of it is there."""
        self.page.wait_for_load_state()
        return re.sub(r"\s+", " ", self.page.inner_text("body")).strip()

    def accessible(self, **options: Any) -> None:
        """Fail when axe finds anything serious or critical on the page as it stands, in the light or the dark scheme; the
        schemes differ in nothing but colours."""
        self.page.wait_for_load_state()  # half a page lacks what its other half has
        for scheme, rules in (("light", {}), ("dark", COLOURS)):
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.evaluate(SETTLED)
            found = axe().run(self.page, options=DEFAULT_OPTIONS | rules | options).response["violations"]
            told = [
                f"{scheme}: {each['id']}: {node['html'][:200]}"
                for each in found
                if each["impact"] in GRAVE
                for node in each["nodes"]
            ]
            assert not told, "\n".join([self.page.url, *told])
        self.page.emulate_media(color_scheme="light")

    def fits(self) -> None:
        """Fail when the page must be scrolled sideways."""
        self.page.wait_for_load_state()  # a page that is just being left has no width
        wide, seen = self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
        )
        assert wide <= seen, f"{self.page.url} is {wide} px wide in a window of {seen} px"

    def _heard(self, message: ConsoleMessage) -> None:
        expected = any(f"status of {code}" in message.text for code in REFUSED_ON_PURPOSE)
        if message.type in ("error", "warning") and not expected:
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        there = urlsplit(request.url)
        if there.scheme in ("http", "https") and there.netloc != urlsplit(self.site).netloc:
            self.faults.append(f"asked somebody else: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} from {response.url}")


def links_in(position: int = -1, part: str = "text/plain") -> list[str]:
    """The addresses of our site in a mail that was sent, the latest unless said otherwise, in the order they stand."""
    message = mail.outbox[position].message()
    found = [each for each in message.walk() if each.get_content_type() == part]
    text = found[0].get_payload(decode=True).decode()
    return re.findall(re.escape(settings.SITE_URL) + r"[^\s\"<>)]*", text)


def link_to(what: str, position: int = -1) -> str:
    """The first link of a mail that leads to `what`, such as "confirm" or "preferences"."""
    return next(link for link in links_in(position) if f"/{what}/" in link)
