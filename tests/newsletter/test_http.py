"""The one door to the web: bounded, patient where that helps, and never more than a sentence when it fails."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import stamina
import time_machine

from newsletter import http
from newsletter.http import FetchFailed
from tests.fakes import Pieces, on_the_wire

PAGE = "https://papers.example/list"


def fetch(url, **options):
    """The page itself."""
    return http.fetch(url, lambda page: page, **options)


def counted(tries):
    """A turn that is free for all, and counted."""

    def turn():
        tries.append(1)
        return contextlib.nullcontext()

    return turn


@pytest.fixture
def wire(monkeypatch):
    """Call it with a handler to put that on the wire; it returns the requests as they come. Nobody waits."""
    calls: list[httpx.Request] = []

    def put(handler):
        def answer(request):
            calls.append(request)
            return on_the_wire(handler(request))

        monkeypatch.setattr(http, "transport", httpx.MockTransport(answer))
        return calls

    with stamina.set_testing(True, attempts=http.ATTEMPTS):
        yield put


@pytest.fixture
def serve():
    """Call it with a function of a connection to serve that on loopback; it returns the address and the requests."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(talk):
        listener = socket.create_server(("127.0.0.1", 0))
        heard: list[bytes] = []

        def run():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    heard.append(connection.recv(65536))
                    try:
                        talk(connection)
                    except OSError:
                        continue  # the caller had enough

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        listeners.append(listener)
        return f"http://127.0.0.1:{listener.getsockname()[1]}", heard

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join()


def endless(counted: list[bytes]) -> Iterator[bytes]:
    while True:
        counted.append(b"x" * 1000)
        yield counted[-1]


class Endless(httpx.SyncByteStream):
    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        return endless(self.sent)


# ---- what is asked for


def test_a_page_comes_with_its_media_type_bytes_and_text(wire):
    wire(lambda _: httpx.Response(200, content="é".encode(), headers={"Content-Type": "Text/Plain; charset=utf-8"}))
    page = fetch(PAGE)
    assert (page.media_type, page.body, page.text) == ("text/plain", "é".encode(), "é")


def test_every_request_says_who_we_are_and_wants_no_compression(wire, settings):
    settings.USER_AGENT = "daily-papers/1.0 (+https://papers.example; mailto:editor@papers.example)"
    calls = wire(lambda _: httpx.Response(200))
    fetch(PAGE, params={"date": "2024-11-22"})
    assert calls[0].url == f"{PAGE}?date=2024-11-22"
    assert calls[0].headers["user-agent"] == settings.USER_AGENT
    assert calls[0].headers["accept-encoding"] == "identity"


def test_a_senders_name_in_korean_stops_no_request(wire, settings):
    settings.USER_AGENT = "daily-papers/1.0 (mailto:일간 논문 <a@b.example>\n)"
    calls = wire(lambda _: httpx.Response(200))
    fetch(PAGE)
    assert calls[0].headers["user-agent"] == "daily-papers/1.0 (mailto:  <a@b.example>)"


def test_proxies_of_the_environment_are_left_alone(serve, monkeypatch):
    address, heard = serve(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
    elsewhere, misled = serve(lambda connection: None)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, elsewhere)
    assert fetch(address).text == "hi"
    assert (len(heard), misled) == (1, [])


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/internal",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "file:///etc/passwd",
        "https://papers.example/elsewhere",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(wire, status, target):
    calls = wire(lambda _: httpx.Response(status, headers={"Location": target}))
    with pytest.raises(FetchFailed, match=f"papers.example answered with status {status}"):
        fetch(PAGE)
    assert [call.url for call in calls] == [PAGE]


# ---- patience


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again_and_again_until_it_passes(wire, status):
    answers = iter([status, status, 200])
    calls = wire(lambda _: httpx.Response(next(answers), text="there"))
    assert fetch(PAGE).text == "there"
    assert len(calls) == 3


@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_a_lost_connection_is_tried_three_times_and_then_told_in_a_sentence(wire, failure):
    def fail(request):
        raise failure("secret detail")

    calls = wire(fail)
    with pytest.raises(FetchFailed, match=r"^papers\.example (could not be reached|did not answer in time)") as caught:
        fetch(PAGE, params={"key": "hidden"})
    assert len(calls) == 3
    assert "hidden" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404, 410, 451, 501])
