"""Our signature, checked by another's hand."""

from base64 import b64encode

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from newsletter.dkim import Signer
from newsletter.mail import Rendered
from newsletter.mime import Form, header

pytestmark = pytest.mark.once
DOMAIN, SELECTOR = "papers.example.org", "s1"
OWN = [
    header("To", "reader@example.org"),
    header("Date", "Fri, 22 Nov 2024 08:00:00 +0900"),
    header("List-Unsubscribe", "<https://papers.example.org/unsubscribe/x/>"),
    header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
]


def pem_of(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def signed(key):
    """A signed mail: (signature, the rest)."""
    words = Rendered(
        "오늘의 논문 · 아주 긴 제목을 가진 메일 하나 " * 2, "text mmmmmmmmm end", "<p>html mmmmmmmmm</p>" * 50
    )
    form = Form(words, [("From", f"Papers <digest@{DOMAIN}>")], {"token": "mmmmmmmmm"})
    body = form.body({"token": b"abcdefghi"})
    signature = Signer(DOMAIN, SELECTOR, pem_of(key)).signature([*OWN, *form.headers], form.digest_of(body))
    return signature, b"".join(OWN) + form.shared_headers + b"".join(body)


@pytest.fixture
def is_good(key):
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def verify(mail):
        def record(name, timeout=5):
            assert name == f"{SELECTOR}._domainkey.{DOMAIN}.".encode()
            return b"v=DKIM1; k=rsa; p=" + b64encode(public)

        return dkim.verify(mail, dnsfunc=record)

    return verify


def test_a_signed_mail_verifies(signed, is_good):
    signature, mail = signed
    assert is_good(signature + mail)
    assert max(map(len, signature.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "change",
    [
        lambda mail: b"From: Other <x@example.net>\r\n" + mail,
        lambda mail: b"Subject: another\r\n" + mail,
        lambda mail: b"List-Unsubscribe: <https://evil.example/>\r\n" + mail,
        lambda mail: mail.replace(b"reader@example.org", b"other@example.org"),
        lambda mail: mail + b"appended\r\n",
    ],
)
def test_a_header_put_in_front_or_a_changed_body_breaks_the_signature(signed, is_good, change):
    signature, mail = signed
    assert not is_good(signature + change(mail))


def test_a_body_length_is_never_given(signed):
    assert b" l=" not in signed[0]


@pytest.mark.parametrize("pem", [pem_of(ed25519.Ed25519PrivateKey.generate()), "no key", ""])
def test_what_is_no_rsa_key_is_refused(pem):
    with pytest.raises(ValueError):
        Signer(DOMAIN, SELECTOR, pem)
