"""Every mail there is, held against what mail programs can do (data of caniemail.com, 2025-09)."""

import importlib.util
import os
import re
from argparse import Namespace
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import matplotlib.image
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from digests.colours import COLOURS, colour_of
from newsletter import mail
from subscribers.gallery import files
from subscribers.gallery.mails import NOTICES, READER, pieces
from subscribers.gallery.pictures import MODES, WIDTHS, Browser, find_chromium

pytestmark = pytest.mark.once
SITE = "https://papers.example.org"
SETTINGS = {
    "SITE_URL": SITE,
    "FROM_EMAIL": "Papers <digest@papers.example.org>",
    "POSTAL_ADDRESS": "Papers, 1 Example Street, 00000 Example City",
    "UNSUBSCRIBE_MAILBOX": "leave@papers.example.org",
    "MAIL_CHART": "hosted",
}
# Not in Outlook on Windows, or not in Gmail, or nowhere.
DENIED_ELEMENTS = {
    "script", "form", "input", "button", "select", "textarea", "iframe", "object", "embed", "video", "audio", "svg",
    "picture", "source", "base", "link", "canvas", "map", "dialog", "details",
}  # fmt: skip
DENIED_STYLES = re.compile(
    r"display:\s*(?:inline-)?(?:flex|grid)|position:|float:|background-image|url\(|var\(|--[\w-]+:|@import|@font-face"
    r"|calc\(|(?<!text-)transform:|animation|object-fit|clip-path|rgba\(|hsl"
)
STYLE_BYTES = 8_000  # Gmail leaves out a longer style element, and all that come after


class Page(HTMLParser):
    """The elements of an HTML part, its styles, and each link's address and words."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.styles, self.links, self.inside = [], [], [], []
        self.feed(re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag == "a":
            self.links.append([attributes["href"], ""])
        if tag not in ("img", "br", "meta"):
            self.inside.append(tag)

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, words):
        if "style" in self.inside:
            self.styles.append(words)
        if "a" in self.inside:
            self.links[-1][1] += words


@pytest.fixture(scope="module", autouse=True)
def site():
    with override_settings(**SETTINGS):
        yield


@pytest.fixture(scope="module")
def gallery(site):
    return {files.stem_of(piece): (piece, Page(piece.part("html"))) for piece in pieces()}


def each(gallery):
    return [(name, piece, page) for name, (piece, page) in gallery.items()]


def test_every_mail_is_there_in_both_languages(gallery):
    names = {name.rpartition("-")[0] for name in gallery}
    assert names >= {"daily", "weekly", "sixty-papers", "one-paper", "hostile", "confirmation", "welcome"}
    assert {f"{name}-{language}" for name in names for language in ("ko", "en")} == set(gallery)


def test_no_mail_uses_what_mail_programs_leave_out(gallery):
    for name, _piece, page in each(gallery):
        assert not {tag for tag, _ in page.elements} & DENIED_ELEMENTS, name
        inline = " ".join(attributes.get("style") or "" for _tag, attributes in page.elements)
        assert not DENIED_STYLES.search(inline), name
        assert sum(len(style.encode()) for style in page.styles) < STYLE_BYTES, name
        assert not re.search(r"url\(|@import|@font-face", " ".join(page.styles)), name
        assert not any(attribute.startswith("on") for _tag, attributes in page.elements for attribute in attributes), (
            name
        )


def test_addresses_are_ours_or_the_papers_and_words_never_show_another_host(gallery):
    for name, _piece, page in each(gallery):
        for address, words in page.links:
            parts = urlsplit(address)
            assert parts.scheme in ("https", "mailto"), (name, address)
            assert parts.hostname in ("papers.example.org", "arxiv.org", None), (name, address)
            shown = re.match(r"\s*https?://([\w.-]+)", words)
            if shown and not name.startswith("hostile"):
                assert shown[1] == parts.hostname, (name, words)
        for tag, attributes in page.elements:
            if tag == "img":
                assert attributes["src"].startswith(f"{SITE}/chart/") and attributes["src"].endswith(".png"), name
                assert attributes["width"] and attributes["alt"] and attributes["aria-label"], name


def test_layout_tables_say_so_and_titles_say_their_language(gallery):
    for name, piece, page in each(gallery):
        assert all(attrs.get("role") == "presentation" for tag, attrs in page.elements if tag == "table"), name
        papers = [attrs for tag, attrs in page.elements if tag == "a" and "//arxiv.org/" in attrs["href"]]
        assert all(attrs["lang"] == "en" for attrs in papers), name
        headings = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        assert headings[0] == 1 and headings.count(1) == 1, name
        assert [attrs["lang"] for tag, attrs in page.elements if tag == "html"] == [piece.language], name


def test_every_link_that_stands_alone_can_be_hit_with_a_thumb(gallery):
    """44 pixels high: padding and one line. A link in the middle of a sentence, and a bare address, need not be."""
    for name, _piece, page in each(gallery):
        for tag, attributes in page.elements:
            style = attributes.get("style") or ""
            if tag == "a" and "display:" in style:
                assert height_of(style) >= 43.5, (name, style)


def height_of(style):
    """The height of one line of a link that is a block, with its padding; the mail's own size is 16, its line 1.6."""
    found = dict(re.findall(r"([\w-]+):([^;]+)", style))
    size = float(found.get("font-size", "14px").removesuffix("px"))
    padding = [float(part.removesuffix("px")) for part in found["padding"].split()]
    return size * float(found.get("line-height", 1.6)) + padding[0] + padding[2 if len(padding) > 2 else 0]


