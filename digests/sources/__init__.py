"""Where papers are listed. A source is one module with `fetch(day)` and a pure `parse`; to add one, write the module
and add its line to SOURCES. arXiv is asked for details in `digests.sources.arxiv`."""

from collections.abc import Callable, Sequence
from datetime import date

from digests.sources import deeplearn, huggingface
from digests.sources.listing import Listing

SOURCES: dict[str, Callable[[date], Sequence[Listing]]] = {
    "huggingface": huggingface.fetch,
    "deeplearn": deeplearn.fetch,
}

__all__ = ["SOURCES", "Listing"]
