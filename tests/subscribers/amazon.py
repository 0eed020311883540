"""Amazon SNS for tests: a key, its certificate at Amazon's address, messages signed with it."""

from __future__ import annotations

import base64
import datetime as dt
import json
from functools import cache
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from subscribers.delivery import sns

TOPIC = "arn:aws:sns:us-east-1:123456789012:papers"
CERTIFICATE = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"


class Amazon:
    """What answers at Amazon's addresses: with `status` and `pem` for a certificate. `asked` lists what was fetched."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.pem = 200, certificate()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        body = self.pem if request.url.path.endswith(".pem") else b"<ok/>"
        headers = {"Location": "https://evil.example/x.pem"} if self.status == 302 else {}
        return httpx.Response(self.status, headers=headers, stream=httpx.ByteStream(body))


def message(**fields: Any) -> dict[str, Any]:
    """A notification of a hard bounce, with other fields where given."""
    mail = {"messageId": "ses-1", "destination": ["r@example.com"], "headers": []}
    bounce = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": "r@example.com"}]}  # fmt: skip
    given = {
        "Type": "Notification",
        "MessageId": "m-1",
        "TopicArn": TOPIC,
        "Message": json.dumps({"notificationType": "Bounce", "bounce": bounce, "mail": mail}),
        "Timestamp": dt.datetime.now(dt.UTC).isoformat(),
        "SigningCertURL": CERTIFICATE,
    }
    return given | fields


def signed(given: dict[str, Any], version: str = "1") -> dict[str, Any]:
    """The message with Amazon's signature."""
    text = sns.signed_text(given, sns.SIGNED[given["Type"]])
    signature = base64.b64encode(key().sign(text, PKCS1v15(), sns.HASHES[version]())).decode()
    return given | {"Signature": signature, "SignatureVersion": version}


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(until: dt.timedelta = dt.timedelta(days=30)) -> bytes:
    """A certificate for the key, as PEM."""
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")]), dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key().public_key())
    made = made.serial_number(1).not_valid_before(now - dt.timedelta(days=90)).not_valid_after(now + until)
    return made.sign(key(), SHA256()).public_bytes(Encoding.PEM)
