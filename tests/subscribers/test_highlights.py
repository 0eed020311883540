"""Keywords and authors that a reader wants marked, from the form to the mail."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests.approve import approve
from digests.content import hash_of, snapshot
from digests.models import Paper
from subscribers import lifecycle, links
from subscribers.delivery import compose
from subscribers.delivery.forecast import forecast
from subscribers.delivery.letters import Letters
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.queue import Queue
from subscribers.models import Delivery, Subscriber
from tests.factories import make_approved, make_digest, make_editor, make_reader, make_staff, wishes_of
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


# ---- what editors see of it ahead of time


def browser_of(role):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(make_staff(role, role))
    return browser


def test_the_preview_as_a_reader_shows_the_readers_marks_and_tells_no_more_of_them():
    digest = make_digest()
    make_reader("kimberley@example.org", language="en", highlights="paper number\nsecret wish")
    path = reverse("admin:subscribers_preview_as", args=[digest.pk])
    page = browser_of("operator").post(path, {"address": "kimberley@example.org"}, follow=True)
    assert "★ You asked for: paper number" in page.context["mail"].words.text
    assert "secret" not in page.redirect_chain[-1][0] and "kimberley" not in page.redirect_chain[-1][0]
    frame = f"{reverse('admin:digests_digest_preview_html', args=[digest.pk, 'en'])}?{page.context['choice'].query}"
    assert "You asked for: paper number" in browser_of("editor").get(frame).content.decode()


def test_the_preview_after_sending_has_the_marks_of_then(digest):
    reader = make_reader("kim@example.org", language="en", highlights="paper number")
    open_deliveries(digest)
    Subscriber.objects.filter(pk=reader.pk).update(highlights="")
    path = reverse("admin:subscribers_preview_as", args=[digest.pk])
    page = browser_of("operator").post(path, {"address": "kim@example.org"}, follow=True)
    assert page.context["choice"].keywords == ("paper number",)


def test_an_editor_tries_out_any_keywords_and_authors_in_preview_and_test_mail(digest):
    Paper.objects.update(authors=["Geoffrey E. Hinton"])
    draft = make_digest(day=digest.day.replace(day=21))
    Paper.objects.update(authors=["Geoffrey E. Hinton"])
    asked = {"keywords": "paper number, x", "authors": "Hinton"}
    page = browser_of("editor").get(reverse("admin:digests_digest_preview", args=[draft.pk, "en"]), asked)
    assert page.context["choice"].keywords == ("paper number",), "a letter alone is passed over"
    assert "★ You asked for: Hinton, paper number" in page.context["mail"].words.text
    assert 'value="paper number"' in page.content.decode()


def test_the_forecast_counts_editions_with_marks_as_they_will_be_sent():
    draft = make_digest()
    for highlights in ("", "", "quantum", "paper number", "paper number", "author:Nobody"):
        make_reader(language="en", highlights=highlights)
    told = forecast(draft, snapshot(draft))
    assert (told.readers, told.marked, told.not_looked_at) == (6, 2, 0)
    assert [(bool(key.marks), readers) for key, readers in told.editions] == [(False, 4), (True, 2)]
    approve(draft, make_editor(), hash_of(snapshot(draft)))
    draft.refresh_from_db()
    open_deliveries(draft)
    assert len({id(letter.edition) for letter in letters_of_all().values()}) == len(told.editions)


def test_what_is_too_much_to_look_up_is_said_and_counted_as_unmarked(monkeypatch):
    monkeypatch.setattr("subscribers.delivery.forecast.MOST_LOOKED_AT", 1)
    draft = make_digest()
    for highlights in ("paper number", "paper number", "paper"):
        make_reader(language="en", highlights=highlights)
    told = forecast(draft, snapshot(draft))
    assert (told.readers, told.marked, told.not_looked_at) == (3, 2, 1)
    assert sum(readers for _key, readers in told.editions) == 3


@pytest.mark.parametrize(("looked_at", "said"), [(1, True), (1000, False)])
def test_the_page_of_approval_says_when_its_numbers_are_the_least_there_is(client, monkeypatch, looked_at, said):
    monkeypatch.setattr("subscribers.delivery.forecast.MOST_LOOKED_AT", looked_at)
    draft = make_digest()
    for highlights in ("no such words", "no such words", "paper"):
        make_reader(language="en", highlights=highlights)
    client.force_login(make_editor())
    page = client.get(f"/admin/subscribers/delivery/approve/{draft.pk}/", headers={"accept-language": "en"})
    assert ("are the least there is: 1 more reader chose" in page.content.decode()) == said


def test_the_page_of_approval_tells_of_marks_and_how_large_such_a_mail_is():
    draft = make_digest()
    make_reader(language="en", highlights="paper number")
    make_reader(language="en")
    page = browser_of("editor").get(reverse("admin:subscribers_approve", args=[draft.pk]))
    words = " ".join(page.content.decode().split())
    plain, marked = sorted(page.context["editions"], key=lambda edition: edition["size"])
    assert marked["marks"] == ["paper number"] and marked["size"] > plain["size"]
    assert f"1 reader has keywords or authors marked; the largest such mail has {marked['size']} bytes" in words
    assert "★ paper number" in words
