"""Which pages are looked at: every address of the site that shows people something, by its name in the URL configuration.

`tests/newsletter/test_pages_are_looked_at.py` fails when an address is in none of the tables.
"""

from __future__ import annotations

from typing import NamedTuple

DAY, MONDAY, NOT_YET = "2024-11-22", "2024-11-25", "2024-11-26"
"""The sample day, a weekly digest, a draft."""
LONG_DAYS = ("2024-11-19", "2024-11-20", "2024-11-21")
"""Days with twice the sample's papers, of which the weekly digest is made."""

PUBLIC = {
    "archive": ["/"],
    "digest": [f"/{DAY}/", f"/{LONG_DAYS[-1]}/"],
    "weekly": [f"/weekly/{MONDAY}/"],
    "month": [f"/{DAY[:7]}/"],
    "category": ["/category/llm/"],
    "paper": ["/paper/2411.14402/", "/paper/2411.61402/"],
    "search": ["/search/", "/search/?q=diffusion", "/search/?q=zzz"],
    "about": ["/about/"],
    "privacy": ["/privacy/"],
    "subscribe": ["/subscribe/"],
    "embed": ["/subscribe/embed/"],
    "nobody": ["/nobody/preferences/"],
}
"""What everybody may read. Feeds and files have no page: `/` and a category's page lead to them."""

OWN = (
    "confirm",
    "preferences",
    "unsubscribe",
    "less",
    "return",
    "why",
    "renew",
    "feedback",
    "own",
    "address",
    "refuse",
)
"""What is behind a link of a reader's own; `tests.pages.prepare` makes the links."""

WRONG = {
    404: ["/nothing/", "/2020-01-01/", "/preferences/nonsense/", "/confirm/nonsense/", "/own/nonsense/", "/address/nonsense/", "/return/nonsense/"],
    400: ["/?date=never"],
    403: ["/wrong/403/"],
    429: ["/wrong/429/"],
    500: ["/wrong/500/"],
    503: ["/wrong/503/"],
}  # fmt: skip
"""What is answered when something is wrong; `tests.pages.wrong` makes it go wrong."""

PRESSED = {
    "subscribe": "main form button", "confirm": "main form button", "unsubscribe": "main form button", "return": "main form button",
    "renew": "main form button", "address": "main form button", "refuse": "main form button", "less": "main form button",
    "preferences": "main form.card button[type=submit]:not(.second)", "ask_own": "section.card button", "feedback": "main form button",
    "why": "main form.card button", "own_erase": "button.grave",
}  # fmt: skip
"""The button of a page whose answer is looked at as well, without Lighthouse, which presses nothing."""

NO_PAGE = {
    "healthz": "text", "readyz": "text", "metrics": "text", "set_language": "leads back", "feed": "Atom", "json-feed": "JSON",
    "category-feed": "Atom", "category-json-feed": "JSON", "markdown": "a file", "bibtex": "a file", "weekly-markdown": "a file",
    "weekly-bibtex": "a file", "card": "a picture", "chart": "a picture", "sitemap": "XML", "sitemap-index": "XML",
    "robots": "text", "own_export": "a file", "events": "for providers", "review": "leads to admin",
}  # fmt: skip


class Place(NamedTuple):
    """A page in one language. `press`: the button whose answer is meant. `kind`: public, own, wrong or desk."""

    name: str
    path: str
    language: str
    kind: str
    press: str = ""
    status: int = 200
