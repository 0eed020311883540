"""Two claims that rules see in part: who did better, and whether things got better or worse. Pure.

A paper's own method is not what others surpass, and words of decline come from a source that has one. Most negations
and swapped roles stay unseen.
"""

from __future__ import annotations

import re

from digests.offline.stopwords import word_set
from digests.verification.ground import Ground

OWN_NAME = re.compile(r"^\W*([A-Z][\w.*+-]*[\w*+])(?=:\s|\s[—–-]\s)|\(([A-Za-z][\w.*+-]*[A-Z][\w*+-]*)\)\s*:")
INTRODUCED = re.compile(
    r"\b(?:propos\w*|introduc\w*|present\w*|develop\w*|call(?:ed)?|named?|dubbed|term(?:ed)?)\b[^.;]{0,80}?"
    r"\b([A-Z][A-Za-z0-9*]*[A-Z0-9*][\w*+-]*)",
)
BEATEN = re.compile(r"(?:\s?모델|\s?방법)?(?:\s?보다|\s?대비|[을를]\s?(?:능가|초월|뛰어넘|앞서))")
OTHER_SUBJECT = re.compile(r"[A-Z][\w.-]*\s?(?:모델|방법)?(?:은|는|이|가),?\s[^.]*$")
OUTPERFORMS = re.compile(r"[A-Z][\w.-]*\s(?:significantly\s|consistently\s)?(?:outperform|surpass|exceed|beat)\w*\s$")
DECLINE = re.compile(
    r"(?:성능|정확도|효율성?|품질|능력|안정성|일관성|신뢰성|일반화)[을를이가의은는]?\s*(?:크게\s*)?(?:저하|악화)"
    r"(?!\s*(?:없|를?\s*(?:방지|막|최소|줄|해결|완화)|시키지|되지|하지|에\s))"
)
DECLINE_ENGLISH = re.compile(r"\b(?:degrad|worsen|deteriorat|impair)\w*", re.IGNORECASE)
DECLINES = word_set(
    "degrad worse deteriorat drop declin decreas reduc los harm hurt impair poor fail suffer lower limit weak struggl"
    " underperform collaps diminish compromis damag hinder sacrific insuffic bottleneck brittle"
)
FAILED = re.compile(r"(?:입증|증명|달성|개선|향상|해결|제공|제시)(?:하|되|시키)?지\s*못")
FAILURES = word_set(
    "fail not cannot unable lack limit struggl without no insuffic challeng difficult hard poor short little yet remain"
)


def own_names(ground: Ground) -> list[str]:
    """What the paper calls its own work: the name before the title's colon, or the first that it says it proposes."""
    found = OWN_NAME.search(ground.title)
    names = [name for name in (found[1], found[2]) if name] if found else []
    introduced = INTRODUCED.search(ground.prose)
    return list(dict.fromkeys(names + ([introduced[1]] if introduced and not names else [])))


def beats_its_own(text: str, ground: Ground) -> str:
    """The paper's own name where a statement has another name surpass it, or nothing."""
    for name in own_names(ground):
        at = text.find(name)
        while at >= 0:
            before, after = text[max(0, at - 60) : at], text[at + len(name) : at + len(name) + 12]
            is_beaten = BEATEN.match(after) and OTHER_SUBJECT.search(before)
            if is_beaten or (OUTPERFORMS.search(before) and after[:1] in " ,.;"):
                return name
            at = text.find(name, at + 1)
    return ""


def unheard_decline(text: str, ground: Ground) -> str:
    """The words with which a statement tells of a decline or a failure, when nothing of that kind is in the source."""
    for pattern, stems in ((DECLINE, DECLINES), (DECLINE_ENGLISH, DECLINES), (FAILED, FAILURES)):
        match = pattern.search(text)
        if match and not ground.mentions(stems):
            return match[0]
    return ""
