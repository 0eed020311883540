"""Mails that advertise say so: "(광고)" at the very start of the subject (정보통신망법 §50), and who to turn to.

The mark is a word of Korean law: it stays as it is in every language, and is written in no other way.
"""

from django.conf import settings

from digests.models import Digest

MARK = "(광고)"


def advertises(digest: Digest) -> bool:
    """Whether the digest's mails advertise: an editor said so of this one, or the operator of all."""
    return digest.is_advertising or settings.MAIL_ADVERTISING
