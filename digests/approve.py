"""The editor's word: approve a digest as seen, or send it back."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digests.content import hash_of, snapshot
from digests.models import Digest


class NotApproved(Exception):
    """The approval was not given; the text says why and what to do."""


def approve(digest: Digest, editor: AbstractBaseUser, seen_hash: str) -> bool:
    """Approve the digest if it still has the content whose hash the editor saw. True when this call approved it, False
    when it already was approved with that very content (a second click).

    Of two editors at once one approves and the other is told who did. Raises NotApproved.
    """
    if not (editor.is_active and editor.has_perm("digests.approve_digest")):  # type: ignore[attr-defined]
        raise NotApproved(_("You have no right to approve. Ask an administrator for “Can approve a digest”."))
    with transaction.atomic():
        # The row is locked, so no edit can slip in between the look and the stamp.
        digest = Digest.objects.select_for_update().get(pk=digest.pk)
        if digest.is_public and digest.content_hash == seen_hash:
            return False
        if digest.status != Digest.Status.DRAFT:
            raise NotApproved(
                _("This digest is %(status)s; only a draft can be approved.") % {"status": digest.get_status_display()}
            )
        content = snapshot(digest)
        if hash_of(content) != seen_hash:
            raise NotApproved(_("The draft was changed after you opened it. Look at it again, then approve."))
        if not content["sections"]:
            raise NotApproved(_("This draft has no papers, so there is nothing to send."))
        return digest.advance(
            Digest.Status.APPROVED,
            approved_by=editor,
            approved_at=timezone.now(),
            approved_content=content,
            content_hash=seen_hash,
        )


def send_back(digest: Digest) -> bool:
    """Take an approval back while nothing was sent. True when it was taken back."""
    with transaction.atomic():
        digest = Digest.objects.select_for_update().get(pk=digest.pk)
        if digest.status != Digest.Status.APPROVED:
            return False
        digest.touch()
        return True
