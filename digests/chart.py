"""Draw the day's category distribution as a PNG, and say the same in text. Pure: numbers in, bytes out."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font

WIDTH = 552  # CSS pixels: the mail's column without its margins
BAR_HEIGHT = 38
MARGIN = 72
TEXT = 34  # pixels of the image: 17 in the mail, still legible when a phone halves it
LABEL_PIXELS, TITLE_PIXELS = 520, 1020  # of the image, which has 1104: a label leaves room for the bars
PIXELS_PER_CSS_PIXEL = 2
DPI = 100
COLOURS = 128

# An opaque, slightly tinted ground: a mail client that turns colours round leaves images alone.
GROUND, INK, FAINT, BAR = "#f4f0e6", "#22262b", "#565c63", "#2f6f8f"


class Share(NamedTuple):
    """A category's name, as the chart's language has it, its number of papers, and the colour of its bar."""

    name: str
    papers: int
    colour: str = BAR


class Picture(NamedTuple):
    """PNG bytes and their size in CSS pixels."""

    png: bytes
    width: int
    height: int


def draw_distribution(shares: Sequence[Share], title: str) -> Picture:
    """A horizontal bar for each share, in the order given. The same input gives the same bytes.

    matplotlib's object API, without pyplot: no state is shared between threads. Labels are plain text (`$` draws a
    dollar) and free of emoji, which the font does not have.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # 60 MB, which the web never needs
    from matplotlib.figure import Figure

    height = MARGIN + BAR_HEIGHT * len(shares)
    scale = PIXELS_PER_CSS_PIXEL / DPI
    figure = Figure(figsize=(WIDTH * scale, height * scale), dpi=DPI, facecolor=GROUND)
    FigureCanvasAgg(figure)
    labels = [fitted(share.name, LABEL_PIXELS) for share in shares]
    left = 0.05 + max((_width(label) for label in labels), default=0) / (WIDTH * PIXELS_PER_CSS_PIXEL)
    axes = figure.add_axes((left, 16 / height, 0.92 - left, (height - MARGIN) / height), facecolor=GROUND)
    rows = range(len(shares))
    axes.barh(rows, [share.papers for share in shares], height=0.62, color=[share.colour for share in shares])
    axes.invert_yaxis()
    axes.set_yticks(rows, labels, fontproperties=font(TEXT), color=INK, parse_math=False)
    axes.tick_params(left=False, bottom=False, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for row, share in zip(rows, shares, strict=True):
        axes.annotate(
            str(share.papers), (share.papers, row), xytext=(10, 0), textcoords="offset points",
            va="center", color=INK, fontproperties=font(TEXT),
        )  # fmt: skip
    figure.text(
        0.035, 1 - 26 / height, fitted(title, TITLE_PIXELS), color=FAINT, fontproperties=font(TEXT), va="center",
        parse_math=False,
    )  # fmt: skip
    return Picture(png_of(figure), WIDTH, height)


def png_of(figure: Figure) -> bytes:
    """The figure as a PNG of COLOURS colours, a third of the bytes that matplotlib writes by itself: bars and letters need no
    more, and nobody sees the difference (2 of 255 steps at most)."""
    from PIL import Image

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    with Image.open(drawn) as image:
        few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def fitted(text: str, pixels: int) -> str:
    """The characters of a text that the font can draw, cut where they would be wider than `pixels` of the image."""
    drawn = " ".join("".join(c if c.isprintable() and font_has(ord(c)) else " " for c in text).split())
    if _width(drawn) <= pixels:
        return drawn
    room = pixels - _width("…")
    ends = list(accumulate(_advance(ord(c)) for c in drawn))
    return drawn[: bisect_right(ends, room)].rstrip() + "…"


def _width(text: str) -> float:
    """How many pixels of the image a text takes."""
    return sum(_advance(ord(c)) for c in text)


@cache
def font_file() -> Path:
    """NanumGothic (OFL), out of the package koreanize-matplotlib, which is only its carrier: importing that package
    would change matplotlib's settings for everyone and fails on Python 3.12."""
    spec = find_spec("koreanize_matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The package koreanize-matplotlib, which carries the chart's font, is not installed.")
    return Path(spec.origin).parent / "fonts" / "NanumGothic.ttf"


@cache
def font(points: int) -> FontProperties:
    """The chart's font at a size in points of the doubled image."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file()), size=points * 72 / DPI)


def font_has(codepoint: int) -> bool:
    """Whether the font has a glyph for the character."""
    return codepoint in _glyphs()


@cache
def _advance(codepoint: int) -> float:
    """The width of a character in pixels of the image."""
    return float(_face().load_char(codepoint).linearHoriAdvance) / 65536  # FreeType's 16.16 fixed point


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(_face().get_charmap())


@cache
def _face() -> FT2Font:
    from matplotlib.ft2font import FT2Font

    face = FT2Font(str(font_file()))
    face.set_size(TEXT * 72 / DPI, DPI)
    return face
