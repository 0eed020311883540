"""Every kind of page looked at from outside: `make pages` prints a table and writes var/pages/pages.json.

Lighthouse as on a telephone (four scores, bytes, requests), html-validate, axe at three widths in both colour schemes, no
sideways scrolling, and no request to anybody else; in Korean and in English; for admin all but Lighthouse. A page whose
performance is below the bar is seen twice more when all else is quiet, and the median counts. Ends with 1 when a bar is missed.

    make pages                       all of it
    make pages ARGS=--only=digest    pages with this in their name or path
    make pages ARGS=--quick          without Lighthouse
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import sync_playwright

from subscribers.gallery.pictures import find_chromium
from tests.npm import installed
from tests.pages.eyes import Eyes, file_name, validated
from tests.pages.lighthouse import SCORES, Lighthouse, Seen, lighthouse
from tests.pages.places import Place
from tests.pages.site import Site, site

HERE = Path(__file__).parent
OUT = Path("var") / "pages"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def main() -> int:
    """0 when every page is above every bar."""
    parser = ArgumentParser(prog="make pages")
    parser.add_argument("--only", default="", help="a part of the names or paths wanted")
    parser.add_argument("--quick", action="store_true", help="without Lighthouse")
    only, quick = (given := parser.parse_args()).only, given.quick
    chromium = find_chromium()
    tools = installed(HERE / "package.json", Path("var") / "cache" / "pages")
    if not (chromium and tools):
        print("This needs Chromium, node and npm: sudo apt install chromium nodejs npm", file=sys.stderr)
        return 2
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), OUT) as here:
        wanted = {file_name(place): place for place in here.places if only in place.name or only in place.path}
        with lighthouse(tools, chromium, FLAGS) as light, ThreadPoolExecutor(1) as beside:
            seen_there = beside.submit(look_with_lighthouse, light, here, {} if quick else wanted)
            told = look_with_eyes(chromium, here, wanted)
            seen = seen_there.result()
            seen = {name: light.again(here.address, wanted[name], first) for name, first in seen.items()}
    for name, complaints in validated(OUT, tools, wanted).items():
        told[name] += complaints
    for name, look in seen.items():
        told[name] += look.complaints(wanted[name].kind)
    print_table(wanted, seen, told)
    write(wanted, seen, told)
    missed = sum(bool(complaints) for complaints in told.values())
    print(
        f"\n{len(wanted)} pages, {missed} below a bar; {time.monotonic() - started:.0f} s. Pictures and figures: {OUT}"
    )
    return 1 if missed else 0


def look_with_lighthouse(light: Lighthouse, here: Site, wanted: dict[str, Place]) -> dict[str, Seen]:
    """Each page that can be opened by its address, and that is not staff's; of a fault's pages one."""
    seen: dict[str, Seen] = {}
    faults: set[tuple[int, str]] = set()
    for name, place in wanted.items():
        if place.kind == "desk" or place.press or (place.status, place.language) in faults:
            continue
        if place.kind == "wrong":
            faults.add((place.status, place.language))
        seen[name] = light.look(here.address + place.path, place.language)
        print(f"{name}: {seen[name].scores}", file=sys.stderr, flush=True)
    return seen


def look_with_eyes(chromium: str, here: Site, wanted: dict[str, Place]) -> dict[str, list[str]]:
    """What there is to complain about on each page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS[1:])
        eyes = Eyes(browser, here.address, OUT)
        eyes.sign_in("admin", here.password)
        told = {name: eyes.look(place, name) for name, place in wanted.items()}
        browser.close()
    return told


def print_table(wanted: dict[str, Place], seen: dict[str, Seen], told: dict[str, list[str]]) -> None:
    """A line for each page; below it each complaint in full."""
    line = "{:<42.42} {:>4} {:>4} {:>4} {:>4} {:>7} {:>4} {:>5} {:>6} {:>5}  {}".format
    print(line("page", "perf", "a11y", "best", "seo", "bytes", "req.", "nodes", "paint", "shift", "complaints"))
    for name in wanted:
        look = seen.get(name)
        figures: Sequence[object] = ["–"] * 9
        if look:
            asked = sum(not url.startswith("data:") for url in look.requests)
            drawn = [f"{look.figures['largest_paint'] / 1000:.1f} s", f"{look.figures['shift']:.2f}"]
            figures = [
                *(look.scores[each] for each in SCORES),
                int(look.figures["bytes"]),
                asked,
                look.nodes or "–",
                *drawn,
            ]
        print(line(name, *figures, len(told[name]) or "–"))
    for name, complaints in told.items():
        for each in complaints:
            print(f"\n{name}: {each}")


def write(wanted: dict[str, Place], seen: dict[str, Seen], told: dict[str, list[str]]) -> None:
    """The same for programs; without paths, some of which are tokens."""
    looks = [
        {"page": name, "kind": place.kind, "complaints": told[name], **(_figures(seen[name]) if name in seen else {})}
        for name, place in wanted.items()
    ]
    (OUT / "pages.json").write_text(json.dumps(looks, indent=1, ensure_ascii=False), encoding="utf-8")


def _figures(look: Seen) -> dict[str, object]:
    return {"scores": look.scores, "figures": look.figures, "nodes": look.nodes, "requests": len(look.requests)}


if __name__ == "__main__":
    sys.exit(main())
