"""Put right what readers already have: a correction is published on the web, and mailed once to those who had the digest.

Its mailing is a digest of kind "correction": approved by the same rules, frozen under a hash, sent by the same ledger.
Where several editors are needed they are needed for both: until the last of them said yes nobody sees any of it.
"""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digests.approve import NotApproved, check_right, may_approve, stamp
from digests.content import Content, correction_content, hash_of
from digests.models import Approval, Correction, CorrectionApproval, Digest
from digests.readiness import Check, Facts, judge, obstacles
from digests.rehearsal import rehearse_all
from newsletter import audit

CORRECTABLE = (Digest.Status.SENDING, Digest.Status.PAUSED, Digest.Status.SENT, Digest.Status.CANCELLED)
"""Of a digest that nobody has yet, the words themselves can be changed."""


def publish(correction: Correction, editor: AbstractBaseUser, seen_hash: str) -> bool:
    """Let readers of the web see it, from now on and in these words. True when this call did; False when it was published
    before, or waits for another editor's word. Raises NotApproved."""
    with transaction.atomic():
        correction = _locked(correction, editor)
        if correction.status == Correction.Status.PUBLISHED:
            return False
        _as_seen(correction, seen_hash)
        _say_yes(correction, editor, seen_hash, mails=False)
        return _show_once_agreed(correction, editor, seen_hash)


def mail_it(correction: Correction, editor: AbstractBaseUser, seen_hash: str) -> bool:
    """Publish it, and approve its mailing for those who had the digest; they are mailed with the next tick. True when
    this call approved it; False when it was approved before, or waits for another editor's word. Raises NotApproved.
    """
    with transaction.atomic():
        correction = _locked(correction, editor)
        if correction.mailed_as_id:
            return False
        content = _as_seen(correction, seen_hash)
        _say_yes(correction, editor, seen_hash, mails=True)
        _show_once_agreed(correction, editor, seen_hash)
        given = approvers(correction, seen_hash, mails=True)
        if len(given) < settings.APPROVALS_NEEDED:
            return False
        mailing = correction.mailed_as = Digest.objects.create(
            day=correction.digest.day,
            kind=Digest.Kind.CORRECTION,
            status=Digest.Status.DRAFT,
            is_sample=correction.digest.is_sample,
        )
        correction.save(update_fields=["mailed_as"])
        Approval.objects.bulk_create(Approval(digest=mailing, content_hash=seen_hash, by=by) for by in given)
        return stamp(mailing, content, editor)


def approvers(correction: Correction, content_hash: str, *, mails: bool = False) -> list[User]:
    """Who said yes to showing these words on the web, or to mailing them as well, and may approve still; the first first.
    Who lets them be mailed lets them be shown."""
    words = CorrectionApproval.objects.filter(correction=correction, content_hash=content_hash).select_related("by")
    return [word.by for word in words if (word.mails or not mails) and may_approve(word.by)]


def checks_of(content: Content) -> list[Check]:
    """Every check of a correction with this content, in the active language."""
    return judge(content, Facts({}, None, rehearse_all(content)))


def hash_seen(correction: Correction) -> str:
    """What an editor who looks at it now says yes to."""
    return hash_of(correction_content(correction))


def _locked(correction: Correction, editor: AbstractBaseUser) -> Correction:
    """The correction, whose row lets one editor decide at a time. Raises NotApproved for who may not."""
    check_right(editor)
    return Correction.objects.select_for_update().get(pk=correction.pk)


def _as_seen(correction: Correction, seen_hash: str) -> Content:
    """Its content. Raises NotApproved when that is not what was seen, or not fit to be shown."""
    content = correction_content(correction)
    if hash_of(content) != seen_hash:
        raise NotApproved(_("The correction was changed after you opened it. Look at it again, then decide."))
    if in_the_way := obstacles(checks_of(content)):
        raise NotApproved(" ".join(check.text for check in in_the_way))
    return content


def _say_yes(correction: Correction, editor: AbstractBaseUser, seen_hash: str, *, mails: bool) -> None:
    """Note one editor's word, once; a yes to the mails is more than one to the web, and stays."""
    word, is_new = CorrectionApproval.objects.get_or_create(
        correction=correction, content_hash=seen_hash, by=cast(User, editor), defaults={"mails": mails}
    )
    if mails and not word.mails:
        CorrectionApproval.objects.filter(pk=word.pk).update(mails=True)
        is_new = True
    given = len(approvers(correction, seen_hash, mails=mails))
    if is_new and given < settings.APPROVALS_NEEDED:
        facts = {"hash": seen_hash, "given": given, "of": settings.APPROVALS_NEEDED, "mails": mails}
        audit.note(audit.Act.APPROVE, correction, by=editor, **facts)


def _show_once_agreed(correction: Correction, editor: AbstractBaseUser, seen_hash: str) -> bool:
    """Publish it when as many editors as are needed said yes to these words. True when this call did."""
    if len(approvers(correction, seen_hash)) < settings.APPROVALS_NEEDED:
        return False
    draft = Correction.objects.filter(pk=correction.pk, status=Correction.Status.DRAFT)
    done = draft.update(status=Correction.Status.PUBLISHED, published_at=timezone.now())
    if done:
        correction.refresh_from_db()
        audit.note(audit.Act.CORRECT, correction, by=editor, hash=seen_hash)
    return bool(done)