def test_a_lasting_failure_is_not_tried_again(wire, status):
    calls = wire(lambda _: httpx.Response(status))
    with pytest.raises(FetchFailed, match=str(status)):
        fetch(PAGE)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        (b"7", 7),
        (b" 60 ", 60),
        (b"0", 0),
        (b"Fri, 22 Nov 2024 10:00:30 GMT", 30),
        (b"Fri, 22 Nov 2024 10:00:30 -0000", 30),
        (b"Fri, 22 Nov 2024 10:00:30", 30),
        (b"Fri, 22 Nov 2024 19:00:30 +0900", 30),
        (b"Fri, 22 Nov 2024 09:00:00 GMT", 0),
        (b"", 2),
        (b"soon", 2),
        (b"-5", 2),
        (b"1.5", 2),
        (b"\xb2", 2),  # a superscript two, a digit to Python
        (b"Fri, 22 Nov 99999 10:00:00 GMT", 2),
        (b"Fri, 22 Nov 99999999999999999999 10:00:00 GMT", 2),
        (b"61", None),
        (b"9" * 400, None),
        (b"Fri, 22 Nov 2024 11:00:00 GMT", None),
    ],
)
@time_machine.travel("2024-11-22T10:00:00+00:00", tick=False)
def test_a_source_is_given_the_time_it_asks_for_up_to_a_minute(wire, retry_after, wait):
    calls = wire(lambda _: httpx.Response(429, headers={"Retry-After": retry_after}))
    with pytest.raises(FetchFailed, match="429") as caught:
        fetch(PAGE)
    assert caught.value.wait == wait
    assert len(calls) == (1 if wait is None else 3)


def test_between_attempts_the_wait_is_the_one_asked_for(wire, monkeypatch):
    waits = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    with stamina.set_testing(False):
        wire(lambda _: httpx.Response(503, headers={"Retry-After": "11"}))
        with pytest.raises(FetchFailed):
            fetch(PAGE)
    assert waits == [11, 11]


def test_a_turn_is_held_during_each_attempt_and_not_between_them(wire):
    seen = []

    @contextlib.contextmanager
    def turn():
        seen.append("taken")
        yield
        seen.append("given back")

    @wire
    def answer(_):
        seen.append("asked")
        return httpx.Response(200)

    def read(page):
        seen.append("read")
        raise FetchFailed("Not what was asked for.", wait=0)

    with pytest.raises(FetchFailed):
        http.fetch(PAGE, read, turn=turn)
    assert seen == ["taken", "asked", "given back", "read"] * http.ATTEMPTS


def test_a_turn_is_given_back_when_the_attempt_fails(wire):
    held = []

    @contextlib.contextmanager
    def turn():
        held.append(True)
        try:
            yield
        finally:
            held.pop()

    wire(lambda _: httpx.Response(503))
    with pytest.raises(FetchFailed):
        fetch(PAGE, turn=turn)
    assert held == []


def test_an_answer_that_cannot_be_read_is_asked_for_again_where_its_reader_wants_that(wire):
    bodies = ["{", "{", "[]"]
    calls = wire(lambda _: httpx.Response(200, text=bodies[len(calls) - 1]))

    def read(page):
        if page.text != "[]":
            raise FetchFailed("That is half an answer.", wait=0)
        return "whole"

    assert http.fetch(PAGE, read) == "whole"
    assert len(calls) == 3


# ---- what may come back


@pytest.mark.parametrize(
    ("kind", "is_read"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("application/problem+JSON", True),
        ("text/plain", True),
        ("application/octet-stream", True),
        ("", True),
        ("text/html; charset=utf-8", False),
        ("image/png", False),
    ],
)
def test_an_answer_of_another_kind_is_refused_before_it_is_read(wire, kind, is_read):
    calls = wire(lambda _: httpx.Response(200, content=b"[]", headers={"Content-Type": kind} if kind else {}))
    if is_read:
        assert fetch(PAGE, kinds=("json",)).body == b"[]"
    else:
        with pytest.raises(FetchFailed, match="instead of json"):
            fetch(PAGE, kinds=("json",))
        assert len(calls) == http.ATTEMPTS, "an error page may pass"


def test_a_page_that_did_not_change_comes_without_its_body(wire):
    calls = wire(
        lambda request: httpx.Response(304 if "if-none-match" in request.headers else 200, headers={"ETag": '"v1"'})
    )
    assert fetch(PAGE).etag == '"v1"'
    page = fetch(PAGE, etag='"v1"')
    assert (page.is_unchanged, page.etag, page.body) == (True, '"v1"', b"")
    assert [call.headers.get("if-none-match") for call in calls] == [None, '"v1"']


def test_not_modified_is_a_failure_for_whoever_knows_no_version(wire):
    wire(lambda _: httpx.Response(304))
    with pytest.raises(FetchFailed, match="304"):
        fetch(PAGE)


@pytest.mark.parametrize("etag", ['"good"', 'W/"weak"'])
def test_a_version_is_remembered_as_the_server_names_it(wire, etag):
    wire(lambda _: httpx.Response(200, headers={"ETag": etag}))
    assert fetch(PAGE).etag == etag


@pytest.mark.parametrize("etag", ["", "bare", '"two" "of them"', f'"{"x" * 500}"', '"with space "'])
def test_a_version_that_is_none_is_not_remembered(wire, etag):
    wire(lambda _: httpx.Response(200, headers={"ETag": etag}))
    assert fetch(PAGE).etag == ""


# ---- bounds


