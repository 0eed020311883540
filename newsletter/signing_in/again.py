"""Asked again who it is, before grave acts: export, erasure, rights.

    @again.fresh
    def export(request): …

Whoever signed in, or said again who they are, within the last ten minutes goes through; others are asked first and come back
to the page that they wanted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

SECONDS = 600


def mark_fresh(request: HttpRequest) -> None:
    """Note that the person has just shown who they are."""
    request.session["fresh_at"] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person showed it within the last ten minutes."""
    return 0 <= time.time() - request.session.get("fresh_at", 0) < SECONDS


def ask(request: HttpRequest, then: str = "") -> HttpResponse:
    """To the page that asks, and afterwards to `then`, or back here. What was posted is not kept: the page wanted is shown
    again."""
    wanted = urlencode({"next": then or request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('admin:again')}?{wanted}")


def fresh(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view that is only for those who showed lately who they are."""

    @wraps(view)
    def asked_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if is_fresh(request) else ask(request)

    return asked_first
