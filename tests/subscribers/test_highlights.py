"""Keywords and authors that a reader wants marked, from the form to the mail."""

import re

import pytest
from django.utils import timezone

from digests.approve import approve
from digests.content import hash_of, snapshot
from digests.models import Paper
from subscribers import lifecycle, links
from subscribers.delivery import compose
from subscribers.delivery.letters import Letters
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.queue import Queue
from subscribers.models import Delivery, Subscriber
from tests.factories import make_approved, make_digest, make_editor, make_reader, wishes_of
from tests.subscribers.test_preferences import WISHES, path_of

pytestmark = pytest.mark.django_db


def letters_of_all():
    """The letters of one digest by the reader's address."""
    dues = Queue("one", timezone.now()).take(100)
    letters = Letters()
    return {due.email: letters.letter(due) for due in dues}


def text_of(letter):
    return letter.edition.words.text


@pytest.fixture
def digest():
    return make_approved()


def title():
    return Paper.objects.order_by("pk").first().title


def test_a_reader_sees_what_was_asked_for_beside_its_paper(digest):
    make_reader("a@example.org", language="en", highlights="paper number\nnothing there")
    open_deliveries(digest)
    letter = letters_of_all()["a@example.org"]
    assert f"{title()}\n   ★ You asked for: paper number\n" in text_of(letter)
    assert letter.edition.words.html.count("You asked for</strong>") == 0
    assert letter.edition.words.html.count("You asked for: paper number") == 2
    assert "nothing there" not in text_of(letter)


def test_readers_for_whom_nothing_is_marked_share_the_edition_of_all(digest):
    make_reader("none@example.org")
    make_reader("misses@example.org", highlights="quantum\nauthor:Nobody Known")
    make_reader("finds@example.org", highlights="paper")
    open_deliveries(digest)
    letters = letters_of_all()
    assert letters["none@example.org"].edition is letters["misses@example.org"].edition
    assert letters["finds@example.org"].edition is not letters["none@example.org"].edition


def test_readers_with_the_same_marks_share_an_edition(digest):
    make_reader("a@example.org", highlights="paper\nquantum")
    make_reader("b@example.org", highlights="robots\npaper")
    open_deliveries(digest)
    one, other = letters_of_all().values()
    assert one.edition is other.edition


def test_a_mail_that_is_sent_again_has_the_marks_it_had(digest):
    reader = make_reader("a@example.org", highlights="paper")
    open_deliveries(digest)
    first = letters_of_all()["a@example.org"]
    Subscriber.objects.update(highlights="number")
    Delivery.objects.update(status="queued", owner="")
    again = letters_of_all()["a@example.org"]
    assert again.edition.words == first.edition.words
    assert reader.deliveries.get().highlights == "paper"


def test_a_digest_that_waits_follows_a_new_choice(digest):
    reader = make_reader("a@example.org", language="en")
    open_deliveries(digest)
    lifecycle.choose(reader.key, **wishes_of(reader, highlights="paper"))
    assert "You asked for: paper" in text_of(letters_of_all()["a@example.org"])


def test_markup_in_a_term_stays_text():
    digest = make_digest()
    Paper.objects.filter(pk=Paper.objects.order_by("pk").first().pk).update(title="On <b>bold</b> & more")
    approve(digest, make_editor(), hash_of(snapshot(digest)))
    digest.refresh_from_db()
    make_reader("a@example.org", highlights="<b>bold</b>")
    open_deliveries(digest)
    html = letters_of_all()["a@example.org"].edition.words.html
    assert "<b>bold" not in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html


def test_the_bytes_on_the_wire_have_the_mark(digest):
    make_reader("a@example.org", language="en", highlights="paper")
    open_deliveries(digest)
    letter = letters_of_all()["a@example.org"]
    message = compose.compose_digest(letter.due, letter.edition.words).message()
    assert "You asked for: paper" in message.get_payload()[0].get_payload(decode=True).decode()


# ---- the form


def test_terms_are_kept_and_shown_again(client):
    reader = make_reader(language="en")
    page = client.post(path_of(reader), WISHES | {"keywords": "diffusion, RLHF", "authors": "Geoffrey Hinton"})
    assert b"Saved." in page.content
    reader.refresh_from_db()
    assert reader.highlights == "diffusion\nRLHF\nauthor:Geoffrey Hinton"
    assert page.context["form"]["keywords"].value() == "diffusion, RLHF"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (", ".join(f"word{n}" for n in range(11)), "Ten at the most"),
        ("x", "from 2 to 40"),
        ("y" * 41, "from 2 to 40"),
        ("!!!", "from 2 to 40"),
    ],
)
def test_terms_that_are_too_many_too_short_or_too_long_are_refused_and_not_lost(client, typed, told):
    reader = make_reader(language="en", highlights="kept")
    page = client.post(path_of(reader), WISHES | {"keywords": typed})
    assert told in re.sub(r"\s+", " ", page.content.decode())
    assert page.context["form"]["keywords"].value() == typed
    reader.refresh_from_db()
    assert reader.highlights == "kept"


def test_taking_less_keeps_the_highlights(client):
    reader = make_reader(highlights="diffusion")
    client.post(links.path(links.UNSUBSCRIBE, reader.key) + "less/", {"cadence": "weekly", "categories": ["llm"]})
    reader.refresh_from_db()
    assert (reader.cadence, reader.highlights) == ("weekly", "diffusion")
