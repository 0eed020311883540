"""Put right what readers already have: a correction is published on the web, and mailed once to those who had the digest.

Its mailing is a digest of kind "correction": approved by the same rules, frozen under a hash, sent by the same ledger.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from digests.approve import approve
from digests.content import correction_content, hash_of
from digests.models import Correction, Digest

CORRECTABLE = (Digest.Status.SENDING, Digest.Status.PAUSED, Digest.Status.SENT, Digest.Status.CANCELLED)
"""Of a digest that nobody has yet, the words themselves can be changed."""


def publish(correction: Correction) -> bool:
    """Let readers of the web see it, from now on and in these words. True when this call did."""
    draft = Correction.objects.filter(pk=correction.pk, status=Correction.Status.DRAFT)
    done = draft.update(status=Correction.Status.PUBLISHED, published_at=timezone.now())
    correction.refresh_from_db()
    return bool(done)


def mail_it(correction: Correction, editor: AbstractBaseUser, seen_hash: str) -> bool:
    """Publish it, and approve its mailing for those who had the digest; they are mailed with the next tick. True when
    this call approved it; False when it was approved before, or waits for another editor's word. Raises NotApproved.
    """
    with transaction.atomic():
        correction = Correction.objects.select_for_update().get(pk=correction.pk)
        publish(correction)
        if correction.mailed_as is None:
            corrected = correction.digest
            correction.mailed_as = Digest.objects.create(
                day=corrected.day,
                kind=Digest.Kind.CORRECTION,
                status=Digest.Status.DRAFT,
                is_sample=corrected.is_sample,
            )
            correction.save(update_fields=["mailed_as"])
        return approve(correction.mailed_as, editor, seen_hash)


def hash_seen(correction: Correction) -> str:
    """What an editor who looks at it now says yes to."""
    return hash_of(correction_content(correction))
