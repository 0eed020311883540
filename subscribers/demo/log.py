"""The audit log of the past: made up, as each line says in its facts, since a real log is never written afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from digests.models import Correction, Digest
from newsletter.models import AuditLine

Act = AuditLine.Act
MADE_UP = {"demo": "made up"}
NETWORK = "192.0.2.0/24"  # RFC 5737: nobody's


def write(digests: Sequence[Digest], correction: Correction | None, editor: str, administrator: str) -> None:
    """What editor and administrator did on the mornings of these digests, in the order of time."""
    lines = [line for number, digest in enumerate(digests) for line in _morning(number, digest, editor)]
    if digests:
        lines += _administrator(digests, administrator)
    if correction and correction.published_at:
        lines.append(
            _line(correction.published_at, editor, Act.CORRECT, correction, hash=correction.digest.content_hash)
        )
    AuditLine.objects.bulk_create(sorted(lines, key=lambda line: line.at))


def _morning(number: int, digest: Digest, editor: str) -> Iterator[AuditLine]:
    approved_at = digest.approved_at
    assert approved_at is not None, "only approved digests are in the past"
    if number == 4:
        yield _line(approved_at - dt.timedelta(minutes=20), editor, Act.LOGIN_FAILED)
    yield _line(approved_at - dt.timedelta(minutes=19), editor, Act.LOGIN)
    if number % 3 == 0:
        yield _line(approved_at - dt.timedelta(minutes=7), editor, Act.EDIT, digest, what="subject, editor’s note")
    if number % 4 == 1:
        yield _line(approved_at - dt.timedelta(minutes=3), editor, Act.TEST, digest, count=1)
    yield _line(approved_at, editor, Act.APPROVE, digest, hash=digest.content_hash)


def _administrator(digests: Sequence[Digest], name: str) -> Iterator[AuditLine]:
    first, middle, last = digests[0].approved_at, digests[len(digests) // 2], digests[-1].approved_at
    assert first and last and middle.approved_at, "only approved digests are in the past"
    yield _line(first - dt.timedelta(days=1), name, Act.ROLES, "editor", after=["Editor"])
    yield _line(middle.approved_at + dt.timedelta(minutes=31), name, Act.PAUSE, middle)
    yield _line(middle.approved_at + dt.timedelta(minutes=38), name, Act.RESUME, middle)
    yield _line(last - dt.timedelta(hours=15), name, Act.EXPORT, "subscribers", count=200)


def _line(at: dt.datetime, who: str, act: str, about: Digest | Correction | str = "", **facts: object) -> AuditLine:
    row = None if isinstance(about, str) else about
    return AuditLine(
        at=at,
        who=who,
        act=act,
        about=str(about)[:200],
        about_type=row._meta.label_lower if row else "",
        about_id=str(row.pk) if row else "",
        facts={**facts, **MADE_UP},
        network=NETWORK,
    )
