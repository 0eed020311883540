"""Who answers for this newsletter, and what the operator has to say in words of their own, for the pages that tell it."""

from __future__ import annotations

import re
from email.utils import parseaddr

from django.conf import settings

PARAGRAPHS = re.compile(r"\n[ \t\r]*\n")


def imprint() -> dict[str, str]:
    """The operator's `name`, postal `address` and `contact`, an e-mail address that a person reads; `officer` is who is asked
    about personal data, in the operator's words, where that is somebody else."""
    return {
        "name": settings.OPERATOR,
        "address": settings.POSTAL_ADDRESS,
        "contact": parseaddr(settings.REPLY_TO or settings.FROM_EMAIL)[1],
        "officer": settings.PRIVACY_OFFICER,
    }


def own_words(page: str, language: str) -> list[str]:
    """The paragraphs that the operator adds to a page ("privacy", "about") in a language; an empty line parts them. They are
    plain text: escape them."""
    text: str = getattr(settings, f"{page.upper()}_TEXT_{language.upper()}")
    return [paragraph.strip() for paragraph in PARAGRAPHS.split(text) if paragraph.strip()]
