"""The embedded broker, driven for real: the server of the wheel, its socket and its file."""

import importlib.util
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from newsletter import embedded
from newsletter.supervisor import spawn

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def short_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sockets whose path would be too long go here, and with it."""
    with tempfile.TemporaryDirectory(prefix="papers-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture
def var_dir(settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


@contextmanager
def broker() -> Iterator[redis.Redis]:
    """A running broker and a client of it; the server is killed without a chance to tidy up."""
    server = spawn(embedded.server_command())
    try:
        while not embedded.is_running():
            assert server.poll() is None, embedded.log_path().read_text()
            time.sleep(0.01)
        with redis.Redis(unix_socket_path=str(embedded.socket_path())) as client:
            yield client
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


def written(var_dir: Path, text: bytes) -> Path:
    """The broker's file, once it holds `text`: while the disk is busy the server puts a write off for a second or two."""
    (log,) = (var_dir / "broker" / "appendonlydir").glob("*.incr.aof")
    while text not in log.read_bytes():
        time.sleep(0.01)
    return log


def test_what_was_queued_survives_a_kill(var_dir: Path) -> None:
    with broker() as client:
        client.rpush("celery", "first", "second")
        written(var_dir, b"second")
    assert embedded.socket_path().exists(), "the socket is stale now, as after any kill"
    assert not embedded.is_running()
    with broker() as client:
        assert client.lrange("celery", 0, -1) == [b"first", b"second"]


def test_broker_starts_from_a_file_whose_last_write_was_cut_short(var_dir: Path) -> None:
    with broker() as client:
        client.rpush("celery", "whole")
        client.rpush("celery", "cut short")
        log = written(var_dir, b"cut short")
    log.write_bytes(log.read_bytes()[:-4])
    with broker() as client:
        assert client.lrange("celery", 0, -1) == [b"whole"]


def test_broker_refuses_new_tasks_when_full_and_drops_none(var_dir: Path) -> None:
    with broker() as client:
        client.rpush("celery", "waiting")
        client.config_set("maxmemory", "1mb")
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            client.rpush("celery", "one too many")
        assert client.lrange("celery", 0, -1) == [b"waiting"]


def test_nobody_else_reaches_the_broker(var_dir: Path) -> None:
    with broker() as client:
        assert client.config_get("port") == {"port": "0"}
        assert embedded.socket_path().parent.stat().st_mode & 0o777 == 0o700


def test_broker_folder_that_is_a_link_is_refused(var_dir: Path, tmp_path: Path) -> None:
    var_dir.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (var_dir / "broker").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(embedded.BrokerFailed, match="broker"):
        embedded.server_command()


def test_socket_moves_to_the_temporary_folder_when_its_path_is_too_long(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / ("much-too-long" * 8)
    assert len(str(embedded.socket_path())) <= embedded.LONGEST_SOCKET_PATH
    assert embedded.broker_url() == f"redis+socket://{embedded.socket_path()}"
    first = embedded.socket_path()
    settings.VAR_DIR = tmp_path / ("another-one-much-too-long" * 8)
    assert embedded.socket_path() != first, "two installations never share a broker"


def test_machine_without_a_wheel_is_told_to_install_redis(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(embedded.BrokerFailed, match="set REDIS_URL"):
        embedded.server_command()


def test_server_program_runs() -> None:
    version = subprocess.run([embedded.server_program(), "--version"], capture_output=True, text=True, check=True)
    assert "v=" in version.stdout
