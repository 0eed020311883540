"""Settings that are probably misspelt: what nobody asks for changes nothing, and nobody is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches

from newsletter import env
from newsletter.doctor.findings import Finding, note

ALIKE = 0.82  # OPENAI_KEY is like OPENAI_API_KEY by 0.83, compose's own REDIS_PASSWORD like EMAIL_HOST_PASSWORD by 0.73
SHORTEST = 8  # short names are like too many


def misspelt() -> Iterator[Finding]:
    """A finding for each name in the environment that is no setting but much like one."""
    for name in sorted(os.environ):
        asked = name.removesuffix("_FILE")
        if len(asked) < SHORTEST or asked in env.known or asked.startswith("ANYMAIL_"):
            continue
        if alike := get_close_matches(asked, env.known, n=1, cutoff=ALIKE):
            yield note(
                "settings",
                f"{name} is no setting",
                "it changes nothing",
                f"did you mean {name.replace(asked, alike[0])}?",
            )
