"""People at the web pages: they read a form, fill it in and send it, as a browser would."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

PATIENCE = 30.0
DESK = "/admin/digests/digest/{}/change/"
APPROVING = "/admin/subscribers/delivery/approve/{}/"

Fields = dict[str, Any]
Wishes = Mapping[str, Any] | Callable[[Fields], Mapping[str, Any]]


def a_moment() -> None:
    """As long as a person takes for a short form; who is quicker is taken for a robot."""
    time.sleep(1.5)


def fields_of(form: LexborNode) -> Fields:
    """The fields that a browser would send if nothing was changed, buttons left out."""
    fields: Fields = {}
    for field in form.css("input"):
        kind, name = field.attributes.get("type"), field.attributes.get("name")
        chosen = kind not in ("checkbox", "radio") or "checked" in field.attributes
        if name and chosen and kind != "submit":
            fields.setdefault(name, []).append(field.attributes.get("value") or "")
    for field in form.css("textarea[name]"):
        fields[str(field.attributes["name"])] = field.text().removeprefix("\n")
    for field in form.css("select[name]"):
        chosen_one = field.css_first("option[selected]") or field.css_first("option")
        fields[str(field.attributes["name"])] = chosen_one.attributes.get("value") if chosen_one else ""
    return fields


class Visitor:
    """One browser."""

    def __init__(self, site: str) -> None:
        # Each request has a connection of its own: while others are waited for the server may close one that is idle, and
        # what is sent over it then is lost. A browser sends such a request again.
        self.client = httpx.Client(base_url=site, timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0))

    def fill_in(
        self,
        page: str,
        wishes: Wishes,
        form: str = "form",
        read: Callable[[], object] = lambda: None,
    ) -> tuple[httpx.Response, float]:
        """Open the page, read it, fill in its form and send it; the answer, and how long it took after sending. `wishes` are
        the fields to change, or a function that gives them for the fields as they are."""
        opened = self.client.get(page)
        found = LexborHTMLParser(opened.text).css_first(form)
        assert found is not None, f"{page} has no {form}: status {opened.status_code}"
        fields = fields_of(found)
        changes = wishes(fields) if callable(wishes) else wishes
        read()
        began = time.monotonic()
        answer = self.client.post(found.attributes.get("action") or page, data=fields | dict(changes))
        return answer, time.monotonic() - began

    def sign_up(self, email: str) -> float:
        """Ask for the newsletter; seconds until the answer. Raises AssertionError when it is refused."""
        answer, took = self.fill_in("/subscribe/", {"email": email}, "form[action*='subscribe'], main form", a_moment)
        assert answer.status_code == 200 and "form" not in str(answer.url.query), f"sign-up: {answer.status_code}"
        return took

    def log_in(self, name: str, password: str) -> None:
        """Become an editor."""
        answer, _took = self.fill_in("/admin/login/", {"username": name, "password": password}, "#login-form")
        assert answer.status_code == 302, f"log-in: {answer.status_code}"

    def decide(self, digest: int, decision: str) -> httpx.Response:
        """Press a button on the editor's desk."""
        answer, _took = self.fill_in(
            DESK.format(digest), {"decision": decision}, "form.desk-actions[action$='/decide/']"
        )
        return answer

    def approve(self, digest: int, read: Callable[[], object] = lambda: None) -> httpx.Response:
        """Approve what the page shows, having read it."""
        answer, _took = self.fill_in(APPROVING.format(digest), {}, "form.desk-actions", read)
        return answer
