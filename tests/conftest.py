"""What every test gets without asking: no way to the world outside this machine. And the fake worlds it may ask for."""

import contextlib
import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import stamina
from django.db import connection

from digests.llm import wire
from newsletter import http
from tests import first_rows
from tests.fakes import FakeModel, FakeSources

LAST_SECONDS = 20
"""Of an hour, in which no test begins."""


NEEDING_ROWS = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(tryfirst=True)  # before those that are not asked for are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that may not use the database passes or fails without one, and so runs once."""
    for item in items:
        if not (item.get_closest_marker("django_db") or NEEDING_ROWS.intersection(getattr(item, "fixturenames", ()))):
            item.add_marker(pytest.mark.once)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Wait for the next hour when this one is all but over. A test that asks twice what day or hour it is would get two
    answers, and what it holds true is true within one of them. What is to happen at midnight has tests of its own, which
    bring the clock along."""
    left = 3600 - time.time() % 3600
    if left < LAST_SECONDS:
        time.sleep(left)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database, in which the audit log can be emptied on SQLite: tests with transactions of their own are cleaned
    up after by DELETE. The trigger is tested where it is made anew."""
    with django_db_blocker.unblock():
        connection.creation.deserialize_db_from_string = first_rows.keep()  # type: ignore[method-assign]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER IF EXISTS audit_line_delete")


@pytest.fixture(autouse=True, scope="session")
def nothing_leaves_this_machine() -> Iterator[None]:
    """Fail a test that connects to, or looks up, anything but this machine.

    `pytest.fail` raises past `except Exception`, so a product that takes a failed fetch calmly cannot hide the attempt.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", only_here(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", only_here(socket.socket.connect_ex))
        look_up = socket.getaddrinfo

        def look_up_here(host: Any, *args: Any, **kwargs: Any) -> Any:
            refuse_outside(host)
            return look_up(host, *args, **kwargs)

        patch.setattr(socket, "getaddrinfo", look_up_here)
        yield


def only_here(connect: Callable[..., Any]) -> Callable[..., Any]:
    """The same way to connect, for addresses of this machine."""

    def connect_here(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse_outside(address[0])
        return connect(self, address)

    return connect_here


def refuse_outside(host: str | bytes | None) -> None:
    """Fail the test unless the host is this machine."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost", socket.gethostname()):
        return
    try:
        here = ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        here = False
    if not here:
        pytest.fail(f"This test reached for {name}; tests talk to this machine only.")


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Half of every disk is used, whatever this machine's are. Call it for another share, in percent of a small disk."""

    def fill(percent: int) -> None:
        size = 10**9  # small enough that only the share counts
        usage = SimpleNamespace(total=size, used=size * percent // 100, free=size * (100 - percent) // 100)
        monkeypatch.setattr("newsletter.disk.shutil", SimpleNamespace(disk_usage=lambda place: usage))

    fill(50)
    return fill


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[FakeSources]:
    """Paper sources behind httpx. Nobody waits: neither between attempts nor for arXiv's turn. A test that wants arXiv's
    feed chooses categories."""
    settings.ARXIV_CATEGORIES = []
    fake = FakeSources()
    monkeypatch.setattr(http, "transport", httpx.MockTransport(fake))
    monkeypatch.setattr("digests.sources.turns.time", SimpleNamespace(sleep=fake.naps.append, monotonic=time.monotonic))
    with stamina.set_testing(True, attempts=http.ATTEMPTS):
        yield fake


@pytest.fixture
def model(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., FakeModel]]:
    """Call it with answers to start a FakeModel and have the product ask it; see FakeModel for what answers can be."""
    monkeypatch.setattr(wire, "format_of", {})
    monkeypatch.setattr(wire, "RETRIES", 0)  # the client would back off for seconds between them
    settings.LLM_AT_ONCE = 1  # so that answers come in the order of the questions
    # An empty folder of certificates: reading the real ones takes each client 30 ms, and loopback needs none.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with contextlib.ExitStack() as running:

        def start(*answers: Any) -> FakeModel:
            fake = FakeModel(*answers)
            settings.OPENAI_BASE_URL = running.enter_context(contextlib.contextmanager(fake.serve)())
            settings.OPENAI_MODEL = "fake"
            return fake

        yield start
