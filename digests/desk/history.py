"""Writing the changes of a draft into the audit log."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser

from digests.desk.acts import Change
from digests.models import Digest
from newsletter import audit


def note(digest: Digest, changes: Iterable[Change], editor: AbstractBaseUser) -> None:
    """Write the changes into the history, under the revision that they made."""
    for change in changes:
        facts = {"what": change.what, "where": change.where, "before": change.before, "after": change.after}
        audit.note(audit.Act.EDIT, digest, by=editor, revision=digest.revision, **facts)
