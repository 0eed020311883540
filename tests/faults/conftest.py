"""Receiving sides for the tests of the receiving sides."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.machines import Program, wait_for
from tests.faults.mischief import Remote
from tests.services import free_port, listens


@pytest.fixture
def receiving(tmp_path: Path) -> Iterator[Callable[[str], Remote]]:
    """Call it with `sink` or `receiver` to start one."""
    with ExitStack() as running:

        def start(name: str) -> Remote:
            port, control, log = free_port(), free_port(), tmp_path / "log.jsonl"
            command = [sys.executable, "-m", f"tests.faults.{name}", "--port", str(port), "--control", str(control)]
            server = Program(name, [*command, "--log", str(log)], tmp_path / "output").start()
            running.callback(server.kill)
            wait_for(lambda: listens(port) and listens(control), 20, f"{name} to listen\n{server.tail()}")
            return Remote(port, control, log)

        yield start
