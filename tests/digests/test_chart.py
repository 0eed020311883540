"""The day's distribution as a picture: same numbers, same bytes, nothing cut off."""

import io
import threading

import numpy
import pytest
from PIL import Image

from digests import chart
from digests.chart import LABEL_PIXELS, TITLE_PIXELS, Share, draw_distribution, fitted

SHARES = [Share("거대 언어 모델", 9), Share("Computer Vision", 4), Share("기타", 1)]
GROUND = (0xF4, 0xF0, 0xE6)


def pixels(picture):
    image = Image.open(io.BytesIO(picture.png))
    assert image.format == "PNG"
    return numpy.asarray(image.convert("RGB")).astype(int)


def inked(part):
    """How many pixels are not the ground's."""
    return int((abs(part - numpy.array(GROUND)).sum(axis=2) > 12).sum())


def edges(image, width=6):
    return inked(image[:, :width]) + inked(image[:, -width:]) + inked(image[:width]) + inked(image[-width:])


def test_the_picture_is_a_png_of_twice_its_size_in_the_mail():
    picture = draw_distribution(SHARES, "2024-11-22")
    image = pixels(picture)
    assert picture.width == 552
    assert image.shape == (2 * picture.height, 1104, 3)


def test_a_picture_is_light_enough_for_a_page_and_a_mail():
    many = [Share(f"A category of this name {n}", n, f"#{n * 0x0F1B2D % 0xFFFFFF:06x}") for n in range(1, 13)]
    picture = draw_distribution(many, "Friday, November 22, 2024: 78 papers")
    assert len(picture.png) < 50_000
    assert inked(pixels(picture)) > 10_000


def test_each_bar_keeps_its_categorys_colour():
    colours = [f"#{n * 0x0F1B2D % 0xFFFFFF:06x}" for n in range(1, 16)]
    image = pixels(draw_distribution([Share("x", 3, colour) for colour in colours], "t"))
    drawn = {tuple(found) for found in image.reshape(-1, 3)}
    for colour in colours:
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert min(max(abs(a - b) for a, b in zip(wanted, found, strict=True)) for found in drawn) <= 2, colour


def test_each_further_category_makes_the_picture_higher_by_a_bar():
    heights = [draw_distribution([Share("x", 1)] * count, "t").height for count in (1, 2, 5)]
    assert heights[1] - heights[0] == chart.BAR_HEIGHT
    assert heights[2] - heights[0] == 4 * chart.BAR_HEIGHT


def test_the_same_numbers_give_the_same_bytes():
    assert draw_distribution(SHARES, "t").png == draw_distribution(list(SHARES), "t").png
    assert draw_distribution(SHARES, "t").png != draw_distribution(SHARES[::-1], "t").png


def test_pictures_drawn_at_the_same_time_do_not_mix():
    alone = [draw_distribution([Share(f"category {n}", n)], f"title {n}").png for n in range(3)]
    together: dict[int, bytes] = {}

    def draw(n):
        together[n] = draw_distribution([Share(f"category {n}", n)], f"title {n}").png

    threads = [threading.Thread(target=draw, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[n] for n in range(3)] == alone


def test_a_longer_bar_is_more_papers():
    image = pixels(draw_distribution([Share("a", 9), Share("b", 3)], ""))
    blue = (abs(image - numpy.array([0x2F, 0x6F, 0x8F])).sum(axis=2) < 12).sum(axis=1)
    lengths = [int(length) for length in dict.fromkeys(blue[blue > 0])]
    assert lengths[0] == pytest.approx(3 * lengths[-1], rel=0.02)


@pytest.mark.parametrize("name", ["한글 이름", "a_b^c%d#e <b>&amp;", r"\input{/etc/passwd}"])
def test_a_label_is_drawn_as_it_is_written(name):
    assert fitted(name, TITLE_PIXELS) == name
    nothing = inked(pixels(draw_distribution([Share("", 0)], "")))
    label, title = draw_distribution([Share(name, 0)], ""), draw_distribution([Share("", 0)], name)
    assert inked(pixels(label)) > nothing + 500
    assert inked(pixels(title)) > nothing + 500


@pytest.mark.parametrize("formula", ["$x^2_{y}$", r"$\href{javascript:x}{y}$"])
def test_a_formula_is_drawn_with_its_dollars(formula):
    bare = formula.replace("$", "")
    for with_dollars, without in (
        (draw_distribution([Share(formula, 0)], ""), draw_distribution([Share(bare, 0)], "")),
        (draw_distribution([], formula), draw_distribution([], bare)),
    ):
        assert inked(pixels(with_dollars)) > inked(pixels(without))


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("🧠 거대 언어 모델", "거대 언어 모델"),
        ("👁️\u200d🗨️", ""),
        ("\u202eright to left\u202c", "right to left"),
        ("nul\0 line\nend\t", "nul line end"),
        ("\ud800half", "half"),
        ("", ""),
    ],
)
def test_what_the_font_cannot_draw_is_left_out(name, drawn):
    assert fitted(name, LABEL_PIXELS) == drawn


LONG = ["W" * 500, "가" * 500, "m" * 60, "i" * 500, "@" * 33, "Natural Language Processing and much more besides"]


@pytest.mark.parametrize("name", LONG)
def test_a_long_label_is_cut_and_says_so(name):
    short = fitted(name, LABEL_PIXELS)
    assert short.endswith("…")
    assert name.startswith(short[:-1].rstrip())


def test_long_labels_neither_leave_the_picture_nor_crowd_out_the_bars():
    image = pixels(draw_distribution([Share(name, 150) for name in LONG], "W" * 500))
    assert edges(image) == 0
    assert inked(image[80:, 700:]) > 10_000, "no bars are left"


@pytest.mark.parametrize(
    "title",
    [
        "2024년 12월 22일 · 논문 200편 · 샘플",
        "2024년 12월 22일 · 200 papers · 샘플",
        "Sept. 30, 2024 · 200 papers · SAMPLE",
    ],
)
def test_the_title_of_a_sample_keeps_its_mark(title):
    assert fitted(title, TITLE_PIXELS) == title


@pytest.mark.parametrize(
    "shares", [[], [Share("a", 0)], [Share("a", 0), Share("b", 0)], [Share(f"c{n}", n) for n in range(20)]]
)
def test_any_number_of_categories_can_be_drawn(shares):
    assert edges(pixels(draw_distribution(shares, "t"))) == 0


def test_a_missing_font_is_an_error_that_the_build_can_note(monkeypatch, tmp_path):
    monkeypatch.setattr(chart, "font_file", lambda: tmp_path / "gone.ttf")
    for cached in (chart._face, chart._glyphs, chart._advance, chart.font):
        cached.cache_clear()
    try:
        with pytest.raises(OSError, match=r"gone\.ttf"):
            draw_distribution(SHARES, "t")
    finally:
        for cached in (chart._face, chart._glyphs, chart._advance, chart.font):
            cached.cache_clear()
