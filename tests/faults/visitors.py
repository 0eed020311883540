"""People at the web pages: they read a form, fill it in and send it, as a browser would."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser

PATIENCE = 30.0


class Visitor:
    """One browser."""

    def __init__(self, site: str) -> None:
        self.client = httpx.Client(base_url=site, timeout=PATIENCE)

    def fill_in(
        self, page: str, wishes: Mapping[str, Any], form: str = "form", reading: float = 0
    ) -> tuple[httpx.Response, float]:
        """Open the page, read it for so many seconds, fill in its form and send it; the answer, and how long it took after
        sending."""
        opened = self.client.get(page)
        found = LexborHTMLParser(opened.text).css_first(form)
        assert found is not None, f"{page} has no {form}: status {opened.status_code}"
        values: dict[str, Any] = {}
        for field in found.css("input"):
            kind, name = field.attributes.get("type"), field.attributes.get("name")
            chosen = kind not in ("checkbox", "radio") or "checked" in field.attributes
            if name and chosen and kind != "submit":
                values.setdefault(name, []).append(field.attributes.get("value") or "")
        time.sleep(reading)
        began = time.monotonic()
        answer = self.client.post(found.attributes.get("action") or page, data=values | dict(wishes))
        return answer, time.monotonic() - began

    def sign_up(self, email: str) -> float:
        """Ask for the newsletter; seconds until the answer. Raises AssertionError when it is refused."""
        answer, took = self.fill_in("/subscribe/", {"email": email}, "form[action*='subscribe'], main form", 1.5)
        assert answer.status_code == 200 and "form" not in str(answer.url.query), f"sign-up: {answer.status_code}"
        return took

    def log_in(self, name: str, password: str) -> None:
        """Become an editor."""
        answer, _took = self.fill_in("/admin/login/", {"username": name, "password": password}, "#login-form")
        assert answer.status_code == 302, f"log-in: {answer.status_code}"

    def decide(self, digest: int, decision: str) -> httpx.Response:
        """Press a button on the editor's desk."""
        desk = f"/admin/digests/digest/{digest}/change/"
        answer, _took = self.fill_in(desk, {"decision": decision}, "form.desk-actions")
        return answer
