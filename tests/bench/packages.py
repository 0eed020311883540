"""Programs of Debian that a measurement needs and nobody has to install: they are unpacked into var/cache."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / "var" / "cache" / "debian"


def program(package: str, name: str) -> Path | None:
    """The program, installed or unpacked; None where there is neither."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/bin:/usr/local/sbin")
    return Path(found) if found else _unpacked(package, name)


@cache
def _unpacked(package: str, name: str) -> Path | None:
    folder = CACHE / package
    if not folder.exists() and not _fetch(package, folder):
        return None
    return next(folder.rglob(name), None)


def _fetch(package: str, folder: Path) -> bool:
    """Unpack the package from Debian's archive; False without apt, dpkg or a network."""
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        return False
    folder.mkdir(parents=True)
    if subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True, check=False).returncode:
        folder.rmdir()
        return False
    for archive in folder.glob("*.deb"):
        subprocess.run(["dpkg", "-x", archive, folder], check=True, capture_output=True)
        archive.unlink()
    return True
