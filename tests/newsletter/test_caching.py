"""Pages that caches keep, and what changes their tag."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.safestring import mark_safe

from newsletter import caching
from subscribers.signing_up import traps

pytestmark = pytest.mark.django_db
SIGN_UP_PAGES = ("/", "/subscribe/")


def stamp_on(page):
    return re.search(r'name="shown" value="([^"]+)"', page.content.decode())[1]


@pytest.mark.parametrize("path", SIGN_UP_PAGES)
def test_the_time_at_which_a_form_was_shown_makes_no_other_page_of_it(client, path, monkeypatch):
    first = client.get(path)
    monkeypatch.setattr(
        "subscribers.signing_up.traps.timezone.now", lambda: traps.read(stamp_on(first)).at.replace(year=2020)
    )
    second = client.get(path)
    assert stamp_on(first) != stamp_on(second)
    assert first["ETag"] == second["ETag"]
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", SIGN_UP_PAGES)
def test_a_kept_form_is_shown_anew_long_before_its_stamp_is_too_old(client, path, monkeypatch):
    first = client.get(path)
    assert caching.FRESH_SECONDS < traps.LONGEST_OPEN.total_seconds() / 2
    monkeypatch.setattr(
        "newsletter.caching.time", lambda: traps.read(stamp_on(first)).at.timestamp() + caching.FRESH_SECONDS
    )
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_each_language_has_a_tag_of_its_own(client):
    tags = {client.get("/", headers={"accept-language": language})["ETag"] for language in ("ko", "en")}
    assert len(tags) == 2


def test_a_form_with_an_operators_captcha_is_kept_by_nobody(client, settings, monkeypatch):
    def check(request):
        return None

    check.markup = lambda request: mark_safe('<input name="puzzle" value="for you alone">')
    monkeypatch.setattr("subscribers.signing_up.captcha.check", lambda: check)
    page = client.get("/subscribe/")
    assert "for you alone" in page.content.decode()
    assert "no-store" in page["Cache-Control"] and "public" not in page["Cache-Control"]
    assert "ETag" not in page


def test_what_is_answered_to_a_form_is_kept_by_nobody(client):
    page = client.post("/subscribe/", {"email": "kim@example.c"})
    assert "kim@example.c" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_page_that_is_not_there_is_no_page_to_keep(client):
    for path in ("/2020-01-01/", "/?page=99", "/?date=x"):
        page = client.get(path)
        assert page.status_code in (400, 404)
        assert "ETag" not in page and "public" not in page.get("Cache-Control", "")


def test_a_tag_is_weak_and_told_by_the_words():
    one, two = caching.tag_of(HttpResponse("one")), caching.tag_of(HttpResponse("two"))
    assert one.startswith('W/"') and one != two


# ---- the language that a reader chose


def test_a_reader_chooses_a_language_without_a_token_and_keeps_it_for_a_year():
    someone = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})
    answer = someone.post("/i18n/setlang/", {"language": "en", "next": "/search/"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/")
    cookie = answer.cookies["django_language"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"], cookie["httponly"]) == ("en", 31_536_000, "Lax", True)
    assert '<html lang="en">' in someone.get("/", headers={"accept-language": "ko"}).content.decode()


def test_another_site_cannot_choose_it_for_them():
    someone = Client(headers={"origin": "https://evil.example"})
    answer = someone.post("/i18n/setlang/", {"language": "en"})
    assert answer.status_code == 403
    assert not answer.cookies
    assert someone.get("/i18n/setlang/").status_code == 405
