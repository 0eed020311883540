"""One reader's message."""

import re
from email import message_from_bytes
from email.policy import default

import pytest

from digests.content import shown
from subscribers import links
from subscribers.delivery import compose, ledger
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db


def composed(**reader):
    """(delivery, message as received) for one reader."""
    make_reader(**reader)
    digest = make_approved()
    ledger.open_deliveries(digest)
    delivery = digest.deliveries.select_related("subscriber").get()
    content = shown(digest)
    key = compose.edition_of(delivery.subscriber, content, digest.content_hash)
    message = compose.compose_digest(delivery, compose.render(key, content))
    return delivery, message_from_bytes(message.message().as_bytes(), policy=default)


def test_a_mail_has_the_headers_that_bulk_mail_must_have():
    delivery, mail = composed(email="reader@example.org")
    address = links.url(links.UNSUBSCRIBE, delivery.subscriber.key)
    assert mail["To"] == "reader@example.org"
    assert str(mail["List-Unsubscribe"]).strip() == f"<{address}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<daily-papers.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo


def test_an_operators_mailbox_comes_second(settings):
    settings.UNSUBSCRIBE_MAILBOX = "leave@example.org"
    _, mail = composed()
    first, second = str(mail["List-Unsubscribe"]).strip().split(", ")
    assert first.startswith("<http") and second.startswith("<mailto:leave@example.org?subject=")


def test_no_header_shows_the_address_or_a_countable_id():
    delivery, mail = composed(email="reader@example.org")
    named = f"{mail['Message-ID']} {mail['List-Unsubscribe']}"
    assert "reader" not in named
    assert re.fullmatch(rf"<d{delivery.digest_id}\.[0-9a-f]{{20}}@daily-papers\.example\.org>", str(mail["Message-ID"]))


def test_the_message_id_is_the_same_at_every_attempt():
    delivery, mail = composed()
    assert compose.message_id(delivery) == str(mail["Message-ID"])


def test_both_parts_carry_the_readers_own_links_and_no_mark():
    delivery, mail = composed()
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert links.token(links.UNSUBSCRIBE, delivery.subscriber.key) in text
        assert links.token(links.PREFERENCES, delivery.subscriber.key) in text
        assert "reader.invalid" not in text


def test_a_reader_gets_only_the_sections_they_chose_in_their_language():
    _, mail = composed(slugs=["computer-vision"], language="en")
    text = mail.get_body(("plain",)).get_content()
    assert "About a computer-vision paper" in text
    assert "llm" not in text and "논문" not in text


def test_a_reader_of_nothing_that_is_there_has_an_edition_without_sections():
    reader = make_reader(slugs=["audio"])
    digest = make_approved()
    assert compose.edition_of(reader, shown(digest), digest.content_hash).slugs == ()


def test_a_language_the_site_does_not_write_falls_back_to_its_first(settings):
    settings.DIGEST_LANGUAGES = ["ko"]
    reader = make_reader(language="en")
    digest = make_approved()
    assert compose.edition_of(reader, shown(digest), digest.content_hash).language == "ko"
