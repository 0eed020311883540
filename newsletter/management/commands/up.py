"""The whole service on one machine, from one command."""

import fcntl
import logging
import os
import socket
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from newsletter import embedded
from newsletter.supervisor import GaveUp, Service, Supervisor

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LEFTOVER_SECONDS = 10.0
AS_ROOT = (
    "ignore:You're running the worker with superuser privileges"  # six lines of Celery's; a trial in a container does
)


class Command(BaseCommand):
    """Migrates, then keeps web, worker, beat and (without REDIS_URL) the embedded broker running until Ctrl-C."""

    help = "Serve web, worker and beat on this machine, with a broker of our own unless REDIS_URL names one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and whether to prepare the demo."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument(
            "--demo", action="store_true", help="make demo editor, readers and digest if there are none"
        )

    def handle(self, *args: object, host: str, port: int, demo: bool, **options: object) -> None:
        """Refuse what cannot work, migrate, serve. Ends with 0 after Ctrl-C or SIGTERM."""
        if settings.DEBUG and host not in LOOPBACK:
            raise CommandError(
                "DEBUG shows every mail to every visitor: set DEBUG=False to listen beyond this machine."
            )
        lock = hold(settings.VAR_DIR / "up.lock", LEFTOVER_SECONDS)
        refuse_taken_port(host, port)
        if not os.environ.get("SITE_URL"):
            os.environ["SITE_URL"] = f"http://localhost:{port}"  # what our children put into links
        self.prepare()
        supervisor = Supervisor(services(host, port, demo), self.say, cwd=settings.BASE_DIR, keep_open=[lock])
        try:
            supervisor.run(f"Serving {os.environ['SITE_URL']} – Ctrl-C stops everything.")
        except (GaveUp, embedded.BrokerFailed) as error:
            raise CommandError(str(error)) from error
        self.say("Stopped.")

    def prepare(self) -> None:
        """Bring the database and the static files up to date."""
        call_command("migrate", interactive=False, verbosity=0)
        connections.close_all()
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)

    def say(self, line: str) -> None:
        """Tell the operator, at once and apart from what the services write."""
        self.stdout.write(f"up: {line}")
        self.stdout.flush()


def services(host: str, port: int, demo: bool) -> list[Service]:
    """What to run, in the order of starting. Raises BrokerFailed.

    Beat is a process of its own: inside a worker it would survive that worker's kill as an orphan and go on ticking.
    """
    python = sys.executable
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = [python, "-m", "gunicorn", "newsletter.wsgi", "--bind", bind, "--worker-class", "gthread", "--workers", "1"]
    web += ["--threads", "8", "--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"]
    celery = [python, "-m", "celery", "--quiet", "-A", "newsletter"]
    level = logging.getLevelName(logging.getLogger().level)  # as settings say; Celery would set its own
    worker = [
        python,
        "-W",
        AS_ROOT,
        *celery[1:],
        "worker",
        "-c",
        "2",
        "--without-gossip",
        "--without-mingle",
        "--loglevel",
        level,
    ]
    wanted = [
        Service("worker", worker),
        Service("beat", [*celery, "beat", "--loglevel", "WARNING"]),
        Service("web", web, ready=lambda: accepts(host, port)),
    ]
    if not settings.REDIS_URL:
        wanted.insert(0, broker())
    if demo:
        wanted.append(Service("demo", [python, str(settings.BASE_DIR / "manage.py"), "demo", "--prepare"], errand=True))
    return wanted


def broker() -> Service:
    """The embedded broker: first to come and last to go, as all others talk to it. Raises BrokerFailed."""
    command, log = embedded.server_command(), str(embedded.log_path())
    return Service("broker", command, ready=embedded.is_running, foundation=True, log=log)


def accepts(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def hold(path: Path, patience: float) -> int:
    """Lock the file for as long as this process, or any child that inherits the descriptor, lives; return that.

    Children that outlive a killed parent are waited for, `patience` seconds at most. Raises CommandError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError as error:
            owner = os.read(lock, 20).decode("ascii").strip()
            os.lseek(lock, 0, os.SEEK_SET)
            if is_alive(owner) or time.monotonic() > end:
                os.close(lock)
                raise CommandError(
                    f"The service already runs on {path.parent} (process {owner}): stop it first, "
                    "or set VAR_DIR to another folder."
                ) from error
            time.sleep(0.1)
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode("ascii"))
    return lock


def is_alive(pid: str) -> bool:
    """Whether a process of this number runs; a file still empty counts as yes, its owner is about to write."""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        return True
    return True


def refuse_taken_port(host: str, port: int) -> None:
    """Raise CommandError when nobody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} on {host} cannot be used ({error}): stop what listens there, "
                "or choose another with --port (make run PORT=8001)."
            ) from error
