"""What is marked in a digest for an editor to look at, the gravest first."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from digests.desk.flags import first
from digests.desk.kinds import kind_name
from digests.desk.looking import open_doubts
from digests.models import Digest


class Mark(NamedTuple):
    """A kind of doubt, and in how many places."""

    name: str
    places: int


def marks_of(digest: Digest) -> list[Mark]:
    """The doubts that nobody looked at yet: the same, and as many, as the desk shows."""
    kinds = Counter(flag.kind for flag in first(open_doubts(digest)))
    return [Mark(kind_name(kind), count) for kind, count in kinds.items()]
