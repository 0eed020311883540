"""A site to look at: the bundled sample day, approved and sent, served as in production on a port of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from newsletter.supervisor import tied_to_this_process
from tests.faults.installation import clean_environment
from tests.faults.machines import ROOT, wait_for
from tests.pages.places import DAY, Place
from tests.services import free_port, listens

NOWHERE = "http://127.0.0.1:9"
SOURCES = {name: NOWHERE for name in ("HUGGINGFACE_URL", "ARXIV_API_URL", "ARXIV_RSS_URL", "DEEPLEARN_URL")}
SETTINGS = "tests.pages.settings"


class Site(NamedTuple):
    """Where it is, what there is to look at, and the password of the demo's `admin`."""

    address: str
    places: list[Place]
    password: str


@contextmanager
def site(folder: Path, log_folder: Path) -> Iterator[Site]:
    """The site with its database in a folder, until the block ends; what it logs is in the other one."""
    port = free_port()
    own = {"VAR_DIR": str(folder), "SITE_URL": f"http://localhost:{port}", "LOG_LEVEL": "WARNING", **SOURCES}
    environment = clean_environment() | own | {"DJANGO_SETTINGS_MODULE": SETTINGS}
    trial = environment | {"DEBUG": "True"}
    run("manage.py", "demo", "--date", DAY, environment=trial)
    run("manage.py", "collectstatic", "--noinput", "--verbosity", "0", environment=environment)
    told = json.loads(run("-m", "tests.pages.prepare", environment=trial).splitlines()[-1])
    password = (folder / "demo-editor-password").read_text(encoding="ascii").strip()
    command = [sys.executable, "-m", "gunicorn", "newsletter.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning"]
    log_folder.mkdir(parents=True, exist_ok=True)
    log = (log_folder / "site.log").open("wb")
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, preexec_fn=tied_to_this_process())  # noqa: PLW1509 - started from the main thread
    try:
        wait_for(lambda: listens(port), 30, "the site")
        yield Site(own["SITE_URL"], [Place(**place) for place in told], password)
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def run(*arguments: str, environment: dict[str, str]) -> str:
    """What a program of Python's prints. Raises CalledProcessError, after showing what it said."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
    done.check_returncode()
    return done.stdout
