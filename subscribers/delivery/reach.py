"""Whom a mailing reached, and why not the others: every person of its audience, and one person by name."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from digests.models import Correction, Digest
from subscribers.delivery.correcting import HAD
from subscribers.models import Delivery, Subscriber


class LeftOut(NamedTuple):
    """So many who were meant to get the digest that a correction is about, and get no mail of it, for one reason. `status`
    is what became of the digest's own mail, `reader` how the reader stands now."""

    status: str
    reader: str
    many: int

    @property
    def why(self) -> str:
        """The reason in words."""
        return why_without(self.status, self.reader)


def left_out_of(correction: Correction) -> list[LeftOut]:
    """Who of the corrected digest's audience has no row in the correction's mailing. With the mailing's rows they add up to
    that audience."""
    rows = Delivery.objects.filter(digest_id=correction.digest_id)
    mailed = Delivery.objects.filter(digest=correction.mailed_as, subscriber=OuterRef("subscriber"))
    grouped = rows.filter(~Exists(mailed)).order_by().values_list("status", "subscriber__status").annotate(Count("pk"))
    return sorted((LeftOut(*row) for row in grouped), key=lambda group: -group.many)


def why_without(status: str, reader: str) -> str:
    """Why who had that outcome of the digest, and stands so now, gets no mail of its correction. Pure."""
    if status not in HAD:
        return _("has not got the digest: %s") % Delivery.Status(status).label
    if reader != Subscriber.Status.ACTIVE:
        return _("reads no longer: %s") % Subscriber.Status(reader).label
    return _("comes with the next tick")


def mailings_of(digest: Digest) -> QuerySet[Correction]:
    """The digest's corrections, with their mailings."""
    return digest.corrections.select_related("made_by", "mailed_as", "digest").defer("mailed_as__approved_content")


def told_of(reader: Subscriber, digest: Digest) -> tuple[str, str]:
    """What became of one person's mail of a digest, or of a correction's mailing: a status, or "none", and the reason."""
    row = Delivery.objects.filter(digest=digest, subscriber=reader).first()
    if row:
        return row.status, row.error
    if digest.kind != Digest.Kind.CORRECTION:
        return "none", _why_not_in(reader, digest)
    had = Delivery.objects.filter(digest_id=digest.mails_correction.digest_id, subscriber=reader).first()
    return "none", why_without(had.status, reader.status) if had else _("was not in the audience of the digest")


def _why_not_in(reader: Subscriber, digest: Digest) -> str:
    """The likeliest reason for a digest without a row; what was chosen later is not known of back then."""
    if not digest.is_public:
        return _("the digest is not approved")
    if reader.confirmed_at is None or (digest.approved_at and reader.confirmed_at > digest.approved_at):
        return _("had not confirmed when it was approved")
    if reader.status != Subscriber.Status.ACTIVE:
        return _("reads no longer: %s") % reader.get_status_display()
    if reader.paused_until and digest.day < reader.paused_until:
        return _("on pause until %s") % reader.paused_until
    return _("was not in its audience when it was opened; reads: %s") % reader.get_cadence_display()
