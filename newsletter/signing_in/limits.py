"""Sessions of staff end: after some time without a click, and after half a day whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from newsletter.signing_in.again import mark_fresh

WRITTEN_EVERY = 60
"""Seconds between two notes of when somebody was last seen: a note is a write."""


class SessionsEnd:
    """Signs staff out when their time is over. Readers have no sessions, so only admin's pages are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look before admin does."""
        if request.path.startswith(reverse("admin:index")) and request.user.is_authenticated:
            if _is_over(request):
                logout(request)
                messages.info(request, _("You were away for long and are signed out. Sign in, and go on."))
                there = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "")
                return redirect_to_login(there or reverse("admin:index"), reverse("admin:login"))
            _note(request)
        return self.get_response(request)


@receiver(user_logged_in)
def begin(request: HttpRequest, **kwargs: Any) -> None:
    """A session's time begins."""
    request.session["since"] = request.session["seen"] = time.time()
    mark_fresh(request)


def _is_over(request: HttpRequest) -> bool:
    now, session = time.time(), request.session
    is_old = now - session.get("since", now) > settings.SESSION_COOKIE_AGE
    return is_old or now - session.get("seen", now) > settings.ADMIN_IDLE_MINUTES * 60


def _note(request: HttpRequest) -> None:
    now = time.time()
    if now - request.session.get("seen", 0) > WRITTEN_EVERY:
        request.session.setdefault("since", now)
        request.session["seen"] = now
