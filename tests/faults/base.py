"""What drills are copied from, made once in a run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from newsletter.supervisor import tied_to_this_process
from tests.faults.installation import KEY, SENDER, clean_environment
from tests.faults.machines import ROOT, Postgres, manage


def prepare(base: Path, readers: int) -> Path:
    """A stopped cluster with readers and a draft, and a VAR_DIR with the static files, to be copied by every drill."""
    base.mkdir(parents=True)
    base.chmod(0o755)
    cluster = Postgres.created(base / "postgresql")
    cluster.start()
    environment = (
        clean_environment()
        | SENDER
        | {
            "DATABASE_URL": cluster.url,
            "VAR_DIR": str(base / "var"),
            "SECRET_KEY": KEY,
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "LOG_LEVEL": "WARNING",
        }
    )
    filling = [sys.executable, "-m", "tests.faults.prepare", "--readers", str(readers)]
    try:
        for command, settings in (
            (manage("migrate", "--verbosity", "0"), {}),
            (filling, {}),
            # With the storage that the drills' web server has.
            (manage("collectstatic", "--noinput", "-v", "0"), {"DJANGO_SETTINGS_MODULE": "newsletter.settings"}),
        ):
            told = environment | settings
            subprocess.run(command, check=True, env=told, cwd=ROOT, preexec_fn=tied_to_this_process())
    finally:
        cluster.stop()
    return base
