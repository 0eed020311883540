"""Writing the changes of a draft into the audit log."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser

from digests.desk.acts import Change
from digests.models import Digest
from newsletter import audit

ROOM = audit.Room(longest=50_000, most=2_000)
"""More than the longest note, and more lines than a section can have: a difference is shown whole."""


def note(digest: Digest, changes: Iterable[Change], editor: AbstractBaseUser) -> None:
    """Write the changes into the history, under the revision that they made."""
    for change in changes:
        facts = {"what": change.what, "where": change.where, "before": change.before, "after": change.after}
        audit.keep(audit.Act.EDIT, digest, editor, {"revision": digest.revision} | facts, ROOM)
