"""Pages that caches may keep.

A page for everybody has a tag made of what it says (RFC 9110, section 8.8.3). A browser keeps the page and asks each time
whether it changed, so what an editor takes back is gone at once; a cache in front of us may answer for a minute by itself, which
is what it is for on a morning when everybody comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from time import time

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.gzip import gzip_page

Door = Callable[..., HttpResponse]

SHARED_SECONDS = 60
FRESH_SECONDS = 6 * 3600
"""So old does something that differs with each answer become in a browser that keeps the page; a form's stamp is good for a day."""
DECIDES = ("Accept-Language", "Cookie")
"""What a page depends on beside its address: the reader's language, as the browser or a cookie tells it."""


def for_everybody(door: Door) -> Door:
    """A page on which nothing belongs to one visitor: packed for the wire, kept by caches, and a 304 for who has it already.

    Packing is safe here (BREACH, CVE-2013-3587): there is no secret on the page to be guessed by its length.
    """

    @gzip_page
    @wraps(door)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = door(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        patch_vary_headers(response, DECIDES)
        if getattr(request, "is_personal", False):
            patch_cache_control(response, private=True, no_store=True)
            return response
        patch_cache_control(response, public=True, max_age=0, s_maxage=SHARED_SECONDS, must_revalidate=True)
        response["ETag"] = tag = tag_of(response, getattr(request, "passing", ()))
        return get_conditional_response(request, etag=tag, response=response) or response

    return answered


def note_passing(request: HttpRequest, text: str) -> None:
    """Say that this text differs with each answer and says nothing new, such as the time at which a form was shown."""
    request.passing = (*getattr(request, "passing", ()), text)  # type: ignore[attr-defined]


def note_personal(request: HttpRequest) -> None:
    """Say that something on this page belongs to this visitor alone: it will be kept by nobody."""
    request.is_personal = True  # type: ignore[attr-defined]


def tag_of(response: HttpResponse, passing: tuple[str, ...] = ()) -> str:
    """A weak tag of what the page says: two answers with one tag may differ in what is `passing`, and in their packing."""
    said = response.content
    for text in passing:
        said = said.replace(text.encode(), b"")
    if passing:
        said += str(time() // FRESH_SECONDS).encode()
    return f'W/"{hashlib.sha256(said).hexdigest()[:32]}"'
