"""Papers that an editor wants and that have to be fetched from arXiv first: asked for on the review page, fetched by the crew.

arXiv may be asked every few seconds only, by all of us together, and may take its time; a page must not wait for that. So the
wish is a row and the task carries its number. It is safe to run twice, late, or not until the next tick.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from digests.collecting.keep import keep_paper
from digests.desk.acts import Refused
from digests.desk.adding import add, fit, known_paper
from digests.desk.history import note
from digests.models import Addition, Digest, Paper
from digests.sources import Listing, arxiv
from newsletter.http import FetchFailed
from newsletter.waking import wake

TASK = "digests.fetch"
LEASE = dt.timedelta(minutes=20)  # more than a turn and all attempts at arXiv may take
MOST_TRIES = 3
LONGEST_NOTE = 500
Status = Addition.Status


def ask(digest: Digest, arxiv_id: str, editor: AbstractBaseUser) -> None:
    """Note the wish, and take an approval back, for it was for other papers. Call inside the transaction of the save. Raises
    Refused when the same is being fetched."""
    wish, made = Addition.objects.get_or_create(
        digest=digest, arxiv_id=arxiv_id, status=Status.WAITING, defaults={"asked_by_id": editor.pk}
    )
    if not made:
        raise Refused(_("%(id)s is being fetched already. Wait until that is done.") % {"id": arxiv_id})
    if digest.status == Digest.Status.APPROVED:
        digest.touch()
    transaction.on_commit(partial(wake, TASK, wish.pk))


def fetch_waiting(now: dt.datetime | None = None) -> None:
    """Fetch what waits. What failed a worker MOST_TRIES times is given up."""
    now = now or timezone.now()
    given_up = _free(now).filter(tries__gte=MOST_TRIES)
    given_up.update(status=Status.FAILED, note="Fetching it broke off several times; the log says why.")
    for pk in _free(now).values_list("pk", flat=True):
        fetch(pk, now)


def fetch(pk: int, now: dt.datetime | None = None) -> None:
    """Fetch a paper and add it, unless another worker does or did."""
    now = now or timezone.now()
    if not _free(now).filter(pk=pk).update(lease_until=now + LEASE, tries=F("tries") + 1):
        return
    wish = Addition.objects.select_related("digest", "asked_by").get(pk=pk)
    with translation.override("en"):  # as it is kept; pages tell it in their reader's language
        try:
            _add(wish, known_paper(wish.digest, wish.arxiv_id) or fit(_fetched(wish.arxiv_id)))
        except Refused as refusal:
            _close(wish, Status.FAILED, str(refusal))
        except IntegrityError:
            _close(wish, Status.FAILED, _("Another digest took this paper at the same moment."))


def _free(now: dt.datetime) -> QuerySet[Addition]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return Addition.objects.filter(free, status=Status.WAITING)


def _fetched(arxiv_id: str) -> Paper:
    """The paper as arXiv has it, kept. Raises Refused."""
    try:
        record = arxiv.fetch_records([arxiv_id]).get(arxiv_id)
    except FetchFailed as error:
        told = _("arXiv could not be asked about %(id)s: %(why)s Try again in some minutes.")
        raise Refused(told % {"id": arxiv_id, "why": error}) from error
    if record is None:
        raise Refused(_("arXiv knows no paper %(id)s. Compare the number with its page.") % {"id": arxiv_id})
    return keep_paper(
        arxiv_id, Listing(record.title, 1, arxiv_id), record, Paper.objects.filter(arxiv_id=arxiv_id).first()
    )


def _add(wish: Addition, paper: Paper) -> None:
    """Bring the paper into the digest if that still is a draft. Raises Refused, and IntegrityError."""
    with transaction.atomic():
        digest = Digest.objects.select_for_update().get(pk=wish.digest_id)
        if digest.status != Digest.Status.DRAFT:
            raise Refused(_("The digest was approved before the paper had come; it is left as it was approved."))
        changes = add(digest, paper)
        digest.touch()
        note(digest, changes, wish.asked_by)
        _close(wish, Status.DONE, paper.title)


def _close(wish: Addition, status: str, said: str) -> None:
    Addition.objects.filter(pk=wish.pk).update(status=status, note=said[:LONGEST_NOTE], lease_until=None)
