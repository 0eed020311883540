"""Pictures of web pages by a Chromium that is on the machine, over its DevTools pipe (no package is needed).

https://chromedevtools.github.io/devtools-protocol/ : a message is JSON and ends in a NUL; ours go to the browser's file
descriptor 3, its own come from 4.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
TALLEST = 16_000  # pixels; beyond that Chromium draws nothing
# How mail programs make a light mail dark by force: they turn colours round and leave images alone.
INVERT = """
document.documentElement.style.cssText = 'filter: invert(1) hue-rotate(180deg); background: #fff';
document.querySelectorAll('img').forEach(each => each.style.filter = 'invert(1) hue-rotate(180deg)');
"""
# Becomes the browser, with the pipes where it looks for them; first out of the way, lest one take the other's place.
AS_3_AND_4 = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for end, place in zip(ends, (3, 4)):
    os.dup2(end, place)
os.execv(sys.argv[3], sys.argv[3:])
"""
IMAGES_OFF = "document.querySelectorAll('img').forEach(each => each.src = 'file:///nothing.png');"


class Mode(NamedTuple):
    """A way to look at a mail: its name, whether the reader's scheme is dark, and what is done to the page first."""

    name: str
    is_dark: bool = False
    script: str = ""


MODES = (
    Mode("light"),
    Mode("dark", is_dark=True),
    Mode("inverted", script=INVERT),
    Mode("no-images", script=IMAGES_OFF),
)
WIDTHS = (360, 640)


def find_chromium() -> str | None:
    """The browser's path; None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """A headless Chromium with one tab. Use it in a `with`; it ends with it."""

    def __init__(self, path: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gallery-", ignore_cleanup_errors=True)
        to_browser, self._to = os.pipe()
        self._from, from_browser = os.pipe()
        arguments = [
            path, "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--remote-debugging-pipe",
            "--disable-background-networking", f"--user-data-dir={self._folder.name}",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ]  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, "-c", AS_3_AND_4, str(to_browser), str(from_browser), *arguments],
            pass_fds=(to_browser, from_browser),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._answers = os.fdopen(self._from, "rb")
        self._count = 0
        self._rest = b""
        self._session = ""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._answers.close()
        os.close(self._to)
        self._folder.cleanup()

    def picture(self, page: Path, mode: Mode, width: int) -> bytes:
        """The whole page as a PNG, `width` CSS pixels wide."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=True)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if mode.is_dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._ask("Page.navigate", url=page.resolve().as_uri())
        self._wait_for("Page.loadEventFired")
        if mode.script:
            self._ask("Runtime.evaluate", expression=mode.script)
            self._ask("Runtime.evaluate", expression="new Promise(done => setTimeout(done, 50))", awaitPromise=True)
        size = self._ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": width, "height": min(size["height"], TALLEST), "scale": 1}
        return base64.b64decode(self._ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"])

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The browser's answer. Raises RuntimeError when it refuses."""
        self._count += 1
        question = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            question["sessionId"] = self._session
        os.write(self._to, json.dumps(question).encode() + b"\0")
        while (heard := self._hear()).get("id") != self._count:
            pass
        if "error" in heard:
            raise RuntimeError(f"{method}: {heard['error'].get('message')}")
        result: dict[str, Any] = heard["result"]
        return result

    def _wait_for(self, event: str) -> None:
        while self._hear().get("method") != event:
            pass

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._answers.fileno(), 1 << 20)
            if not more:
                raise RuntimeError("The browser ended by itself.")
            self._rest += more
        message, _nul, self._rest = self._rest.partition(b"\0")
        heard: dict[str, Any] = json.loads(message)
        return heard


def pictures(browser: Browser, page: Path, modes: Sequence[Mode] = MODES) -> dict[str, bytes]:
    """The page in every mode and width, by the names their files get."""
    return {f"{mode.name}-{width}": browser.picture(page, mode, width) for mode in modes for width in WIDTHS}
