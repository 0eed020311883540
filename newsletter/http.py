"""The one door to the web. Every answer is bounded in size and time, every failure is a sentence."""

from __future__ import annotations

import datetime as dt
import re
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, TypeVar

import httpx
import stamina
from django.conf import settings

MAX_BYTES = 10_000_000  # decoded
TOTAL_SECONDS = 30.0  # one answer, from connecting to its last byte
ATTEMPTS = 3
LONGEST_WAIT = 60.0  # a source that asks for more patience than this has failed for now
RETRY_STATUS = {408, 425, 429, 500, 502, 503, 504}

Read = TypeVar("Read")

stamina.instrumentation.set_on_retry_hooks([])  # every failure is told once, by whoever asked

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
    """A fetched page: its media type without parameters, its bytes, and its text read as UTF-8 or as declared. The
    text can always be encoded again: it holds no half of a surrogate pair, as some encodings would smuggle in.
    `etag` names this version of the page, or is empty; with `is_unchanged` it is still the version that was asked
    about, and nothing else came."""

    media_type: str
    body: bytes
    text: str
    etag: str = ""
    is_unchanged: bool = False


@dataclass(frozen=True)
class _Question:
    """What is asked: address, parameters, the media types an answer may have, and the version known already."""

    url: str
    params: dict[str, str] | None
    kinds: Sequence[str]
    etag: str


def fetch(
    url: str,
    read: Callable[[Page], Read],
    *,
    params: dict[str, str] | None = None,
    kinds: Sequence[str] = (),
    etag: str = "",
    turn: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Read:
    """GET `url` and return what `read` makes of the page. `turn` is held during each attempt, for sources with a rate
    limit. `kinds` are words of which a media type must have one ("json"); none allows all. With `etag`, a page that
    still has it comes as `is_unchanged`.

    Redirects are not followed: the addresses are the operator's own, and a page may not choose where we go. Tries up
    to three times where that can help, waiting as long as `Retry-After` asks; `read` may ask for another attempt by
    raising FetchFailed with a wait. Raises FetchFailed.
    """
    question = _Question(url, params, kinds, etag)
    for attempt in stamina.retry_context(on=_patience, attempts=ATTEMPTS, timeout=None, wait_initial=1.0):
        with attempt:
            with turn():
                page = _fetch_once(question)
            return read(page)
    raise AssertionError("stamina returns or raises")


def _patience(error: Exception) -> bool | float:
    """Seconds to wait before the next attempt, or False to give up (stamina's back-off hook)."""
    if not isinstance(error, FetchFailed) or error.wait is None:
        return False
    return error.wait


def _fetch_once(question: _Question) -> Page:
    host = "a source"
    watch = _Watch()
    headers = {"If-None-Match": question.etag} if question.etag else {}
    try:
        host = httpx.URL(question.url).host
        asked: dict[str, Any] = {
            "params": question.params,
            "headers": headers,
            "extensions": {"trace": watch.trace},
        }
        with watch, _client() as client, client.stream("GET", question.url, **asked) as answer:
            if answer.status_code == 304 and question.etag:
                return Page("", b"", "", question.etag, is_unchanged=True)
            if answer.status_code != 200:
                raise _refusal(host, answer)
            media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            if not _is_kind(media_type, question.kinds):
                raise FetchFailed(f"{host} sent {_article(media_type)} instead of {question.kinds[0]}.", wait=2.0)
            body = _read(host, answer, watch)
            return Page(media_type, body, _text(host, answer, body), _etag(answer))
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:  # the last for a host's name
        raise FetchFailed(f"The address of {host} cannot be used: {error}") from error
    except httpx.TimeoutException as error:
        raise FetchFailed(f"{host} did not answer in time.", wait=2.0) from error
    except httpx.HTTPError as error:
        if watch.is_over.is_set():
            raise _too_slow(host) from error
        raise FetchFailed(f"{host} could not be reached ({type(error).__name__}).", wait=2.0) from error


def _is_kind(media_type: str, kinds: Sequence[str]) -> bool:
    """Whether an answer may be what was asked for. A server that says nothing, or nothing in particular, is believed."""
    vague = ("", "text/plain", "application/octet-stream")
    return not kinds or media_type in vague or any(kind in media_type for kind in kinds)


def _article(media_type: str) -> str:
    return "a web page" if "html" in media_type else f"“{media_type[:60]}”"


def _etag(answer: httpx.Response) -> str:
    """The answer's ETag if it is one (RFC 9110, 8.8.3) that we would keep."""
    found = re.fullmatch(r'(?:W/)?"[\x21\x23-\x7e]{1,150}"', answer.headers.get("etag", ""))
    return found[0] if found else ""


def _client() -> httpx.Client:
    """`identity` keeps a small compressed answer from becoming a large one; `trust_env` off keeps proxies out."""
    agent = re.sub(r"[^ -~]+", "", settings.USER_AGENT)  # a header is ASCII, a sender's name need not be
    return httpx.Client(
        timeout=httpx.Timeout(10.0, connect=5.0),
        headers={"User-Agent": agent, "Accept-Encoding": "identity"},
        trust_env=False,
        follow_redirects=False,
        transport=transport,
    )


class _Watch:
    """Ends one exchange after TOTAL_SECONDS. httpx bounds single reads only, so that a server which sends a byte now and
    then, of the headers even, could hold a worker for hours."""

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(TOTAL_SECONDS, self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's hook: remember the connection as it is made."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self.is_over.is_set():  # connecting alone took that long
                self._end()

    def _end(self) -> None:
        self.is_over.set()
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes the read that waits; closing would not


def _too_slow(host: str) -> FetchFailed:
    return FetchFailed(f"{host} was still sending after {TOTAL_SECONDS:.0f} seconds.")


def _text(host: str, answer: httpx.Response, body: bytes) -> str:
    """The text of a body. Raises FetchFailed for an encoding that is none."""
    try:
        text = body.decode(answer.charset_encoding or "utf-8", errors="replace")
    except (LookupError, ValueError) as error:
        raise FetchFailed(f"{host} answered in an unknown encoding.") from error
    return text.removeprefix("\ufeff").encode("utf-8", "replace").decode()


def _read(host: str, answer: httpx.Response, watch: _Watch) -> bytes:
    """The body as it came. Raises FetchFailed past MAX_BYTES or TOTAL_SECONDS."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchFailed(f"{host} sent a compressed answer although none was asked for.")
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > MAX_BYTES:
            raise FetchFailed(f"{host} sent more than {MAX_BYTES // 1_000_000} MB.")
        if watch.is_over.is_set():
            break
    if watch.is_over.is_set():  # the end we made ourselves may look like the body's own
        raise _too_slow(host)
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
    if re.fullmatch(r"[0-9]+", value.strip()):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return 2.0
    if until.tzinfo is None:  # "-0000", or no zone at all; HTTP's dates are in UTC
        until = until.replace(tzinfo=dt.UTC)
    return max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds())