class Inked(HTMLParser):
    """The colours of each text and of the ground it stands on, as inline styles have them."""

    def __init__(self, html):
        super().__init__()
        self.open, self.pairs = [("", "#000000", "#ffffff", False)], {}
        self.feed(re.sub(r"<!--.*?-->", "", html[html.index("<body") :], flags=re.DOTALL))

    def handle_starttag(self, tag, attrs):
        if tag in ("img", "br", "meta"):
            return
        attributes = dict(attrs)
        style = attributes.get("style") or ""
        _tag, ink, ground, hidden = self.open[-1]
        inks, grounds = (
            re.findall(r"(?<![\w-])color:(#\w{6})", style),
            re.findall(r"background(?:-color)?:(#\w{6})", style),
        )
        hidden = hidden or "display:none" in style or attributes.get("aria-hidden") == "true"
        self.open.append((tag, (inks or [ink])[-1], (grounds or [ground])[-1], hidden))

    def handle_endtag(self, tag):
        while any(known == tag for known, *_rest in self.open) and self.open.pop()[0] != tag:
            pass

    def handle_data(self, words):
        _tag, ink, ground, hidden = self.open[-1]
        if words.strip() and not hidden:
            self.pairs[ink, ground] = words.strip()


def light_of(colour):
    """Relative luminance (WCAG 2.2)."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink, ground, turned=False):
    """The contrast of two colours, or of what they become in a program that makes light mails dark by turning colours."""
    both = [[255 - part if turned else part for part in bytes.fromhex(colour[1:])] for colour in (ink, ground)]
    dark, light = sorted(map(light_of, both))
    return (light + 0.05) / (dark + 0.05)


def test_every_word_is_readable_in_light_and_turned_round(gallery):
    for name, piece, _page in each(gallery):
        pairs = Inked(piece.part("html")).pairs
        assert len(pairs) >= 4, name
        for (ink, ground), words in pairs.items():
            assert contrast(ink, ground) >= 4.5, (name, words, ink, ground)
            assert contrast(ink, ground, turned=True) >= 4.5, (name, words, ink, ground)


def test_the_colours_of_the_dark_scheme_are_readable_on_its_grounds(gallery):
    [style] = [style for style in gallery["daily-ko"][1].styles if "prefers-color-scheme: dark" in style]
    rules = re.findall(r"([^{}]+)\{ ([^{}]+) \}", style.partition("dark)")[2])
    grounds = {found for _who, what in rules for found in re.findall(r"background: (#\w{6})", what)}
    inks = {found for who, what in rules if "button" not in who and "sample" not in who
            for found in re.findall(r"(?<![\w-])color: (#\w{6})", what)}  # fmt: skip
    dark = {ground for ground in grounds if light_of(bytes.fromhex(ground[1:])) < 0.03}
    assert len(inks) >= 4 and len(dark) >= 3
    assert min(contrast(ink, ground) for ink in inks for ground in dark) >= 4.5


def test_colours_of_categories_stand_out_from_every_ground():
    for slug, colour in COLOURS.items():
        assert contrast(colour, "#fdfcf9") >= 3 and contrast(colour, "#fdfcf9", turned=True) >= 3, slug
        assert contrast(colour, "#1e2125") >= 3, slug


def test_an_editors_own_category_has_a_colour_too():
    assert colour_of("quantum") == colour_of("quantum") in COLOURS.values()


def test_mails_are_small_and_no_day_is_clipped(gallery):
    for name, piece, _page in each(gallery):
        assert len(piece.part("html").encode()) <= 80_000, name
        assert len(piece.octets) < 250_000, name
        assert all(len(png) < 150_000 for png in piece.charts.values()), name


def test_subjects_are_short_and_text_is_for_people(gallery):
    for name, piece, page in each(gallery):
        assert len(str(piece.message["Subject"]).strip()) <= (78 if piece.name in NOTICES else 60), name
        text = piece.part("plain")
        assert not re.search(r"</?\w+ |&\w+;|\{\{|\{%|None\b|style=", text) or name.startswith("hostile"), name
        for address, _words in page.links:
            bare = address.partition("#")[0]
            assert bare.removeprefix("mailto:") in text or bare == f"{SITE}/", (name, address)
        long = [line for line in text.splitlines() if mail.columns(line) > 76 and "://" not in line]
        assert all(max(map(len, line.split())) > 70 for line in long), (name, long)


def test_a_long_day_says_where_the_rest_is(gallery):
    _piece, page = gallery["sixty-papers-ko"]
    assert len({address for address, _ in page.links if "//arxiv.org/" in address}) == 60
    assert f"{SITE}/2024-11-22/" in [address for address, words in page.links if words == "전체 보기"]


def test_a_chart_in_the_mail_is_the_same_mail_with_the_picture_inside():
    with override_settings(MAIL_CHART="inline"):
        piece = next(pieces())
    message = piece.message
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    [image] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert image.get_content() in piece.charts.values()
    [address] = re.findall(r'<img src="cid:([^"]+)"', piece.part("html"))
    assert image["Content-ID"] == f"<{address}>" and image.get_content_disposition() == "inline"


def lint_of(folder):
    spec = importlib.util.spec_from_file_location("mail_lint", folder / "world" / "mail_lint.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("chart", ["hosted", "inline"])
def test_the_lint_of_a_bulk_mailer_finds_nothing(chart):
    if not os.environ.get("RECORDED_DATA"):
        pytest.skip("RECORDED_DATA names no folder, so there is no mail_lint.py to ask.")
    lint = lint_of(Path(os.environ["RECORDED_DATA"]))
    with override_settings(MAIL_CHART=chart):
        shown = [piece for piece in pieces() if piece.name not in NOTICES]  # editors' mails are no list mail
    for piece in shown:
        options = Namespace(
            domain="", allow_local=False, media=[], fetch=False, postal="", paper_link="",
            no_papers="//arxiv.org/" not in piece.part("html"),
        )  # fmt: skip
        assert lint.Lint(options).run(piece.octets) == [], files.stem_of(piece)


def test_the_command_writes_files_and_says_when_it_can_take_no_pictures(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("subscribers.gallery.pictures.shutil.which", lambda name: None)
    call_command("gallery", to=tmp_path, only="daily-ko")
    assert {path.name for path in tmp_path.glob("daily*")} == {"daily-ko.eml", "daily-ko.html", "daily-ko.txt"}
    [chart] = re.findall(r'<img src="([^"]+)"', (tmp_path / "daily-ko.html").read_text())
    assert (tmp_path / chart).read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "index.html").read_text().count("<figure>") == len(MODES) * len(WIDTHS)
    said = capsys.readouterr().out
    assert "No Chromium was found" in said and str(tmp_path / "index.html") in said
    assert READER.encode() in (tmp_path / "daily-ko.eml").read_bytes()


def test_a_picture_shows_the_whole_page_in_the_readers_scheme(tmp_path):
    chromium = find_chromium()
    if not chromium:
        pytest.skip("No Chromium is on this machine.")
    page = tmp_path / "page.html"
    page.write_text(
        '<!doctype html><meta name="viewport" content="width=device-width">'
        "<style>body { margin: 0; height: 900px; background: #fff }"
        "@media (prefers-color-scheme: dark) { body { background: #000 } }</style>"
    )
    with Browser(chromium) as browser:
        found = {mode.name: image_of(browser.picture(page, mode, 360)) for mode in MODES}
    assert {image.shape[:2] for image in found.values()} == {(900, 360)}
    shades = {name: round(float(image[..., :3].mean()), 1) for name, image in found.items()}
    assert shades == {"light": 1.0, "dark": 0.0, "inverted": 0.0, "no-images": 1.0}


def image_of(png):
    return matplotlib.image.imread(BytesIO(png), format="png")


def test_a_name_that_no_mail_has_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(CommandError, match="There are: .*daily-ko"):
        call_command("gallery", to=tmp_path, only="dialy")
    assert list(tmp_path.iterdir()) == []
