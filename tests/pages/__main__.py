"""Every kind of page looked at from outside: `make pages` prints a table and writes var/pages/pages.json.

Lighthouse as on a telephone (its four scores, the bytes of the page), html-validate, axe at three widths in both colour
schemes, no sideways scrolling, and no request to anybody else; in Korean and in English. Ends with 1 when a bar is missed.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import Browser, sync_playwright

from subscribers.gallery.pictures import find_chromium
from tests.browser.visitor import Visitor
from tests.npm import installed
from tests.pages.site import DAY, site

HERE = Path(__file__).parent
OUT = Path("var") / "pages"
PUBLIC = (
    "/",
    f"/{DAY}/",
    f"/{DAY[:7]}/",
    "/category/llm/",
    "/search/?q=diffusion",
    "/paper/2411.14402/",
    "/subscribe/",
)
LANGUAGES = ("ko", "en")
WIDTHS = (320, 768, 1280)
LEAST_SCORE, MOST_BYTES = 95, 100_000
SCORES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = "--headless=new --no-sandbox --disable-background-networking --disable-component-update --disable-sync"


class Look(NamedTuple):
    """What was seen of one page in one language."""

    page: str
    language: str
    scores: dict[str, int]
    bytes: int
    complaints: list[str]

    @property
    def missed(self) -> list[str]:
        """The bars that the page is below. A page for one person is kept out of search engines, which costs it `seo`."""
        asked = SCORES if self.page in PUBLIC else SCORES[:3]
        low = [f"{name} {self.scores[name]}" for name in asked if self.scores[name] < LEAST_SCORE]
        return low + ([f"{self.bytes} bytes"] if self.bytes > MOST_BYTES else []) + self.complaints


def main() -> int:
    """0 when every page is above every bar."""
    chromium = find_chromium()
    tools = installed(HERE / "package.json", Path("var") / "cache" / "pages")
    if not (chromium and tools):
        print("This needs Chromium, node and npm: sudo apt install chromium nodejs npm", file=sys.stderr)
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, site(Path(folder)) as (address, own):
        looks = list(look_at_all(address, [*PUBLIC, *own], chromium, tools))
    (OUT / "pages.json").write_text(json.dumps([look._asdict() for look in looks], indent=1, ensure_ascii=False))
    missed = [look for look in looks if look.missed]
    print(f"{len(looks)} looks, {len(missed)} below a bar.")
    return 1 if missed else 0


def look_at_all(address: str, paths: Sequence[str], chromium: str, tools: Path) -> Iterator[Look]:
    """Look at each page in each language, and print a line about it."""
    print(f"| page | | {' | '.join(SCORES)} | bytes | complaints |\n|---|---|{'---|' * (len(SCORES) + 2)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split()[1:])
        for path, language in itertools.product(paths, LANGUAGES):
            look = look_at(address, path, language, browser, tools)
            cells = [
                look.page,
                look.language,
                *look.scores.values(),
                look.bytes,
                "; ".join(look.complaints)[:300] or "–",
            ]
            print(f"| {' | '.join(map(str, cells))} |", flush=True)
            yield look
        browser.close()


def look_at(address: str, path: str, language: str, browser: Browser, tools: Path) -> Look:
    """Everything about one page in one language."""
    answer = httpx.get(address + path).status_code
    if answer != 200:
        return Look(named(path), language, dict.fromkeys(SCORES, 0), 0, [f"answers {answer}"])
    scores, size = lighthouse(address + path, language, tools)
    complaints = validated(address + path, language, tools) + visited(browser, address, path, language)
    return Look(named(path), language, scores, size, complaints)


def named(path: str) -> str:
    """The page's name in the table: a token is nobody's business."""
    first = path.strip("/").partition("/")[0]
    return f"/{first}/…/" if first in ("preferences", "unsubscribe", "confirm") else path


def lighthouse(url: str, language: str, tools: Path) -> tuple[dict[str, int], int]:
    """The four scores, of 100, and the bytes that the page brings over the wire. Raises CalledProcessError."""
    command = [
        str(tools / "node_modules" / ".bin" / "lighthouse"),
        url,
        "--quiet",
        "--output=json",
        "--output-path=stdout",
    ]
    command += [f"--chrome-flags={FLAGS}", "--extra-headers", json.dumps({"Accept-Language": language})]
    done = subprocess.run(
        command,
        check=True,
        capture_output=True,
        text=True,
        timeout=180,
        env={**os.environ, "CHROME_PATH": find_chromium() or ""},
    )
    report = json.loads(done.stdout)
    scores = {name: round(100 * (report["categories"][name]["score"] or 0)) for name in SCORES}
    return scores, int(report["audits"]["total-byte-weight"]["numericValue"])


def validated(url: str, language: str, tools: Path) -> list[str]:
    """What html-validate has to say about the page."""
    page = tools / "page.html"
    page.write_text(httpx.get(url, headers={"Accept-Language": language}).text, encoding="utf-8")
    command = [str(tools / "node_modules" / ".bin" / "html-validate"), "--config", str(HERE / "html.json")]
    done = subprocess.run(
        [*command, "--formatter", "json", str(page)], check=False, capture_output=True, text=True, timeout=60
    )
    found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return [f"html: {each['ruleId']}: {each['message']}" for file in found for each in file["messages"]]


def visited(browser: Browser, address: str, path: str, language: str) -> list[str]:
    """What axe, the window's width and the browser itself complain about."""
    told: list[str] = []
    for width in WIDTHS:
        context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
        someone = Visitor(context, address)
        someone.open(path)
        for check in (someone.fits, someone.accessible):
            try:
                check()
            except AssertionError as error:
                told.append(f"{width} px: {str(error).partition('assert')[0].strip()}")
        if width == WIDTHS[-1]:
            someone.page.screenshot(path=OUT / f"{named(path).strip('/').replace('/', '_') or 'front'}-{language}.png")
        told += someone.faults
        context.close()
    return told


if __name__ == "__main__":
    sys.exit(main())
