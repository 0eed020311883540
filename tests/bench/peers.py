"""django-newsletter, set up as its documentation says, in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.place import Place, smtp_settings

PACKAGES = ("django-newsletter", "sorl-thumbnail", "setuptools<81")
DRIVER = Path(__file__).with_name("newsletter_driver.py")


def django_newsletter(place: Place, port: int, size: int, mails: int) -> tuple[float | None, str]:
    """Its mails a second, or None and why it was not measured."""
    folder = place.folder / "peer"
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", *PACKAGES]
    try:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
        subprocess.run(install, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError):
        return None, "django-newsletter could not be installed"
    done = subprocess.run(
        [python, DRIVER, json.dumps({"port": port, "size": size, "mails": mails, "folder": str(folder)})],
        check=False,
        capture_output=True,
        text=True,
        env=smtp_settings(port),
        timeout=300,
    )
    if done.returncode:
        return None, f"django-newsletter does not run here: {(done.stderr.splitlines() or ['?'])[-1][:100]}"
    return float(json.loads(done.stdout.splitlines()[-1])["rate"]), ""
