"""Ticking off doubts: an editor says of each that they looked at it and let it stand.

It changes no words, so an approval holds; whoever changes the words that a doubt is about has a doubt that nobody looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.http import QueryDict

from digests.desk.flags import Flag, of_digest
from digests.models import Digest, Look
from newsletter import audit

TICKED, WAS_TICKED = "looked", "looked_before"
"""The fields of the page: what is ticked on it, and what was when it came."""


def open_doubts(digest: Digest) -> list[Flag]:
    """The doubts that nobody looked at yet."""
    return [flag for flag in of_digest(digest) if flag.is_open]


def ticks_of(looks: Mapping[str, Look], posted: QueryDict) -> tuple[Collection[str], Collection[str]]:
    """(what is ticked on the page, what was when it came), by marks; of a page that comes back, as it was sent."""
    if posted:
        return set(posted.getlist(TICKED)), set(posted.getlist(WAS_TICKED))
    return looks.keys(), looks.keys()


def tick(digest: Digest, posted: QueryDict, editor: AbstractBaseUser) -> int:
    """Note what was ticked on a page, and forget what the tick was taken from; how many differ. A doubt whose words were
    changed meanwhile is passed over: it is another one now, or none. Call inside the transaction of the save."""
    ticked, before = set(posted.getlist(TICKED)), set(posted.getlist(WAS_TICKED))
    if ticked == before:
        return 0
    told = 0
    for flag in {each.mark: each for each in of_digest(digest)}.values():
        if flag.mark in ticked - before and flag.is_open:
            Look.objects.create(digest=digest, mark=flag.mark, by_id=editor.pk)
            told += _note(audit.Act.LOOK, digest, flag, editor)
        elif flag.mark in before - ticked and flag.look:
            flag.look.delete()
            told += _note(audit.Act.UNLOOK, digest, flag, editor)
    return told


def _note(act: audit.Act, digest: Digest, flag: Flag, editor: AbstractBaseUser) -> int:
    audit.note(act, digest, by=editor, kind=flag.kind, text=flag.text, mark=flag.mark)
    return 1
