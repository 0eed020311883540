"""Leaving: by the button on the page, and by the mail provider's one click (RFC 8058)."""

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from subscribers import links
from subscribers.models import Delivery, Subscriber
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db
Status = Subscriber.Status
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def reader():
    return make_reader("kim.reader@example.org", language="en")


def path_of(reader):
    return links.path(links.UNSUBSCRIBE, reader.key)


def status_of(reader):
    return Subscriber.objects.get(pk=reader.pk).status


def outsider():
    """A mail provider: no cookie, no session, and CSRF checks as in real life."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
def test_only_a_post_unsubscribes(reader, method):
    for agent in ("Mozilla/5.0 (SafeLinks)", "GoogleImageProxy"):
        getattr(outsider(), method)(path_of(reader), headers={"user-agent": agent, "sec-purpose": "prefetch"})
    assert status_of(reader) == Status.ACTIVE


def test_the_page_asks_with_one_button_and_shows_little_of_the_address(reader):
    page = outsider().get(path_of(reader))
    html = page.content.decode()
    assert page.status_code == 200
    assert html.count("<button") == 1
    assert "k***@example.org" in html
    assert "kim.r" not in html
    assert "/preferences/" not in html
    assert not page.cookies


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("List-Unsubscribe=One-Click", URLENCODED),
        ("LIST-UNSUBSCRIBE=ONE-CLICK", URLENCODED),
        ("List-Unsubscribe=One-Click&more=1", URLENCODED),
        ("", URLENCODED),
        ("", "text/plain"),
        (
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"\xff\xfe", "multipart/form-data"),
    ],
)
def test_one_click_of_any_provider_unsubscribes_at_once(reader, body, content_type):
    answer = outsider().post(path_of(reader), body, content_type=content_type)
    assert answer.status_code == 200
    assert not answer.cookies
    assert status_of(reader) == Status.UNSUBSCRIBED


def test_the_button_on_the_page_does_the_same(reader):
    page = outsider().post(path_of(reader), {"List-Unsubscribe": "One-Click"}, content_type=MULTIPART_CONTENT)
    assert "You are unsubscribed" in page.content.decode()
    assert status_of(reader) == Status.UNSUBSCRIBED


def test_a_press_that_no_hand_did_is_asked_about_once(reader):
    page = outsider().post(f"{path_of(reader)}?pressed=script", {"List-Unsubscribe": "One-Click"})
    html = page.content.decode()
    assert status_of(reader) == Status.ACTIVE
    assert "looked like a program" in html and 'action="?"' in html and "pressing" not in html
    outsider().post(path_of(reader), {"List-Unsubscribe": "One-Click"})
    assert status_of(reader) == Status.UNSUBSCRIBED


def test_a_click_that_comes_again_is_fine(reader):
    client = outsider()
    assert {client.post(path_of(reader)).status_code for _ in range(20)} == {200}
    assert status_of(reader) == Status.UNSUBSCRIBED


def test_a_mail_already_in_the_queue_is_held_back(reader):
    delivery = Delivery.objects.create(
        digest=make_approved(), subscriber=reader, send_at="2024-11-22T00:00Z", expires_at="2024-11-22T12:00Z"
    )
    outsider().post(path_of(reader))
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.SUPPRESSED


def test_others_stay(reader):
    other = make_reader()
    outsider().post(path_of(reader))
    assert status_of(other) == Status.ACTIVE


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "abcDEF_-0123.forged", "한글"])
def test_a_broken_link_is_not_found_and_names_an_address_to_write_to(method, token, settings):
    settings.UNSUBSCRIBE_MAILBOX = "leave@papers.example.org"
    page = getattr(outsider(), method)(f"/unsubscribe/{token}/")
    assert page.status_code == 404
    assert "mailto:leave@papers.example.org" in page.content.decode()


@pytest.mark.parametrize("purpose", [links.PREFERENCES, links.CONFIRM])
def test_another_kind_of_link_unsubscribes_nobody(reader, purpose):
    answer = outsider().post(f"/unsubscribe/{links.token(purpose, reader.key)}/")
    assert (answer.status_code, status_of(reader)) == (404, Status.ACTIVE)


def test_a_good_link_of_someone_erased_is_answered_kindly(reader):
    path = path_of(reader)
    reader.delete()
    assert outsider().get(path).status_code == 200
    assert outsider().post(path).status_code == 200


def test_a_link_works_after_the_keys_were_changed(reader, settings):
    settings.LINK_KEYS = ["old"]
    path = path_of(reader)
    settings.LINK_KEYS = ["new", "old"]
    settings.SECRET_KEY = "another"
    outsider().post(path)
    assert status_of(reader) == Status.UNSUBSCRIBED


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_cache_no_search_engine_and_no_other_site_learns_the_link(reader, method):
    page = getattr(outsider(), method)(path_of(reader))
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"
    assert links.token(links.UNSUBSCRIBE, reader.key) not in page.content.decode()
