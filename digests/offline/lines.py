"""Takes words off the start of a quoted sentence that only tie it to the one before, or say who speaks. The rest stays
word for word."""

import re

OWN_WORK = r"(?=(?:we|this (?:paper|work|study|article|survey|report)|our)\s)"
LEAD = re.compile(
    r"^(?:(?:in order )?to (?:address|bridge|fill|overcome|tackle|solve|mitigate|close|alleviate|remedy|resolve)\b[^,]{0,70},"
    r"|to this end,|to (?:achieve|do|enable|answer|facilitate|investigate) (?:this|these)\b[^,]{0,50},"
    r"|(?:motivated|inspired) by [^,]{0,90},|building on [^,]{0,40},|in light of [^,]{0,40},|based on th(?:is|ese) [^,]{0,40},"
    r"|in response [^,]{0,40},|in this (?:paper|work|study|report|article|survey),?"
    rf"|(?:here|first|specifically|following th(?:at|is)|thus|therefore|hence|consequently|accordingly|as a result),)\s*{OWN_WORK}",
    re.IGNORECASE,
)
SPEAKER = re.compile(
    r"^(?i:we|this (?:paper|work|study|article|report)) (?:\w+ly )?"
    r"(?:propos|present|introduc|develop|unveil)(?:e|es|s)?\s(?=[A-Z]|an?\s|the\s)"
)


def without_lead(sentence: str) -> str:
    """A sentence without "To address this, ", "In this work, " and the like before its "we"."""
    return _capital(LEAD.sub("", sentence, count=1))


def as_headline(sentence: str) -> str:
    """The same, and without its "We propose": "KeelNet, a controller that …"."""
    return _capital(SPEAKER.sub("", without_lead(sentence), count=1))


def _capital(text: str) -> str:
    """With a capital at the start, unless the first word is spelled otherwise by nature ("iPhone")."""
    first = text.split(" ", 1)[0]
    return text if any(c.isupper() for c in first) else text[:1].upper() + text[1:]
