"""Is there room to go on? Looked after by the clock, while mails can still be sent and rows be written."""

from __future__ import annotations

import logging

from django.urls import reverse
from django.utils.functional import lazystr
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from newsletter import disk
from subscribers.operators import tell_operators

logger = logging.getLogger(__name__)
SUBJECT = "disk"


def look_after_disk() -> int:
    """Mail the operators, once a day, while the disk is nearly full; return to how many."""
    room = disk.tightest()
    if not room.is_scarce:
        return 0
    logger.warning("Little room is left: %s.", room)
    sentence = format_lazy(
        "{} {}",
        _("Make room, or move VAR_DIR to a larger disk. At 95 % nothing is sent any more until there is room."),
        lazystr(f"({room})"),
    )
    return tell_operators(SUBJECT, _("The disk is nearly full"), sentence, reverse("admin:index"))
