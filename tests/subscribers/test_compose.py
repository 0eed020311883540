"""One reader's message."""

import hashlib
import re
from email import message_from_bytes
from email.policy import default

import pytest
from django.utils import timezone

from digests.content import shown
from digests.editions import edition_number
from digests.models import Chart, Digest
from subscribers import links
from subscribers.delivery import compose, ledger
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.transports.base import Edition
from subscribers.models import Subscriber
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db


def due_with_edition(**reader):
    """(claimed row, edition) for one reader."""
    make_reader(**reader)
    digest = make_approved()
    open_deliveries(digest)
    [due] = ledger.claim("one", 10, timezone.now())
    content = shown(digest)
    return due, Edition(compose.render(compose.edition_of(due, content, digest.content_hash), content))


def parsed(octets):
    return message_from_bytes(octets, policy=default)


@pytest.fixture(params=["bytes", "object"])
def composed(request):
    """Makes (row, message as received), both ways of making it."""

    def make(**reader):
        due, edition = due_with_edition(**reader)
        if request.param == "bytes":
            return due, parsed(compose.mail_bytes(due, edition.form))
        return due, parsed(compose.compose_digest(due, edition.words).message().as_bytes())

    return make


def test_a_mail_has_the_headers_that_bulk_mail_must_have(composed):
    due, mail = composed(email="reader@example.org")
    assert mail["To"] == "reader@example.org"
    assert str(mail["List-Unsubscribe"]).strip() == f"<{links.url(links.UNSUBSCRIBE, due.key)}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<daily-papers.example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo


def test_an_operators_mailbox_comes_second(composed, settings):
    settings.UNSUBSCRIBE_MAILBOX = "leave@example.org"
    _, mail = composed()
    first, second = str(mail["List-Unsubscribe"]).strip().split(", ")
    assert first.startswith("<http") and second.startswith("<mailto:leave@example.org?subject=")


def test_no_header_shows_the_address_or_a_countable_id(composed):
    due, mail = composed(email="reader@example.org")
    named = f"{mail['Message-ID']} {mail['List-Unsubscribe']}"
    assert "reader" not in named
    assert re.fullmatch(rf"<d{due.digest_id}\.[a-z2-7]{{26}}@daily-papers\.example\.org>", str(mail["Message-ID"]))


def test_the_message_id_is_the_same_at_every_attempt(composed):
    due, mail = composed()
    assert compose.message_id(due) == str(mail["Message-ID"])


def test_both_parts_carry_the_readers_own_links_and_no_mark(composed):
    due, mail = composed()
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert links.url(links.UNSUBSCRIBE, due.key) in text
        assert links.url(links.PREFERENCES, due.key) in text
        assert compose.UNSUBSCRIBE_MARK not in text and compose.PREFERENCES_MARK not in text


@pytest.fixture
def inline(settings):
    """(claimed row, edition) of a digest whose chart travels inside."""
    settings.MAIL_CHART = "inline"
    due, _edition = due_with_edition()
    digest = Digest.objects.get()
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
    chart = {"sha256": hashlib.sha256(png).hexdigest(), "width": 552, "height": 120}
    Chart.objects.create(digest=digest, language="ko", png=png, **chart)
    content = shown(digest) | {"charts": {"ko": chart}}
    key = compose.edition_of(due, content, digest.content_hash)
    return due, Edition(compose.render(key, content), compose.image_of(content, "ko")), png


@pytest.mark.parametrize("way", ["bytes", "object"])
def test_a_chart_inside_the_mail_is_found_by_its_html_and_stays_as_it_was(inline, way):
    due, edition, png = inline
    if way == "bytes":
        octets = compose.mail_bytes(due, edition.form)
        assert octets.isascii() and max(map(len, octets.split(b"\r\n"))) <= 998
        mail = parsed(octets)
    else:
        mail = parsed(compose.compose_digest(due, edition.words, edition.image).message().as_bytes())
    [image] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert image.get_content() == png and image.get_content_disposition() == "inline"
    [address] = re.findall(r'<img src="cid:([^"]+)"', mail.get_body(("html",)).get_content())
    assert image["Content-ID"] == f"<{address}>"
    assert "multipart/related" in {part.get_content_type() for part in mail.walk()}
    assert links.url(links.UNSUBSCRIBE, due.key) in mail.get_body(("plain",)).get_content()


def test_a_chart_that_is_gone_stops_the_mail_and_not_the_run(inline):
    Chart.objects.all().delete()
    with pytest.raises(ValueError, match="not in the database"):
        compose.image_of({"charts": {"ko": {"sha256": "ab"}}}, "ko")


def test_a_hosted_chart_brings_no_image_along():
    assert compose.image_of({"charts": {"ko": {"sha256": "ab"}}}, "ko") is None


def test_a_reader_gets_only_the_sections_they_chose_in_their_language(composed):
    _, mail = composed(slugs=["computer-vision"], language="en")
    text = mail.get_body(("plain",)).get_content()
    assert "About a computer-vision paper" in text
    assert "llm" not in text and "논문" not in text


def test_the_bytes_say_what_the_object_says():
    due, edition = due_with_edition(language="ko")
    ours = parsed(compose.mail_bytes(due, edition.form))
    djangos = parsed(compose.compose_digest(due, edition.words).message().as_bytes())
    for kind in ("plain", "html"):
        text, djangos_text = (mail.get_body((kind,)).get_content() for mail in (ours, djangos))
        assert text.replace("\r\n", "\n") == djangos_text
    names = {name.lower() for name in djangos} - {"content-type", "date", "list-unsubscribe", "mime-version"}
    assert {name: str(ours[name]) for name in names} == {name: str(djangos[name]) for name in names}


def test_a_key_of_another_length_gets_its_links_too():
    due, edition = due_with_edition(key="seventeen-letters"[:16])
    mail = parsed(compose.mail_bytes(due, edition.form))
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert links.url(links.UNSUBSCRIBE, due.key) in text and links.url(links.PREFERENCES, due.key) in text


def test_a_second_copy_of_a_mail_is_the_same_but_for_its_date():
    due, edition = due_with_edition()
    first, second = (compose.mail_bytes(due, edition.form) for _ in range(2))
    assert first.split(b"\r\n")[1:] == second.split(b"\r\n")[1:]
    assert first.startswith(b"Date: ")


def test_an_address_that_would_be_two_headers_is_refused():
    due, edition = due_with_edition()
    with pytest.raises(ValueError, match="line break"):
        compose.mail_bytes(due._replace(email="a@example.org\r\nBcc: b@example.org"), edition.form)


def test_a_reader_of_nothing_that_is_there_has_an_edition_without_sections():
    due, _edition = due_with_edition()
    digest = Digest.objects.get()
    audio = make_reader(slugs=["audio"]).categories
    number = edition_number(shown(digest), "ko", audio)
    assert compose.edition_of(due._replace(edition=number), shown(digest), digest.content_hash).slugs == ()


def test_a_language_the_site_does_not_write_falls_back_to_its_first(settings):
    settings.DIGEST_LANGUAGES = ["ko"]
    _due, edition = due_with_edition(language="en")
    assert Subscriber.objects.get().language == "en"
    assert "구독" in edition.words.text
