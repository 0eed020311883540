"""Sign mails ourselves, for a relay that does not: DKIM (RFC 6376), rsa-sha256, relaxed/relaxed.

A signature per mail is the dearest thing done for one reader, so what readers share is made canonical once; a general
library takes 7 to 9 ms a mail, this 0.3.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Sequence
from functools import cache, lru_cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

OVERSIGNED = (b"from", b"to", b"subject", b"date", b"list-unsubscribe", b"list-unsubscribe-post")
"""Named once more than they occur, so that a second one put in front makes the signature fail (RFC 6376, 8.15)."""


class Signer:
    """Signs as `domain` with the key that DNS publishes under `selector`._domainkey. Raises ValueError for what is
    no RSA key in PEM form; 2048 bits are advised (RFC 8301, 3.2), fewer than 1024 cannot be loaded."""

    def __init__(self, domain: str, selector: str, pem: str) -> None:
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("DKIM needs an RSA key.")  # noqa: TRY004 - a wrong setting, not a wrong type
        self._key = key
        self._start = [b"v=1; a=rsa-sha256; c=relaxed/relaxed", f"d={domain}; s={selector}".encode()]

    def signature(self, headers: Sequence[bytes], body_digest: bytes) -> bytes:
        """The DKIM-Signature field for a mail with these fields (each ending in CRLF) and a body of this SHA-256."""
        told = [relaxed(field) for field in headers]
        names = [field.partition(b":")[0] for field in told]
        # A name occurring once counts from the bottom; all of ours occur once, so the order is ours to choose.
        signed = [*names, *(name for name in OVERSIGNED if name in names)]
        by_threes = (b":".join(signed[start : start + 3]) for start in range(0, len(signed), 3))
        tags = [
            *self._start,
            b"t=%d" % time.time(),
            b"bh=" + b64encode(body_digest),
            b"h=" + b":\r\n ".join(by_threes),
            b"b=",
        ]
        unsigned = b"DKIM-Signature: " + b";\r\n ".join(tags)
        subject = b"".join(told) + relaxed(unsigned).removesuffix(b"\r\n")
        return unsigned + _folded(b64encode(self._key.sign(subject, PKCS1v15(), SHA256()))) + b"\r\n"


@lru_cache(maxsize=512)  # most fields are the same in all mails
def relaxed(field: bytes) -> bytes:
    """A header field in its relaxed form (RFC 6376, 3.4.2), with CRLF."""
    name, _colon, value = field.partition(b":")
    return name.strip().lower() + b":" + re.sub(rb"[ \t\r\n]+", b" ", value).strip() + b"\r\n"


def _folded(base64: bytes) -> bytes:
    return b"\r\n ".join(base64[start : start + 72] for start in range(0, len(base64), 72))


def signer() -> Signer | None:
    """The operator's signer, or None when the relay or provider signs."""
    if not settings.DKIM_PRIVATE_KEY:
        return None
    return _signer(settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_PRIVATE_KEY)


_signer = cache(Signer)
