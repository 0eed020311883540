"""How the archive's pages are answered."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

Door = Callable[..., HttpResponse]


def for_readers(door: Door) -> Door:
    """For reading only; packed for the wire; and not for caches that serve others, for the sign-up form on it has a token
    that belongs to one visitor's cookie."""
    return gzip_page(cache_control(private=True, no_cache=True)(require_safe(door)))
