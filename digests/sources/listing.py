"""One line of a source's list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from digests.arxiv_id import split_id

REPLACEMENTS = ("replace", "replace-cross")


@dataclass(frozen=True)
class Listing:
    """A paper as a source lists it today. `rank` counts from 1. `arxiv_id` is canonical, or None when the source does
    not say; the paper is then looked up by its title. Texts are raw. `announced` is arXiv's own word: new, cross,
    replace or replace-cross; `categories` are arXiv's, the primary one first; `version` is 0 when the source is silent."""

    title: str
    rank: int
    arxiv_id: str | None = None
    abstract: str = ""
    authors: tuple[str, ...] = field(default=())
    votes: int | None = None
    published_at: str = ""
    announced: str = ""
    categories: tuple[str, ...] = field(default=())
    version: int = 0

    def __post_init__(self) -> None:
        if self.arxiv_id is not None and split_id(self.arxiv_id) != (self.arxiv_id, None):
            raise ValueError(f"{self.arxiv_id!r} is not a canonical arXiv id")

    @property
    def is_replacement(self) -> bool:
        """Whether this announces another version of a paper that was announced before."""
        return self.announced in REPLACEMENTS

    def named(self, arxiv_id: str) -> Listing:
        """The same line, now that its paper is known."""
        return replace(self, arxiv_id=arxiv_id)
