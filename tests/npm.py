"""Tools out of the npm registry, each folder with the versions that its package.json names."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def installed(wanted: Path, folder: Path) -> Path | None:
    """`folder` with the packages of the package.json at `wanted` in it, installed once; None when they cannot be had,
    for want of node, npm or a registry."""
    npm = shutil.which("npm")
    if not (npm and shutil.which("node")):
        return None
    words = wanted.read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "package.json"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != words:
        stamp.write_text(words, encoding="utf-8")
        command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
        if subprocess.run(command, check=False, cwd=folder, timeout=600).returncode:
            stamp.unlink()
            return None
    return folder
