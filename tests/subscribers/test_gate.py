"""People and programs at the form, forms on other sites, and what is too large to be a form."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from subscribers import links
from subscribers.checks import check_captcha
from subscribers.mail import send_letters
from subscribers.models import ALL_CATEGORIES, SignUp, Subscriber
from subscribers.signing_up import traps
from subscribers.signing_up.deciding import decide_sign_ups
from tests.factories import make_reader, make_staff
from tests.subscribers.signing import everything, send_form, stamped

pytestmark = pytest.mark.django_db
Status = Subscriber.Status


@pytest.fixture(autouse=True)
def crew(monkeypatch):
    """Nobody is woken: tests say when the crew works."""
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda app, name, **how: None)


def body(page):
    return re.sub(r'name="(?:shown|csrfmiddlewaretoken)" value="[^"]*"', "", page.content.decode())


# ---- people and programs


@pytest.mark.parametrize(
    "sent",
    [
        {"fax": "555-1234"},
        {"shown": ""},
        {"shown": "made up"},
        {"shown": dt.timedelta(seconds=0.2)},
        {"shown": dt.timedelta(seconds=-60)},
    ],
    ids=["trap", "no stamp", "forged stamp", "quick", "from the future"],
)
def test_a_program_gets_the_page_that_people_get_and_nothing_is_kept(client, sent):
    person = send_form(client, "kim@example.org")
    if isinstance(sent.get("shown"), dt.timedelta):
        sent = {"shown": stamped(sent["shown"])}
    program = send_form(client, "bot@example.org", **sent)
    assert (program.status_code, body(program)) == (200, body(person))
    assert [sign_up.email for sign_up in SignUp.objects.all()] == ["kim@example.org"]


def test_a_page_that_was_open_for_days_is_shown_again_with_all_that_was_filled_in(client):
    page = send_form(client, "kim@example.org", categories=["llm"], shown=stamped(dt.timedelta(days=3)))
    html = page.content.decode()
    assert SignUp.objects.count() == 0
    assert 'value="kim@example.org"' in html and html.count("checked") == 2
    fresh = re.search(r'name="shown" value="([^"]+)"', html)
    found = traps.read(fresh[1])
    assert timezone.now() - found.at < dt.timedelta(minutes=1)


def test_the_stamp_outlives_a_change_of_the_secret_key(client, settings):
    made = stamped()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key"
    send_form(client, "kim@example.org", shown=made)
    assert SignUp.objects.count() == 1


def test_signing_up_needs_no_cookie():
    browser = Client(enforce_csrf_checks=True)
    send_form(browser, "kim@example.org")
    assert SignUp.objects.count() == 1


# ---- an operator's captcha


def ask(request):
    return None if request.POST.get("answer") == "seven" else "How much is three and four?"


ask.markup = lambda request: mark_safe('<label>3 + 4 <input name="answer"></label>')


def broken(request):
    raise RuntimeError("the captcha's server is away")


def test_an_operators_captcha_stands_in_the_form_and_is_asked(client, settings):
    settings.SIGN_UP_CAPTCHA = f"{__name__}.ask"
    assert '<input name="answer">' in client.get("/subscribe/").content.decode()
    refused = send_form(client, "kim@example.org")
    assert "How much is three and four?" in refused.content.decode()
    assert 'value="kim@example.org"' in refused.content.decode()
    assert SignUp.objects.count() == 0
    send_form(client, "kim@example.org", answer="seven")
    assert SignUp.objects.count() == 1


def test_a_captcha_that_fails_lets_nobody_in_and_says_so(client, settings, caplog):
    settings.SIGN_UP_CAPTCHA = f"{__name__}.broken"
    page = send_form(client, "kim@example.org", {"accept-language": "en"})
    assert "try again in a few minutes" in page.content.decode()
    assert SignUp.objects.count() == 0
    assert "SIGN_UP_CAPTCHA failed" in caplog.text


@pytest.mark.parametrize("name", ["no.such.module", f"{__name__}.nothing", f"{__name__}.Status.PENDING", "plain"])
def test_a_captcha_that_leads_nowhere_stops_the_start(settings, name):
    settings.SIGN_UP_CAPTCHA = name
    assert [error.id for error in check_captcha(None)] == ["subscribers.E006"]
    settings.SIGN_UP_CAPTCHA = f"{__name__}.ask"
    assert check_captcha(None) == []


# ---- evidence, for those who may see where people are


@pytest.mark.parametrize(("role", "sees"), [("editor", False), ("operator", True)])
def test_evidence_of_consent_is_shown_to_those_who_may_see_it(client, role, sees):
    reader = make_reader(signed_up_from="203.0.113.0/24", confirmed_from="2001:db8:1::/48", consent_text="Yes, please.")
    client.force_login(make_staff("somebody", role))
    page = client.get(f"/admin/subscribers/subscriber/{reader.pk}/change/").content.decode()
    assert "Yes, please." in page
    assert ("203.0.113.0/24" in page, "2001:db8:1::/48" in page) == (sees, sees)
    assert 'name="consent_text"' not in page  # shown, never changed


# ---- forms on other sites


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_form_on_another_site_leads_to_one_button_which_signs_up(client, language):
    away = {"origin": "https://blog.example.net"}
    posted = {"email": "kim@example.org", "language": language}
    page = client.post("/subscribe/", posted, headers=away).content.decode()
    assert SignUp.objects.count() == 0
    assert f'<html lang="{language}">' in page and page.count("<button") == 1
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    fields = {name: [value for each, value in hidden if each == name] for name, _value in hidden}
    client.post("/subscribe/", fields | {"shown": stamped()}, headers={"origin": "http://testserver"})
    decide_sign_ups()
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.language) == ("kim@example.org", language)
    assert subscriber.categories == ALL_CATEGORIES


def test_a_stolen_stamp_does_not_let_another_site_sign_up_by_itself(client):
    send_form(client, "kim@example.org", {"origin": "https://evil.example"})
    assert SignUp.objects.count() == 0


def test_what_another_site_sends_is_text(client):
    hostile = {
        "email": '"><script>@example.org',
        "language": "<b>",
        "categories": ["<i>"],
        "utm_source": "<script>" * 9,
    }
    page = client.post("/subscribe/", hostile, headers={"origin": "https://evil.example"}).content.decode()
    assert "<script>" not in page and "<i>" not in page and SignUp.objects.count() == 0


def test_the_snippets_for_other_sites_lead_here_in_each_language(client, settings):
    settings.SITE_URL = "https://papers.example.org"
    page = client.get("/subscribe/embed/", headers={"accept-language": "en"}).content.decode()
    assert page.count("&lt;form action=&quot;https://papers.example.org/subscribe/&quot;") == 2
    assert "구독" in page and "Subscribe" in page
    assert "<script" not in page and "csrfmiddlewaretoken" not in page.partition("<footer")[0]


# ---- sizes and odd requests


@pytest.mark.parametrize("path", ["/subscribe/", "/confirm/whatever/"])
def test_what_is_larger_than_any_form_is_refused_unread(client, path):
    assert client.post(path, {"email": "a" * 30_000}).status_code == 413


def test_a_redirect_that_somebody_wishes_for_is_not_made(client):
    page = client.post("/subscribe/?next=//evil.example", {"email": "a@example.org", "next": "//evil.example"})
    assert page.status_code == 200 and "Location" not in page
    assert b'"//evil.example' not in page.content


def test_the_form_is_a_small_page_that_works_without_scripts(client):
    page = client.get("/subscribe/")
    assert len(page.content) < 50_000
    assert b"<script" not in page.content


# ---- confirming


@pytest.fixture
def pending():
    return Subscriber.objects.create(email="kim@example.org", language="en", categories=0b1, consent_text="Yes.")


def old_link(subscriber):
    with time_machine.travel(timezone.now() - dt.timedelta(days=8), tick=False):
        return links.path(links.CONFIRM, subscriber.key)


def test_a_button_pressed_as_soon_as_the_page_is_there_is_a_scanners(client, pending):
    path = links.path(links.CONFIRM, pending.key)
    page = client.post(path, {"shown": stamped(dt.timedelta(seconds=0.1))})
    pending.refresh_from_db()
    assert pending.status == Status.PENDING and b"once more" in page.content
    client.post(path, {"shown": stamped()})
    pending.refresh_from_db()
    assert pending.status == Status.ACTIVE


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("America/New_York", "America/New_York"),
        ("", "Asia/Seoul"),
        ("../../etc/passwd", "Asia/Seoul"),
        ("GMT+99", "Asia/Seoul"),
    ],
)
def test_a_new_readers_clock_is_that_of_the_device_that_confirms(client, pending, told, kept):
    page = client.post(links.path(links.CONFIRM, pending.key), {"shown": stamped(), "time_zone": told})
    pending.refresh_from_db()
    assert (pending.status, pending.time_zone) == (Status.ACTIVE, kept)
    assert kept.rpartition("/")[2].replace("_", " ") in page.content.decode()


def test_a_time_zone_that_was_chosen_stays(client, pending):
    Subscriber.objects.update(time_zone="Europe/Paris")
    client.post(links.path(links.CONFIRM, pending.key), {"time_zone": "America/New_York"})
    assert Subscriber.objects.get().time_zone == "Europe/Paris"


def test_a_link_of_last_week_confirms_nothing_and_offers_a_new_one(client, pending):
    path = old_link(pending)
    page = client.get(path)
    assert page.content.count(b"<button") == 1
    for _ in range(3):
        client.post(path)
    decide_sign_ups()
    assert send_letters() == 1
    pending.refresh_from_db()
    assert (pending.status, pending.categories, pending.consent_text) == (Status.PENDING, 0b1, "Yes.")


@pytest.mark.parametrize(
    ("status", "words"), [(Status.ACTIVE, "Already confirmed"), (Status.UNSUBSCRIBED, "Not subscri")]
)
def test_a_link_of_last_week_tells_how_things_are(client, status, words):
    reader = make_reader(status=status, language="en")
    for page in (client.get(old_link(reader)), client.post(old_link(reader))):
        assert words in page.content.decode()
    assert SignUp.objects.count() == 0


def broken_links(subscriber):
    good = links.token(links.CONFIRM, subscriber.key)
    other = make_reader().key
    return {
        "cut": good[:-5],
        "flipped": ("A" if good[0] != "A" else "B") + good[1:],
        "of another": other + good[len(other) :],
        "for leaving": links.token(links.UNSUBSCRIBE, subscriber.key),
        "noise": "%00..%2f",
    }


@pytest.mark.parametrize("how", ["cut", "flipped", "of another", "for leaving", "noise"])
def test_a_broken_link_is_met_with_a_way_out_and_changes_nothing(client, pending, how):
    page = client.post(f"/confirm/{broken_links(pending)[how]}/")
    pending.refresh_from_db()
    assert (page.status_code, pending.status) == (404, Status.PENDING)
    assert b"/subscribe/" in page.content


def test_pages_with_a_token_ask_nobody_else_for_anything_and_are_kept_by_nobody(client, pending):
    page = client.get(links.path(links.CONFIRM, pending.key))
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Robots-Tag"] == "noindex"
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert not re.search(r'(?:src|href)="https?://(?!localhost)', page.content.decode())


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_stamp_says_in_which_language_the_sentence_was_read(client, language):
    with translation.override(language):
        made = stamped()
    send_form(client, "kim@example.org", {"accept-language": "ko" if language == "en" else "en"}, shown=made)
    korean = any("가" <= letter <= "힣" for letter in SignUp.objects.get().consent_text)
    assert korean is (language == "ko")


def test_all_boxes_are_ticked_for_a_start(client):
    assert client.get("/subscribe/").content.count(b"checked") == len(everything()) + 1
