"""The editor's word: approve a digest as seen, or send it back."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AbstractUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digests.archive.catalogue import try_to_catalogue
from digests.content import Content, hash_of, snapshot
from digests.models import Approval, Digest
from digests.readiness import examine, obstacles
from newsletter import audit

RIGHT = "digests.approve_digest"


class NotApproved(Exception):
    """The approval was not given; the text says why and what to do."""


class NoRight(NotApproved):
    """This person may not approve."""


def approve(digest: Digest, editor: AbstractBaseUser, seen_hash: str) -> bool:
    """Approve the digest if it still has the content whose hash the editor saw. True when this call approved it, False
    when it already was approved with that very content (a second click), or when APPROVALS_NEEDED wants others' word,
    too: this one's is then noted.

    Of two editors at once one approves and the other is told who did. The right is asked for in the database at this
    moment, not in the session. Raises NotApproved.
    """
    with transaction.atomic():
        # The row is locked, so no edit can slip in between the look and the stamp.
        digest = Digest.objects.select_for_update().get(pk=digest.pk)
        check_right(editor)
        if digest.is_public and digest.content_hash == seen_hash:
            return False
        content = _content_as_seen(digest, seen_hash)
        _given, is_new = Approval.objects.get_or_create(digest=digest, content_hash=seen_hash, by_id=editor.pk)
        count = len(approvers(digest, seen_hash))
        if count < settings.APPROVALS_NEEDED:
            if is_new:
                audit.note(
                    audit.Act.APPROVE, digest, by=editor, hash=seen_hash, given=count, of=settings.APPROVALS_NEEDED
                )
            return False
        return stamp(digest, content, editor)


def approvers(digest: Digest, content_hash: str) -> list[AbstractUser]:
    """Those who approved this very content and still have the right to, in the order they did."""
    given = Approval.objects.filter(digest=digest, content_hash=content_hash).select_related("by")
    return [approval.by for approval in given if may_approve(approval.by)]


def may_approve(user: AbstractBaseUser) -> bool:
    """Whether this person has the right to approve."""
    return user.is_active and cast(AbstractUser, user).has_perm(RIGHT)


def stamp(digest: Digest, content: Content, by: AbstractBaseUser, at: dt.datetime | None = None) -> bool:
    """Write the approval: name, time, frozen content and its hash; and put it into the archive's catalogue. True when this
    call did. For callers that hold the digest's row and have asked whether it may be approved."""
    approved = digest.advance(
        Digest.Status.APPROVED,
        approved_by=by,
        approved_at=at or timezone.now(),
        approved_content=content,
        content_hash=hash_of(content),
    )
    if approved:
        try_to_catalogue(digest)
        audit.note(audit.Act.APPROVE, digest, by=by, hash=digest.content_hash)
    return approved


def send_back(digest: Digest) -> bool:
    """Take an approval back while nothing was sent. True when it was taken back."""
    with transaction.atomic():
        digest = Digest.objects.select_for_update().get(pk=digest.pk)
        if digest.status != Digest.Status.APPROVED:
            return False
        before = digest.content_hash
        digest.touch()
        digest.approvals.all().delete()
        audit.note(audit.Act.SEND_BACK, digest, hash=before)
        return True


def check_right(editor: AbstractBaseUser) -> None:
    """Raise NotApproved unless the person may approve now; what a request loaded a second ago may be out of date."""
    now = get_user_model().objects.filter(pk=editor.pk).first()
    if now is None or not may_approve(now):
        raise NoRight(_("You have no right to approve. Ask an administrator for “Can approve a digest”."))


def _content_as_seen(digest: Digest, seen_hash: str) -> Content:
    """The draft's content. Raises NotApproved when it is no draft, not what was seen, or not fit to be sent."""
    if digest.status != Digest.Status.DRAFT:
        raise NotApproved(
            _("This digest is %(status)s; only a draft can be approved.") % {"status": digest.get_status_display()}
        )
    content = snapshot(digest)
    if hash_of(content) != seen_hash:
        raise NotApproved(_("The draft was changed after you opened it. Look at it again, then approve."))
    if in_the_way := obstacles(examine(digest, content)):
        raise NotApproved(" ".join(check.text for check in in_the_way))
    return content
