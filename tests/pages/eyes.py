"""A page as a person with a browser meets it: axe in both colour schemes at three widths, no sideways scrolling, nothing that the
browser complains about; and its markup, to be validated together with all others."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tests.browser.visitor import Visitor
from tests.pages.places import Place

WIDTHS = (320, 768, 1280)
HEIGHT = 900
WITHOUT_IMPORTS = {"preload": False}
"""Admin's forms.css imports another file, which axe would fetch and put into the page as an inline style."""

CONFIG = Path(__file__).with_name("html.json")


class Eyes:
    """Somebody who looks at pages, signed in where `cookies` says so, and keeps the markup of each in a folder."""

    def __init__(self, browser: Browser, address: str, folder: Path) -> None:
        self.browser, self.address, self.folder = browser, address, folder
        self.cookies: list[Any] = []
        folder.mkdir(parents=True, exist_ok=True)

    def sign_in(self, username: str, password: str) -> None:
        """Through the door, for the pages that follow."""
        context = self.browser.new_context(locale="en")
        page = context.new_page()
        page.goto(f"{self.address}/admin/login/?next=/admin/")
        page.fill("#id_username", username)
        page.fill("#id_password", password)
        page.click("#login-form input[type=submit]")
        assert page.url.endswith("/admin/"), "The demo's administrator could not sign in."
        self.cookies = [cookie for cookie in context.cookies() if cookie["name"] == "sessionid"]
        context.close()

    def look(self, place: Place, name: str) -> list[str]:
        """What there is to complain about, but for the markup, which is kept as `name`.html beside a picture."""
        context = self.browser.new_context(locale=place.language, viewport={"width": WIDTHS[0], "height": HEIGHT})
        try:
            return self._look(context, place, name)
        except Exception as error:  # noqa: BLE001 - one page that cannot be seen is one complaint, and no end of the run
            return [f"not seen: {str(error).splitlines()[0]}"]
        finally:
            context.close()

    def _look(self, context: BrowserContext, place: Place, name: str) -> list[str]:
        if place.kind == "desk":
            context.add_cookies(self.cookies)
        someone = Visitor(context, self.address)
        answer = someone.open(place.path)
        if place.press:
            if place.name.startswith("subscribe"):
                someone.page.fill("main input[type=email]", "somebody@example.org")
            if place.name.startswith("why"):
                someone.page.check("main form.card input[type=radio] >> nth=0")
            with someone.page.expect_navigation() as pressed:
                someone.page.click(place.press)
            assert pressed.value
            answer = pressed.value
        told = [] if answer.status == place.status else [f"answers {answer.status}"]
        (self.folder / f"{name}.html").write_text(answer.text(), encoding="utf-8")
        for width in WIDTHS:
            someone.page.set_viewport_size({"width": width, "height": HEIGHT})
            told += _complaints(someone, width, is_desk=place.kind == "desk")
        someone.page.screenshot(path=self.folder / f"{name}.png", full_page=True)
        return told + [fault for fault in someone.faults if place.status == 200 or str(place.status) not in fault]


def _complaints(someone: Visitor, width: int, *, is_desk: bool) -> list[str]:
    told = []
    for check in (someone.fits, lambda: someone.accessible(**(WITHOUT_IMPORTS if is_desk else {}))):
        try:
            check()
        except AssertionError as error:
            told.append(f"{width} px: {str(error).partition('assert')[0].strip()}")
    return told


def validated(folder: Path, tools: Path, names: Iterable[str]) -> dict[str, list[str]]:
    """What html-validate says of the pages in a folder, by these names."""
    report = tools / "markup.json"  # not the pipe: what it has not yet written when it ends is lost
    command = [str(tools / "node_modules" / ".bin" / "html-validate"), "--config", str(CONFIG)]
    pages = [str(folder / f"{name}.html") for name in names if (folder / f"{name}.html").exists()]
    report.unlink(missing_ok=True)
    done = subprocess.run(
        [*command, "--formatter", f"json={report}", *pages], check=False, capture_output=True, text=True, timeout=300
    )
    if not report.exists():
        raise RuntimeError(f"html-validate said nothing: {done.stderr}")
    found: dict[str, list[str]] = {}
    for page in json.loads(report.read_text(encoding="utf-8")):
        name = Path(page["filePath"]).stem
        found[name] = [f"html, line {each['line']}: {each['ruleId']}: {each['message']}" for each in page["messages"]]
    return found


def file_name(place: Place) -> str:
    """A name for the page's files: no token is in it."""
    path = "" if place.kind == "own" else re.sub(r"\W+", "-", place.path).strip("-")
    return "-".join(filter(None, [re.sub(r"\W+", "-", place.name).strip("-"), path, place.language]))
