"""What an enhanced status code (RFC 3463) says of an address: whether it is gone for good. Pure."""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<![\d.])[45]\.[1-7]\.\d{1,3}(?!\.?\d)")
_GONE = re.compile(
    r"5\.(1\.(?![78]$)\d+"  # the address; 7 and 8 are about the sender's
    r"|2\.1"  # the mailbox is disabled
    r"|4\.[14]"  # Microsoft's word for an unknown user; no such host
    r")"
)


def code_in(text: str) -> str:
    """The first enhanced status code in a server's words that says what is wrong; empty without one. 5.0.0 says nothing:
    relays put it wherever they were given no code."""
    found = _CODE.search(text)
    return found[0] if found else ""


def means_gone(code: str) -> bool:
    """Whether this code is about an address that no mail will ever reach. A full mailbox (5.2.2), a message too large
    (5.3.4), a refusal by policy or content (5.7.x) is not: the next mail may do better."""
    return bool(_GONE.fullmatch(code))
