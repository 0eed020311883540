"""deeplearn.org hot papers: what people talk about. A scraped page, so everything here may fail without harm."""

import re
from datetime import date

from django.conf import settings
from selectolax.lexbor import LexborHTMLParser, LexborNode

from digests.sources.asking import ask
from digests.sources.listing import Listing
from newsletter.http import FetchFailed

PANEL = "Hot Papers"
MOST_LISTINGS = 30
MOST_PANELS = 50
MOST_TAGS = 20_000  # the page has some hundreds; nested without end, the parser takes the square of their number
PAPER = re.compile(r"(?:https?://[^/]*)?/arxiv/")


def fetch(day: date) -> list[Listing]:
    """The papers in the panel "Hot Papers", in its order. The site shows only the present day, so `day` is not asked
    for; `digests.collecting.collect` finds out whether the list may be that day's. Its numbers are no arXiv ids: the titles are
    resolved there as well. Raises FetchFailed."""
    return ask(settings.DEEPLEARN_URL + "/", parse, kinds=("html",))


def parse(text: str) -> list[Listing]:
    """Read the home page. Raises FetchFailed when the panel is missing or holds no paper, as a changed layout would."""
    if text.count("<") > MOST_TAGS:
        raise FetchFailed("deeplearn.org sent a page far larger than its home page.")
    page = LexborHTMLParser(text)
    panels = [panel for panel in page.css("div.panel")[:MOST_PANELS] if _heading(panel) == PANEL]
    if not panels:
        raise FetchFailed(f"deeplearn.org shows no panel “{PANEL}”; its layout may have changed.")
    links = panels[0].css("div.title > a[href]")
    titles = [" ".join(link.text().split()) for link in links if PAPER.match(link.attributes.get("href") or "")]
    titles = [title for title in dict.fromkeys(titles) if title][:MOST_LISTINGS]
    if not titles:
        raise FetchFailed(f"The panel “{PANEL}” of deeplearn.org is empty.")
    return [Listing(title=title, rank=rank) for rank, title in enumerate(titles, start=1)]


def _heading(panel: LexborNode) -> str:
    heading = panel.css_first("h3.panel-title")
    return heading.text(strip=True) if heading else ""
