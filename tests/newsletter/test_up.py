"""`manage.py up`: what it runs, what it refuses, and one whole life of it with a kill in between."""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from newsletter.management.commands.up import hold, refuse_taken_port, services
from tests.services import free_port

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]


def test_broker_is_started_only_when_no_redis_is_named(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    settings.REDIS_URL = ""
    assert [service.name for service in services("127.0.0.1", 8000, demo=False)] == ["broker", "worker", "beat", "web"]
    settings.REDIS_URL = "redis://redis.example.org:6379/0"
    assert [service.name for service in services("127.0.0.1", 8000, demo=True)] == ["worker", "beat", "web", "demo"]


def test_beat_is_never_part_of_a_worker(settings) -> None:
    settings.REDIS_URL = "redis://redis.example.org:6379/0"
    worker, beat, *_ = services("127.0.0.1", 8000, demo=False)
    assert not {"-B", "--beat"} & set(worker.command)
    assert "beat" in beat.command


def test_second_up_on_the_same_folder_is_refused_by_name(tmp_path: Path) -> None:
    lock = hold(tmp_path / "up.lock", patience=60)
    with pytest.raises(CommandError, match=f"already runs on {tmp_path} .process {os.getpid()}."):
        hold(tmp_path / "up.lock", patience=60)
    os.close(lock)
    os.close(hold(tmp_path / "up.lock", patience=0))


def test_remains_of_a_killed_up_are_waited_for_and_then_named(tmp_path: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    with (tmp_path / "up.lock").open("w") as remains:
        remains.write(str(dead.pid))
        remains.flush()
        fcntl.flock(remains, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match=f"process {dead.pid}"):
            hold(tmp_path / "up.lock", patience=0)
    os.close(hold(tmp_path / "up.lock", patience=0))


def test_taken_port_is_refused_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} on 127.0.0.1 cannot be used.*--port"):
            refuse_taken_port("127.0.0.1", port)
    refuse_taken_port("127.0.0.1", port)


def test_debug_is_never_served_beyond_this_machine(settings) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("up", host="0.0.0.0", skip_checks=True)


@pytest.fixture
def short_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The broker's socket, whose path would be too long beside its file, goes here, and with it."""
    with tempfile.TemporaryDirectory(prefix="papers-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield


@pytest.mark.usefixtures("short_folder")
def test_service_comes_back_after_a_kill_and_stops_when_asked(tmp_path: Path) -> None:
    port = free_port()
    with up(tmp_path, port) as first:
        wait_until_healthy(first, port)
        with up(tmp_path, free_port()) as refused:
            assert "already runs" in refused.communicate()[0]
            assert refused.returncode == 1
        first.kill()
        first.communicate()  # until all that it started has gone, too: it would answer for the second

    with up(tmp_path, port) as second:
        wait_until_healthy(second, port)
        second.send_signal(signal.SIGTERM)
        told = second.communicate()[0]
        assert second.returncode == 0, told
        assert "up: Stopped." in told


@contextmanager
def up(var_dir: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The command as an operator runs it, with everything it starts; killed at the end of the block."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "SITE_URL")
    } | {"DJANGO_SETTINGS_MODULE": "newsletter.settings", "VAR_DIR": str(var_dir), "DEBUG": "True"}
    command = [sys.executable, "manage.py", "up", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_healthy(process: "subprocess.Popen[str]", port: int) -> None:
    """Return when the site answers; fail with what was said when the process ends instead."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 200
                return
        except (OSError, http.client.HTTPException):  # refused, not well yet, or hung up on by one who is going
            time.sleep(0.05)
    pytest.fail(f"up ended:\n{process.communicate()[0]}")
