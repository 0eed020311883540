"""The one door to the web. Every answer is bounded in size and time, every failure is a sentence."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx
import stamina
from django.conf import settings

MAX_BYTES = 10_000_000  # decoded
TOTAL_SECONDS = 30.0  # one answer, from connecting to its last byte
ATTEMPTS = 3
LONGEST_WAIT = 60.0  # a source that asks for more patience than this has failed for now
RETRY_STATUS = {408, 425, 429, 500, 502, 503, 504}

transport: httpx.BaseTransport | None = None
"""The wire. None is the real one; tests put theirs here."""


class FetchFailed(Exception):
    """A page could not be had; the text is a sentence for the editor. `wait` is the seconds to wait before trying
    again, or None when trying again is pointless."""

    def __init__(self, sentence: str, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.wait = wait


@dataclass(frozen=True)
class Page:
    """A fetched page: its media type without parameters, its bytes, and its text read as UTF-8 or as declared."""

    media_type: str
    body: bytes
    text: str


def fetch(url: str, *, params: dict[str, str] | None = None, before: Callable[[], None] = lambda: None) -> Page:
    """GET `url` and return the page. `before` runs ahead of each attempt, for sources with a rate limit.

    Redirects are not followed: the addresses are the operator's own, and a page may not choose where we go. Tries up
    to three times where that can help, waiting as long as `Retry-After` asks. Raises FetchFailed.
    """
    for attempt in stamina.retry_context(on=_patience, attempts=ATTEMPTS, timeout=None, wait_initial=1.0):
        with attempt:
            before()
            return _fetch_once(url, params)
    raise AssertionError("stamina returns or raises")


def _patience(error: Exception) -> bool | float:
    """Seconds to wait before the next attempt, or False to give up (stamina's back-off hook)."""
    if not isinstance(error, FetchFailed) or error.wait is None:
        return False
    return error.wait


def _fetch_once(url: str, params: dict[str, str] | None) -> Page:
    host = httpx.URL(url).host
    try:
        with _client() as client, client.stream("GET", url, params=params) as answer:
            if answer.status_code != 200:
                raise _refusal(host, answer)
            body = _read(host, answer)
            media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Page(media_type, body, body.decode(answer.charset_encoding or "utf-8", errors="replace"))
    except httpx.TimeoutException as error:
        raise FetchFailed(f"{host} did not answer in time.", wait=2.0) from error
    except httpx.HTTPError as error:
        raise FetchFailed(f"{host} could not be reached ({type(error).__name__}).", wait=2.0) from error
    except (LookupError, UnicodeError) as error:
        raise FetchFailed(f"{host} answered in an unknown encoding.") from error


def _client() -> httpx.Client:
    """`identity` keeps a small compressed answer from becoming a large one; `trust_env` off keeps proxies out."""
    return httpx.Client(
        timeout=httpx.Timeout(10.0, connect=5.0),
        headers={"User-Agent": settings.USER_AGENT, "Accept-Encoding": "identity"},
        trust_env=False,
        follow_redirects=False,
        transport=transport,
    )


def _read(host: str, answer: httpx.Response) -> bytes:
    """The body as it came. Raises FetchFailed past MAX_BYTES or TOTAL_SECONDS: httpx bounds single reads only."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchFailed(f"{host} sent a compressed answer although none was asked for.")
    end, body = time.monotonic() + TOTAL_SECONDS, bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > MAX_BYTES:
            raise FetchFailed(f"{host} sent more than {MAX_BYTES // 1_000_000} MB.")
        if time.monotonic() > end:
            raise FetchFailed(f"{host} was still sending after {TOTAL_SECONDS:.0f} seconds.")
    return bytes(body)


def _refusal(host: str, answer: httpx.Response) -> FetchFailed:
    """The failure for a status other than 200, with the wait that `Retry-After` (RFC 9110, 10.2.3) asks for."""
    sentence = f"{host} answered with status {answer.status_code}."
    if answer.status_code not in RETRY_STATUS:
        return FetchFailed(sentence)
    wait = _retry_after(answer.headers.get("retry-after", ""))
    return FetchFailed(sentence, wait=wait if wait <= LONGEST_WAIT else None)


def _retry_after(value: str) -> float:
    """Seconds, from a number or a date; 2 when the header is missing or unreadable."""
    if value.strip().isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return 2.0
    return max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds())
