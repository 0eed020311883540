"""Ask a source again without costing it anything when nothing changed: its last answer is kept, with its ETag."""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from django.utils import timezone

from digests.models import KeptPage
from newsletter.http import MAX_BYTES, Page, fetch

Read = TypeVar("Read")
DAYS_KEPT = 7


def ask(
    url: str,
    parse: Callable[[str], Read],
    *,
    kinds: Sequence[str],
    params: dict[str, str] | None = None,
    turn: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Read:
    """What `parse` reads in the page at `url`, from our copy where the source says that it still holds.

    Only what could be read is kept, so that a broken answer is never asked about again. Raises FetchFailed.
    """
    address = hashlib.sha256(repr((url, sorted((params or {}).items()))).encode()).hexdigest()
    kept = KeptPage.objects.filter(address=address).first()

    def read(page: Page) -> tuple[Page, Read]:
        return page, parse(_text(kept) if kept and page.is_unchanged else page.text)

    page, found = fetch(url, read, params=params, kinds=kinds, etag=kept.etag if kept else "", turn=turn)
    if page.etag and not page.is_unchanged:
        body = zlib.compress(page.text.encode())
        KeptPage.objects.update_or_create(address=address, defaults={"etag": page.etag, "body": body})
        KeptPage.objects.filter(kept_at__lt=timezone.now() - dt.timedelta(days=DAYS_KEPT)).delete()
    return found


def _text(kept: KeptPage) -> str:
    return zlib.decompressobj().decompress(bytes(kept.body), 4 * MAX_BYTES).decode()
