"""Files of subscribers as people have them: UTF-8 or UTF-16, with commas, semicolons or tabs."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from subscribers.lists.cells import bare

DELIMITERS = ",;\t"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
SAVE_AS = "Save it as CSV in UTF-8 (in Excel: “CSV UTF-8 (Comma delimited)”)."


class BadFile(Exception):
    """The file cannot be read, or not any further; the text says where, and what to do."""


class Row(NamedTuple):
    """A line of the file by its number, and what stands in it by column."""

    line: int
    cells: dict[str, str]


class Listing(NamedTuple):
    """A file that was opened: the names in its first line, and its rows one after the other."""

    columns: list[str]
    rows: Iterator[Row]


@contextmanager
def opened(path: Path) -> Iterator[Listing]:
    """The rows of a file, read as they are asked for. Raises BadFile, from the rows too."""
    try:
        file = path.open(encoding=_encoding(path), newline="")
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        yield _listing(_legible(file, path))


def _encoding(path: Path) -> str:
    """By its mark; without one it is UTF-16 if every other byte of the beginning is zero, and UTF-8 otherwise."""
    with path.open("rb") as file:
        start = file.read(8)
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return encoding
    if len(start) >= 4 and not any(start[1::2]):
        return "utf-16-le"
    return "utf-16-be" if len(start) >= 4 and not any(start[::2]) else "utf-8"


def _legible(file: TextIO, path: Path) -> Iterator[str]:
    """The lines. Raises BadFile, naming the line, where the encoding is another one."""
    try:
        yield from file
    except UnicodeError as error:
        where = _first_illegible(path) if file.encoding.startswith("utf-8") else "The end of the file"
        raise BadFile(f"{where} is neither UTF-8 nor UTF-16. {SAVE_AS}") from error


def _first_illegible(path: Path) -> str:
    """Text is decoded some thousand characters ahead of the line that is read, so the line is looked for."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeError:
                return f"Line {number}"
    return "The end of the file"


def _listing(lines: Iterator[str]) -> Listing:
    first = next(lines, "")
    counts = {delimiter: first.count(delimiter) for delimiter in DELIMITERS}
    delimiter = max(counts, key=lambda each: counts[each])
    [names] = csv.reader([first], delimiter=delimiter) if first.strip() else [[]]
    columns = [name.strip().lower() for name in names]
    twice = {name for name in columns if name and columns.count(name) > 1}
    if "email" not in columns or twice:
        fault = f"names {', '.join(sorted(twice))} twice" if twice else "names no column “email”"
        raise BadFile(f"The first line {fault}. It must name the columns, such as email,language,categories.")
    return Listing(columns, _rows(lines, columns, delimiter))


def _rows(lines: Iterator[str], columns: list[str], delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 2  # the first line is the names'; a cell may hold several lines
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = "Look for a quotation mark that is opened and not closed."
            raise BadFile(f"Line {line} cannot be read as CSV ({error}). {hint}") from error
        if any(cell.strip() for cell in cells):
            yield Row(line, {name: bare(cell) for name, cell in zip(columns, cells, strict=False) if name})
