"""The Korean translation is whole, holds nothing that is no longer said, and is compiled."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.translation import template as django_template

from tests.settings_read import ROOT

pytestmark = pytest.mark.once

FOLDER = ROOT / "newsletter" / "locale" / "ko" / "LC_MESSAGES"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def said() -> set[str]:
    """Every text that our code and templates mark for translation; of a plural, its singular."""
    return {text for path in sources() for text in texts_in(path)}


def singular(text: str | Sequence[str]) -> str:
    """What tells a message from all others here."""
    return text if isinstance(text, str) else text[0]


def sources() -> Iterator[Path]:
    for package in ("newsletter", "digests", "subscribers"):
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)
    yield from (path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt", ".mjml"))


def texts_in(path: Path) -> list[str]:
    code = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        code = as_python(code, path)
    found = extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    return [singular(text) for _line, text, _comments, _context in found if text]


def as_python(template: str, path: Path) -> str:
    """The template as Django hands it to gettext, all but the texts blanked out; indents would be syntax here."""
    lines = django_template.templatize(template, origin=str(path)).splitlines()
    return "\n".join(line.strip() for line in lines)


@pytest.fixture(scope="module")
def korean() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="ko")


def test_everything_said_is_said_in_korean(korean: Catalog) -> None:
    whole = {singular(message.id) for message in korean if is_whole(message)}
    assert sorted(said() - whole) == [], "run `make messages` and translate"


def is_whole(message: Message) -> bool:
    """Whether all its forms are translated, and none by a guess of the tool."""
    return bool(message.id) and all(forms(message)) and not message.fuzzy


def forms(message: Message) -> list[str]:
    """The translation, in as many forms as the language has."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_nothing_is_translated_that_is_no_longer_said(korean: Catalog) -> None:
    kept = {singular(message.id) for message in korean if message.id}
    assert sorted(kept - said()) == [], "run `make messages`"


def test_compiled_translation_is_the_written_one(korean: Catalog) -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = {singular(message.id): forms(message) for message in read_mo(file) if message.id}
    written = {singular(message.id): forms(message) for message in korean if is_whole(message)}
    assert compiled == written, "run `make messages`"


def test_placeholders_are_the_same_in_both_languages(korean: Catalog) -> None:
    wrong = [message.id for message in korean if message.id and message.string and list(message.check(korean))]
    assert wrong == []
