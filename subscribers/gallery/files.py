"""The gallery as files: each mail as .eml, .html and .txt, its pictures, and a page to look at them all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from subscribers.gallery.mails import Piece
from subscribers.gallery.pictures import MODES, WIDTHS, Browser, pictures

HOSTED = re.compile(r'(?<=src=")[^"]*/chart/([0-9a-f]{64})\.png(?=")')
INLINE = re.compile(r'(?<=src=")cid:([0-9a-f]{32})@inline(?=")')
SHEET = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mails</title>
<style>
body {{ font: 15px/1.5 sans-serif; margin: 2rem; background: #ddd }}
div {{ display: flex; gap: 1rem; overflow-x: auto; align-items: flex-start }}
figure {{ margin: 0; flex: none }} img {{ width: 260px; max-height: 900px; object-fit: cover; object-position: top }}
</style></head><body>
<h1>Mails</h1>
{rows}
</body></html>
"""


def write(piece: Piece, folder: Path) -> Path:
    """Write the mail's own files; returns the HTML one, which finds its chart beside it."""
    stem = stem_of(piece)
    (folder / "charts").mkdir(parents=True, exist_ok=True)
    names = {sha256[:32]: f"charts/{sha256[:32]}.png" for sha256 in piece.charts}
    for sha256, png in piece.charts.items():
        (folder / names[sha256[:32]]).write_bytes(png)
    (folder / f"{stem}.eml").write_bytes(piece.octets)
    (folder / f"{stem}.txt").write_text(piece.part("plain"), encoding="utf-8")
    page = folder / f"{stem}.html"
    html = HOSTED.sub(lambda found: names[found[1][:32]], piece.part("html"))
    page.write_text(INLINE.sub(lambda found: names[found[1]], html), encoding="utf-8")
    return page


def shoot(browser: Browser, page: Path) -> None:
    """Write the page's pictures."""
    folder = page.parent / "pictures"
    folder.mkdir(exist_ok=True)
    for name, png in pictures(browser, page).items():
        (folder / f"{page.stem}-{name}.png").write_bytes(png)


def write_sheet(shown: Sequence[Piece], folder: Path) -> Path:
    """The page that shows every mail in every way, with links to its files."""
    sheet = folder / "index.html"
    sheet.write_text(SHEET.format(rows="\n".join(map(_row, shown))), encoding="utf-8")
    return sheet


def stem_of(piece: Piece) -> str:
    """What the mail's files are called."""
    return f"{piece.name}-{piece.language}"


def _row(piece: Piece) -> str:
    stem = stem_of(piece)
    files = " · ".join(f'<a href="{stem}.{kind}">{kind}</a>' for kind in ("html", "txt", "eml"))
    figures = "".join(
        f'<figure><a href="pictures/{stem}-{name}.png"><img src="pictures/{stem}-{name}.png" alt="" loading="lazy"></a>'
        f"<figcaption>{name}</figcaption></figure>"
        for name in (f"{mode.name}-{width}" for mode in MODES for width in WIDTHS)
    )
    size = len(piece.part("html").encode())
    subject = escape(str(piece.message["Subject"]))
    return f"<h2>{stem}</h2><p>{subject} · HTML of {size:,} bytes · {files}</p><div>{figures}</div>"
