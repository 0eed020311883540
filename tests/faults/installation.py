"""An installation of its own for one drill: PostgreSQL, Valkey, a receiving side and the programs of the crew."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from signal import SIGCONT
from typing import Any, Self

import psycopg

from newsletter.supervisor import tied_to_this_process
from tests.faults.machines import ROOT, GaveUp, Postgres, Program, Valkey, forget, manage, wait_for
from tests.faults.mischief import Remote
from tests.services import free_port, listens
from tests.settings_read import settings_read

LEASE_SECONDS = 15
CONNECTIONS, CHUNK, POOL = 4, 10, 2
TICK_SECONDS = 2.0
DEAD_END = "http://127.0.0.1:9"
SENDER = {
    "FROM_EMAIL": "Drills <digest@papers.example>",
    "LIST_ID": "papers.example",
    "POSTAL_ADDRESS": "1 Drill Street, 00000 Nowhere",
}
KEY = "a key for drills that is longer than fifty characters and worth nothing"


def clean_environment() -> dict[str, str]:
    """The environment without the product's settings, which drills and benchmarks set themselves."""
    settings = settings_read()
    return {
        name: value
        for name, value in os.environ.items()
        if name.removesuffix("_FILE") not in settings and not name.startswith("ANYMAIL_")
    }


class Installation:
    """What a drill breaks. Use it in a `with` block; what it started ends there."""

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.base = folder, base
        self.programs: list[Program] = []
        self.mailgun = False
        self.settings: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        self.database = Postgres.copied(self.base / "postgresql", self.folder / "postgresql")
        self.broker = Valkey(self.folder / "valkey")
        self.database.start()
        self.broker.start()
        subprocess.run(["cp", "-a", self.base / "var", self.folder / "var"], check=True)
        self.web_port = free_port()
        self.sink = self.start_receiving("tests.faults.sink")
        self.settings = {
            "DATABASE_URL": self.database.url,
            "REDIS_URL": self.broker.url,
            "VAR_DIR": str(self.folder / "var"),
            "SECRET_KEY": KEY,
            "SITE_URL": f"http://127.0.0.1:{self.web_port}",
            **SENDER,
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.sink.port),
            "SEND_CONNECTIONS": str(CONNECTIONS),
            "SEND_CHUNK": str(CHUNK),
            "SEND_LEASE_SECONDS": str(LEASE_SECONDS),
            "HUGGINGFACE_URL": DEAD_END,
            "ARXIV_API_URL": DEAD_END,
            "DEEPLEARN_URL": DEAD_END,
            "TICK_SECONDS": str(TICK_SECONDS),
            "ADMIN_SECOND_FACTOR": "False",  # the drills' editors have a password only
        }
        return self

    def __exit__(self, *error: object) -> None:
        for program in [*reversed(self.programs), self.broker.server, self.database.server]:
            if program.process is not None:
                program.signal(SIGCONT)
                program.kill()
        for name in ("postgresql", "valkey", "var"):
            forget(self.folder / name)

    # ---- the receiving side

    def start_receiving(self, module: str, *options: str) -> Remote:
        """Start a sink or a receiver; the drill's line to it."""
        port, control, name = free_port(), free_port(), module.rpartition(".")[2]
        log = self.folder / f"{name}-{port}.jsonl"
        command = [sys.executable, "-m", module, "--port", str(port), "--control", str(control), "--log", str(log)]
        program = Program(name, [*command, *options], self.folder / f"{name}.log").start()
        self.programs.append(program)
        wait_for(lambda: listens(port) and listens(control), 15, f"{name} to listen\n{program.tail()}")
        return Remote(port, control, log)

    def use_mailgun(self) -> None:
        """Send through an API from now on, into a receiver of ours."""
        self.mailgun = True
        self.sink = self.start_receiving("tests.faults.receiver")
        self.settings |= {
            "EMAIL_BACKEND": "anymail.backends.mailgun.EmailBackend",
            "ANYMAIL_MAILGUN_API_URL": f"http://127.0.0.1:{self.sink.port}/v3",
            "ANYMAIL_MAILGUN_API_KEY": "key",
            "ANYMAIL_MAILGUN_SENDER_DOMAIN": "mail.example",
            "ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY": "signing key of the drills",
            "ANYMAIL_WEBHOOK_SECRET": "drills:a secret of more than thirty-two characters",
        }

    # ---- the crew

    def environment(self, **settings: str) -> dict[str, str]:
        """What our programs are started with."""
        return clean_environment() | self.settings | settings

    def start(self, name: str, command: Sequence[str | Path], **settings: str) -> Program:
        """Start a program of the crew."""
        made = Program(name, command, self.folder / f"{name}.log", self.environment(**settings))
        self.programs.append(made)
        return made.start()

    def worker(self, name: str = "worker", app: str = "newsletter", **settings: str) -> Program:
        """A Celery worker with a pool of two."""
        command = [sys.executable, "-m", "celery", "--quiet", "-A", app, "worker", "-c", str(POOL)]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO", "-n", f"{name}@drill"]
        return self.start(name, command, **settings)

    def beat(
        self, name: str = "beat", tick: float = TICK_SECONDS, app: str = "tests.faults.quick_beat", **settings: str
    ) -> Program:
        """A clock, faster than the real one."""
        command = [sys.executable, "-m", "celery", "--quiet", "-A", app, "beat"]
        command += ["--loglevel", "WARNING", "--schedule", str(self.folder / f"{name}-schedule")]
        return self.start(name, command, TICK_SECONDS=str(tick), **settings)

    def web(self) -> str:
        """The web server; its address."""
        command = [sys.executable, "-m", "gunicorn", "newsletter.wsgi", "--bind", f"127.0.0.1:{self.web_port}"]
        command += ["--worker-class", "gthread", "--workers", "1", "--threads", "16", "--no-control-socket"]
        program = self.start("web", [*command, "--log-level", "warning"])
        wait_for(lambda: listens(self.web_port), 30, f"the web server to start\n{program.tail()}")
        return f"http://127.0.0.1:{self.web_port}"

    def manage(self, *words: str, check: bool = True, **settings: str) -> str:
        """Run a management command in the foreground; what it printed."""
        done = subprocess.run(
            manage(*words),
            check=False,
            env=self.environment(**settings),
            cwd=ROOT,
            capture_output=True,
            text=True,
            preexec_fn=tied_to_this_process(),
        )
        if check and done.returncode:
            raise GaveUp(f"manage.py {' '.join(words)[:80]} failed:\n{done.stderr[-2000:]}")
        return done.stdout

    def python(self, code: str) -> str:
        """Run a few lines inside the product; what they printed."""
        return self.manage("shell", "--no-imports", "-c", code)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database directly, past the product."""
        with psycopg.connect(self.database.url, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(query, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []
