"""A site to look at: the bundled sample day, approved and sent, served as in production on a port of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsletter.supervisor import tied_to_this_process
from tests.faults.installation import clean_environment
from tests.faults.machines import ROOT, wait_for
from tests.services import free_port, listens

DAY = "2024-11-22"
NOWHERE = "http://127.0.0.1:9"
SOURCES = {name: NOWHERE for name in ("HUGGINGFACE_URL", "ARXIV_API_URL", "ARXIV_RSS_URL", "DEEPLEARN_URL")}
# Addresses with a token are made by the product itself; printed last, whatever else it says.
OWN_LINKS = """
import json
from subscribers import links
from subscribers.models import Subscriber
reader = Subscriber.objects.filter(status="active").order_by("pk").first()
print(json.dumps([links.path(purpose, reader.key) for purpose in (links.PREFERENCES, links.UNSUBSCRIBE, links.CONFIRM)]))
"""


@contextmanager
def site(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The site's address, and the paths of a reader's own pages, which hold tokens."""
    port = free_port()
    own = {"VAR_DIR": str(folder), "SITE_URL": f"http://localhost:{port}", "LOG_LEVEL": "WARNING", **SOURCES}
    environment = clean_environment() | own
    run("demo", "--date", DAY, environment=environment | {"DEBUG": "True"})
    run("collectstatic", "--noinput", "--verbosity", "0", environment=environment)
    own_paths: list[str] = json.loads(
        run("shell", "-v", "0", "-c", OWN_LINKS, environment=environment).splitlines()[-1]
    )
    command = [sys.executable, "-m", "gunicorn", "newsletter.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=tied_to_this_process())  # noqa: PLW1509 - started from the main thread
    try:
        wait_for(lambda: listens(port), 30, "the site")
        yield own["SITE_URL"], own_paths
    finally:
        server.terminate()
        server.wait(20)


def run(*arguments: str, environment: dict[str, str]) -> str:
    """What a management command prints. Raises CalledProcessError, after showing what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
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
