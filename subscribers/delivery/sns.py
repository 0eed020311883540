"""Amazon SNS messages, by which SES reports: believed only when Amazon signed them and the topic is one of ours.

Nothing is fetched from an address that a message names, unless that is Amazon's own host for the topic's own region; the
confirmation of a subscription goes to an address made here. See "Verifying the signatures of Amazon SNS messages" in
Amazon's guide.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from django.conf import settings
from django.utils import timezone

from newsletter import http

TOPIC = re.compile(r"arn:aws(?:-[a-z-]+)?:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d+:[\w-]+")
CERTIFICATE_PATH = re.compile(r"/SimpleNotificationService-[\w-]+\.pem")
HASHES = {"1": SHA1, "2": SHA256}
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": CONFIRMATION,
    "UnsubscribeConfirmation": CONFIRMATION,
}
"""The signed fields of each type of message, in order. A subject is signed where there is one."""


class Forged(Exception):
    """The message is not Amazon's, or of no topic of ours."""


def verify(message: Mapping[str, object]) -> None:
    """Raise Forged unless Amazon signed the message and SNS_TOPIC_ARNS names its topic. Raises http.FetchFailed while
    Amazon's certificate cannot be had."""
    host = _host_of(message.get("TopicArn"))
    algorithm, fields = HASHES.get(str(message.get("SignatureVersion"))), SIGNED.get(str(message.get("Type")))
    if algorithm is None or fields is None:
        raise Forged("The message is of an unknown type, or signed in an unknown way.")
    key = _key_at(_certificate_url(message.get("SigningCertURL"), host))
    try:
        signature = b64decode(str(message.get("Signature")), validate=True)
        key.verify(signature, signed_text(message, fields), PKCS1v15(), algorithm())
    except (InvalidSignature, ValueError) as error:
        raise Forged("The signature is not Amazon's.") from error


def confirm(message: Mapping[str, object]) -> None:
    """Accept the subscription that a verified message offers. Raises http.FetchFailed."""
    wanted = {"Action": "ConfirmSubscription", "TopicArn": str(message["TopicArn"]), "Token": str(message["Token"])}
    http.fetch(f"https://{_host_of(message['TopicArn'])}/", lambda page: page, params=wanted)


def signed_text(message: Mapping[str, object], fields: tuple[str, ...]) -> bytes:
    """What Amazon signs: names and values of the fields, a line each."""
    return "".join(f"{name}\n{message[name]}\n" for name in fields if name in message).encode()


def _host_of(topic: object) -> str:
    """Amazon's host for the topic. Raises Forged for a topic that is none of ours."""
    named = TOPIC.fullmatch(str(topic))
    if named is None or topic not in settings.SNS_TOPIC_ARNS:
        raise Forged("The topic is none of SNS_TOPIC_ARNS.")
    return f"sns.{named[1]}.amazonaws.com"


def _certificate_url(url: object, host: str) -> str:
    """The address, when it is one of Amazon's certificates. Raises Forged."""
    given = str(url)
    parts = urlsplit(given)
    if (parts.scheme, parts.netloc) != ("https", host) or not CERTIFICATE_PATH.fullmatch(parts.path):
        raise Forged("The certificate is not at Amazon's own address.")
    return f"https://{host}{parts.path}"


@lru_cache(maxsize=8)
def _key_at(url: str) -> RSAPublicKey:
    try:
        certificate = http.fetch(url, lambda page: x509.load_pem_x509_certificate(page.body))
        key = certificate.public_key()
    except ValueError as error:
        raise Forged("Amazon's certificate cannot be read.") from error
    now = timezone.now()
    if (
        not isinstance(key, RSAPublicKey)
        or not certificate.not_valid_before_utc < now < certificate.not_valid_after_utc
    ):
        raise Forged("Amazon's certificate is out of date or of another kind.")
    return key
