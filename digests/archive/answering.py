"""How the archive's pages are answered."""

from __future__ import annotations

from django.views.decorators.http import require_safe

from newsletter.caching import Door, for_everybody


def for_readers(door: Door) -> Door:
    """For reading only, and the same for everybody who reads in one language."""
    return for_everybody(require_safe(door))
