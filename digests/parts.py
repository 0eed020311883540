"""The five parts of a section's summary: the shape every writer returns and every page shows."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

PARTS = ("topics", "keywords", "key_points", "impact", "outlook")
HEADINGS = {
    "topics": gettext_lazy("Topics"),
    "keywords": gettext_lazy("Keywords and trends"),
    "key_points": gettext_lazy("Key points"),
    "impact": gettext_lazy("Impact"),
    "outlook": gettext_lazy("Outlook"),
}


@dataclass(frozen=True)
class Abstract:
    """What a writer may know of a paper. `id` is the arXiv id without version; `text` may be empty."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Bullet:
    """One statement of a part, and the ids of the papers it rests on."""

    text: str
    papers: tuple[str, ...]
