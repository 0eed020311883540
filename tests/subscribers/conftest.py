"""Fixtures for sending."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.subscribers.wire import KEYS, Through, Wire, accepted


@pytest.fixture
def api(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Through]:
    """Call it with the name of one of Anymail's backends, and with what the provider says unless it takes everything:
    a way to send letters there."""

    def through(backend: str, says: Callable[..., tuple[Any, ...]] | None = None, connections: int = 1) -> Through:
        settings.EMAIL_BACKEND, settings.ANYMAIL = f"anymail.backends.{backend}.EmailBackend", KEYS
        wire = Wire(says or (lambda request: accepted(backend, request)))
        monkeypatch.setattr("requests.adapters.HTTPAdapter.send", lambda self, request, **kw: wire.send(request, **kw))
        return Through(wire, connections)

    return through


@pytest.fixture(autouse=True)
def nothing_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process remembers of a provider is no other test's."""
    monkeypatch.setattr("subscribers.delivery.transports.tempo.in_doubt", set())
