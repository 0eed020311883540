"""What readers may see, and where."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from digests.content import path_of
from digests.models import CataloguedDigest, CataloguedPaper, Digest


def published(kind: str = Digest.Kind.DAILY) -> QuerySet[Digest]:
    """The digests of a kind that readers may see, latest first, with their whole content."""
    return Digest.objects.filter(kind=kind, status__in=Digest.PUBLIC).order_by("-day")


def catalogued(kind: str = Digest.Kind.DAILY) -> QuerySet[CataloguedDigest]:
    """The same digests in a line each, without their content."""
    return CataloguedDigest.objects.filter(kind=kind, digest__status__in=Digest.PUBLIC).order_by("-day")


def catalogued_papers() -> QuerySet[CataloguedPaper]:
    """The papers of all public digests, latest first."""
    return CataloguedPaper.objects.filter(digest__status__in=Digest.PUBLIC).order_by("-day", "kind", "position")


def address_of(day: dt.date, kind: str) -> str:
    """Where the archive shows the digest of a day and kind."""
    return path_of({"kind": kind, "day": day.isoformat()})
