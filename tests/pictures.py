"""Takes the pictures of README and docs anew, in Korean, of a first run: python -m tests.pictures [NAME …]

Needs Chromium, and a minute or two. They show the trial that `make run` makes, so they change with day and hour; best taken
between five and eight in the morning in Seoul, when a draft waits and no mail is late.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from newsletter.supervisor import tied_to_this_process
from subscribers.gallery.pictures import find_chromium
from tests.faults.installation import clean_environment
from tests.faults.machines import ROOT
from tests.pages.site import SOURCES
from tests.services import free_port

IMAGES = ROOT / "docs" / "images"
COLOURS = 64  # enough for text and bars, and a third of the bytes


def main() -> int:
    """Every picture, and its bytes."""
    chromium = find_chromium()
    if not chromium:
        print("This needs Chromium: sudo apt install chromium", file=sys.stderr)
        return 2
    with (
        tempfile.TemporaryDirectory() as folder,
        trial(Path(folder)) as (address, password),
        sync_playwright() as played,
    ):
        browser = played.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(locale="ko-KR", timezone_id="Asia/Seoul")
        page.goto(f"{address}/admin/")
        page.fill("#id_username", "editor")
        page.fill("#id_password", password)
        page.click("[type=submit]")
        for name, (path, width, height, prepare) in shown(folder).items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            page.set_viewport_size({"width": width, "height": height})
            page.goto(path if "://" in path else address + path)
            prepare(page)
            print(f"{keep(name, page.screenshot()):7} {name}")
    return 0


def shown(folder: str) -> dict[str, tuple[str, int, int, Callable[[Page], object]]]:
    """What is on each picture: its address, width, height, and what is done before."""
    return {
        "today": ("/admin/", 1200, 830, as_it_is),
        "desk": ("/admin/digests/digest/1/change/", 1200, 900, second_section),
        "approve": ("/admin/subscribers/delivery/approve/1/", 1200, 900, as_it_is),
        "statistics": ("/admin/statistics/", 1200, 876, as_it_is),
        "archive": ("/?language=ko", 1000, 900, as_it_is),
        "mail": (f"file://{folder}/gallery/daily-ko.html", 680, 1500, as_it_is),
    }


def second_section(page: Page) -> None:
    """Its heading stands at the top of what is seen."""
    page.locator("#content h2").nth(3).evaluate("each => each.scrollIntoView()")


def as_it_is(page: Page) -> None:
    """Nothing is done."""


def keep(name: str, png: bytes) -> int:
    """Write the picture with few colours; returns its bytes."""
    path = IMAGES / f"{name}.png"
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


@contextmanager
def trial(folder: Path) -> Iterator[tuple[str, str]]:
    """A first run with all it has in a folder: its address and the editor's password, once there is something to see."""
    port = free_port()
    environment = clean_environment() | SOURCES | {"VAR_DIR": str(folder), "DEBUG": "True"}
    gallery = [sys.executable, "manage.py", "gallery", "--only", "daily-ko"]
    subprocess.run(gallery, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [sys.executable, "manage.py", "up", "--demo", "--port", str(port)]
    crew = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=tied_to_this_process())  # fmt: skip  # noqa: PLW1509 - started from the main thread
    try:
        assert crew.stdout is not None
        told = ""
        for line in crew.stdout:
            told += line
            if "/outbox/" in line:
                break
        found = re.search(r"password (\S+)", told)
        assert found, told
        yield f"http://localhost:{port}", found[1]
    finally:
        crew.terminate()
        crew.wait(60)


if __name__ == "__main__":
    sys.exit(main())