def test_an_endless_answer_is_cut_off_at_ten_megabytes(wire):
    stream = Endless()
    calls = wire(lambda _: httpx.Response(200, stream=stream))
    with pytest.raises(FetchFailed, match="more than 10 MB"):
        fetch(PAGE)
    assert sum(map(len, stream.sent)) == http.MAX_BYTES + 1000
    assert len(calls) == 1


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity, gzip"])
def test_a_compressed_answer_is_refused_unread(wire, encoding):
    stream = Endless()
    wire(lambda _: httpx.Response(200, stream=stream, headers={"Content-Encoding": encoding}))
    with pytest.raises(FetchFailed, match="compressed"):
        fetch(PAGE)
    assert not stream.sent


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (HEAD, b"x"),  # headers that never end
        (HEAD + b"Content-Length: 1000000\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (HEAD + b"Connection: close\r\n\r\n", b"x"),  # our own end looks like the body's
        (b"", b""),  # nothing at all
    ],
    ids=["headers", "length", "chunks", "close", "silence"],
)
def test_an_answer_that_only_drips_ends_when_its_time_is_over(serve, monkeypatch, head, drop):
    monkeypatch.setattr(http, "TOTAL_SECONDS", 0.1)
    enough = threading.Event()

    def drip(connection):
        connection.sendall(head)
        while not enough.wait(0.01):
            connection.sendall(drop)
            if not drop and connection.recv(1) == b"":
                return

    address, _ = serve(drip)
    tries = []
    try:
        with pytest.raises(FetchFailed, match="still sending after 0 seconds"):
            fetch(address, turn=counted(tries))
    finally:
        enough.set()
    assert len(tries) == 1


def test_an_answer_in_time_leaves_no_clock_running(serve):
    address, _ = serve(lambda connection: connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nhi"))
    assert fetch(address).text == "hi"
    clocks = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    assert all(clock.finished.is_set() for clock in clocks)


def test_half_an_answer_is_none(serve):
    address, _ = serve(lambda connection: connection.sendall(HEAD + b"Content-Length: 100\r\n\r\nhalf"))
    with stamina.set_testing(True, attempts=2), pytest.raises(FetchFailed, match="could not be reached"):
        fetch(address)


def test_headers_without_end_are_refused(serve):
    def flood(connection):
        connection.sendall(HEAD)
        for _ in range(200):
            connection.sendall(b"X-More: " + b"x" * 10_000 + b"\r\n")

    address, _ = serve(flood)
    with stamina.set_testing(True, attempts=1), pytest.raises(FetchFailed, match="could not be reached"):
        fetch(address)


# ---- text


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("", b"caf\xc3\xa9", "café"),
        ("", b"\xef\xbb\xbf[]", "[]"),
        ("", b"caf\xe9", "caf\ufffd"),
        ("iso-8859-1", b"caf\xe9", "café"),
        ("EUC-KR", "한글".encode("euc-kr"), "한글"),
        ("utf-16-le", "é".encode("utf-16-le"), "é"),
        ("utf-16-le", b"\x00\xd8", "\ufffd"),
        ("utf-7", b"+2AA-x", "?x"),  # half of a surrogate pair
    ],
)
def test_text_is_read_as_declared_and_what_cannot_be_read_is_replaced(wire, charset, body, text):
    header = "text/plain" + (f"; charset={charset}" if charset else "")
    wire(lambda _: httpx.Response(200, stream=Pieces(body), headers={"Content-Type": header}))
    page = fetch(PAGE)
    assert page.text == text
    page.text.encode()


@pytest.mark.parametrize("charset", ["=utf-99", "=hex", "=base64", "=zlib", "=undefined", "=idna", "*=utf-8''%00"])
def test_an_encoding_that_is_none_is_a_sentence(wire, charset):
    header = f"text/plain; charset{charset}"
    calls = wire(lambda _: httpx.Response(200, stream=Pieces(b"x\xff" * 50), headers={"Content-Type": header}))
    with pytest.raises(FetchFailed, match="unknown encoding"):
        fetch(PAGE)
    assert len(calls) == 1


# ---- addresses


@pytest.mark.parametrize(
    "address",
    [
        "http://[::1",
        "http://papers.example:port/",
        "ftp://papers.example/",
        "file:///etc/passwd",
        "papers",
        "",
    ],
)
def test_an_address_that_is_none_is_a_sentence_and_not_tried_again(address):
    tries = []
    with pytest.raises(FetchFailed, match="cannot be used"):
        fetch(address, turn=counted(tries))
    assert len(tries) == 1


def test_a_question_too_long_for_an_address_is_a_sentence(wire):
    wire(lambda _: httpx.Response(200))
    with pytest.raises(FetchFailed, match=r"papers\.example cannot be used"):
        fetch(PAGE, params={"q": "x" * 70_000})


def test_a_host_that_cannot_be_a_name_is_a_sentence(wire):
    def look_up(request):
        raise UnicodeError("label empty or too long")  # as the resolver says of a label beyond 63 characters

    calls = wire(look_up)
    with pytest.raises(FetchFailed, match="cannot be used: label empty or too long"):
        fetch(PAGE)
    assert len(calls) == 1
