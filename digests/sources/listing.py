"""One line of a source's list."""

from dataclasses import dataclass, field

from digests.arxiv_id import split_id


@dataclass(frozen=True)
class Listing:
    """A paper as a source lists it today. `rank` counts from 1. `arxiv_id` is canonical, or None when the source does
    not say; the paper is then looked up by its title. Texts are raw."""

    title: str
    rank: int
    arxiv_id: str | None = None
    abstract: str = ""
    authors: tuple[str, ...] = field(default=())
    votes: int | None = None
    published_at: str = ""

    def __post_init__(self) -> None:
        if self.arxiv_id is not None and split_id(self.arxiv_id) != (self.arxiv_id, None):
            raise ValueError(f"{self.arxiv_id!r} is not a canonical arXiv id")
