"""Compile every mail's template with the npm package `mjml`, which refuses unknown elements, attributes and nesting.

The package is installed once into VAR_DIR, under the version that package.json names. Without node and npm this says so
and lets `make check` pass: the compiler we use (`newsletter.mjml`) has its own checks, which need neither.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import django

from tests.npm import installed

HERE = Path(__file__).parent


def main() -> int:
    """0 when all templates are valid, or cannot be looked at here."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    django.setup()
    from django.conf import settings

    sources = templates()
    folder = installed(HERE / "package.json", Path(settings.VAR_DIR) / "mjml")
    if folder is None:
        print("MJML: there is no node or npm, or no npm registry, so its own compiler did not look at the templates.")
        return 0
    command = ["node", shutil.copy(HERE / "strict.mjs", folder)]
    done = subprocess.run(command, check=False, input=json.dumps(sources), capture_output=True, text=True, timeout=300)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return 1
    print(f"MJML: {len(sources)} templates are valid.")
    return 0


def templates() -> dict[str, str]:
    """The MJML of each mail as our compiler gets it: includes in place, Django's tags within the document."""
    from django.conf import settings

    from newsletter.mjml import document_of, source_of

    [root] = settings.TEMPLATES[0]["DIRS"]
    names = sorted(path.relative_to(root).as_posix() for path in Path(root).glob("email/*/body.mjml"))
    return {name: document_of(source_of(name))[1] for name in names}


if __name__ == "__main__":
    sys.exit(main())
