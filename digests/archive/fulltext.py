"""The index behind the search: a tsvector under a GIN index in PostgreSQL, an FTS5 table in SQLite. Both are filled with
the terms of `digests.archive.terms`, so both find the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import BooleanField, Expression, F, Field, FloatField, Func, QuerySet, Value
from django.db.models.functions import Cast

from digests.archive.question import Wanted, as_fts5, as_tsquery
from digests.archive.terms import terms_of
from digests.models import CataloguedPaper

FTS = "digests_cataloguedpaper_terms"
"""SQLite's table; its rowid is the paper's."""
SQLITE_WEIGHTS = "8.0, 3.0, 1.0"  # title, what was said, record
POSTGRES_WEIGHTS = "{0.0, 0.12, 0.4, 1.0}"  # the same, from the last (D, which is not used) to the first
MOST_PLACES = 250  # PostgreSQL keeps no more of one term
LAST_PLACE = 16_000  # nor beyond 16,383


class Texts(NamedTuple):
    """What is searched of a paper: its title, what a digest said of it, and its record (authors, abstract)."""

    title: str
    said: str
    record: str


class TSQuery(Field):
    """PostgreSQL's type for a question."""

    def db_type(self, connection: object) -> str:
        """The name of the type."""
        return "tsquery"


def store(texts: Mapping[int, Texts]) -> None:
    """Make the catalogued papers with these keys findable by these texts. Call in the transaction that made them."""
    terms = {key: [terms_of(text) for text in each] for key, each in texts.items()}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f"DELETE FROM {FTS} WHERE rowid = %s", [(key,) for key in terms])
            rows: list[list[str | int]] = [[key, *(" ".join(words) for words in each)] for key, each in terms.items()]
            cursor.executemany(f"INSERT INTO {FTS} (rowid, title, said, record) VALUES (%s, %s, %s, %s)", rows)
        else:
            table = CataloguedPaper._meta.db_table
            vectors = [(as_tsvector(each), key) for key, each in terms.items()]
            cursor.executemany(f"UPDATE {table} SET terms = %s::tsvector WHERE id = %s", vectors)


def forget(keys: Sequence[int]) -> None:
    """Take papers out of SQLite's table; in PostgreSQL the row is all there is."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {FTS} WHERE rowid = %s", [(key,) for key in keys])


def as_tsvector(texts: Sequence[Sequence[str]]) -> str:
    """Terms with their places and weights, as PostgreSQL's tsvector type reads them."""
    places: dict[str, list[str]] = {}
    place = 0
    for weight, terms in zip("ABC", texts, strict=True):
        for term in terms:
            place = min(place + 1, LAST_PLACE)
            found = places.setdefault(term, [])
            if len(found) < MOST_PLACES:
                found.append(f"{place}{weight}")
    return " ".join(f"'{term}':{','.join(found)}" for term, found in places.items())


def titled(papers: QuerySet[CataloguedPaper], question: Sequence[Wanted]) -> QuerySet[CataloguedPaper]:
    """Those of `papers` that have every word asked for in their title, in no order."""
    if connection.vendor == "sqlite":
        return _by_fts5(papers, f"title : ({as_fts5(question)})")
    in_titles = Func(F("terms"), template="ts_filter(%(expressions)s, '{a}')")  # as the index has it
    return papers.filter(_has(in_titles, question))


def matching(papers: QuerySet[CataloguedPaper], question: Sequence[Wanted]) -> QuerySet[CataloguedPaper]:
    """Those of `papers` that have every word asked for, the best answer first."""
    if connection.vendor == "sqlite":
        ranked = {"rank": f"-bm25({FTS}, {SQLITE_WEIGHTS})"}
        return _by_fts5(papers, as_fts5(question)).extra(select=ranked, order_by=["-rank", "-day", "position"])
    rank = Func(
        F("terms"),
        _asked(question),
        template=f"ts_rank('{POSTGRES_WEIGHTS}', %(expressions)s)",
        output_field=FloatField(),
    )
    found = papers.filter(_has(F("terms"), question)).annotate(rank=rank)
    return found.order_by("-rank", "-day", "position")


def _by_fts5(papers: QuerySet[CataloguedPaper], expression: str) -> QuerySet[CataloguedPaper]:
    same = f"{FTS}.rowid = {CataloguedPaper._meta.db_table}.id"
    return papers.extra(tables=[FTS], where=[same, f"{FTS} MATCH %s"], params=[expression])


def _has(terms: Expression | F, question: Sequence[Wanted]) -> Func:
    asked = _asked(question)
    return Func(terms, asked, arg_joiner=" @@ ", template="(%(expressions)s)", output_field=BooleanField())


def _asked(question: Sequence[Wanted]) -> Expression:
    return Cast(Value(as_tsquery(question)), TSQuery())
