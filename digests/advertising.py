"""Mails that advertise say so: "(광고)" at the very start of the subject (정보통신망법 §50), and who to turn to.

The mark is a word of Korean law: it stays as it is in every language, and is written in no other way.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from digests.models import Digest

MARK = "(광고)"

PHRASES = (
    "광고|후원|협찬|스폰서|제휴|할인|쿠폰|프로모션|특가|얼리버드|무료 ?체험|체험판|사전 ?예약|구매|수강 ?신청|수강생 ?모집",
    r"sponsor\w*|advert\w*|promo(?:tion|tional)?|discounts?|coupons?|\d+ ?% off|free trial|limited[- ]time|brought to you by",
    r"(?:paid )?partnership|affiliate links?|early[- ]bird|(?:buy|order|register|enrol+|sign up) (?:now|today|here)",
)
LIKE_ADVERTISING = re.compile("|".join([PHRASES[0], *(rf"\b(?:{each})\b" for each in PHRASES[1:])]), re.IGNORECASE)
"""What advertisers write and editors of papers hardly ever do. Korean words take particles, so they end anywhere."""

MONEY = re.compile(
    r"[$€£₩]\s?\d[\d,.]*k?\b|\b\d+\s?(?:euros?|dollars?|cents)\b"
    r"|\d[\d,.]*\s?(?:[만천백억]\s?)*(?:\d[\d,.]*\s?[만천백]\s?)?(?:원|달러|유로)(?![가-힣]*어치)"
)
OFFER = re.compile(
    r"신청|가입|등록|구독|주문|만나 ?보|시작|상담|써 ?보|쓰실|드립니다|선착순|모집|참가비|체험|부터|싸게|서점|연봉"
    r"|\b(?:start|try|buy|book|order|regist|sign up|credit|hiring|position|save|course|reader|ticket|plan|subscri)\w*",
    re.IGNORECASE,
)
CODE = re.compile(r"(?:추천|할인|쿠폰) ?코드|\b[Cc]ode [A-Z]{3,}\d*\b")
"""A sum of money is nothing odd in a note on papers, nor is "register"; both in one line are an offer. So is a code to be entered."""


def advertises(digest: Digest) -> bool:
    """Whether the digest's mails advertise: an editor said so of this one, or the operator of all."""
    return digest.is_advertising or settings.MAIL_ADVERTISING


def found_in(text: str) -> str:
    """The first words of a text that look like advertising; empty where none do. Pure, and only a doubt: a note on papers
    about advertising looks like it, too."""
    for line in text.splitlines():
        offered = MONEY.search(line) if OFFER.search(line) else None
        if found := LIKE_ADVERTISING.search(line) or CODE.search(line) or offered:
            return found.group()
    return ""


def mark_of(content: Mapping[str, Any]) -> str:
    """What a page, a feed or a file shows of a digest that advertises, as its mails do; empty for all others."""
    return MARK if content.get("is_advertising") else ""
