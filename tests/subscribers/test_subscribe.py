"""Signing up and confirming, as a browser does it."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone, translation
from selectolax.lexbor import LexborHTMLParser

from digests.models import Category
from subscribers import lifecycle, links
from subscribers.choices import mask_of
from subscribers.mail import send_letters
from subscribers.models import ALL_CATEGORIES, Subscriber
from tests.digests.pages import words as text_of
from tests.factories import make_reader
from tests.subscribers.signing import everything, sign_up, stamped

pytestmark = pytest.mark.django_db
Status = Subscriber.Status


@pytest.fixture(autouse=True)
def crew(monkeypatch):
    """The tasks that were called, in place of a broker."""
    called = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda app, name, **how: called.append((name, how)))
    return called


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def without_token(response):
    """The page but for its CSRF token, which is new each time, and its stamp."""
    return re.sub(r'name="(csrfmiddlewaretoken|shown)" value="[^"]*"', "", response.content.decode())


# ---- the form


def test_the_form_has_every_topic_ticked_and_the_pages_language_chosen(client):
    page = client.get("/subscribe/", headers={"accept-language": "en"})
    form = page.context["form"]
    assert page.content.count(b"checked") == len(everything()) + 1
    assert form["language"].value() == "en"
    assert [field.name for field in form] == ["email", "categories", "language"]


def test_a_site_in_one_language_does_not_ask_for_it(client, settings):
    settings.DIGEST_LANGUAGES = ["ko"]
    page = client.get("/subscribe/", headers={"accept-language": "en"})
    assert b'type="radio"' not in page.content
    assert sign_up(client, "a@example.org", {"accept-language": "en"}, language="").status_code == 200
    assert Subscriber.objects.get().language == "ko"


def test_signing_up_is_kept_and_the_crew_is_woken(client, crew, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        page = sign_up(client, "Kim@Example.ORG", categories=["llm", "robotics"])
    subscriber = Subscriber.objects.get()
    chosen = Category.objects.filter(slug__in=["llm", "robotics"])
    assert page.status_code == 200
    assert subscriber.email == "Kim@example.org"
    assert subscriber.categories == sum(1 << category.bit for category in chosen)
    assert [name for name, _how in crew] == ["subscribers.letters"]


def test_whoever_asks_too_often_does_not_keep_the_crew_busy(client, crew, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(9):
            sign_up(client, f"a{n}@example.org")
    assert len(crew) == 5


def test_the_box_on_the_front_page_signs_up_for_everything_with_an_address_alone(client):
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    box = page[page.index('class="signup"') : page.index("</form>")]
    hidden = re.findall(r'name="categories" value="([^"]+)"', box)
    sign_up(client, "a@example.org", {"accept-language": "en"}, language="", categories=hidden)
    assert (Subscriber.objects.get().categories, Subscriber.objects.get().language) == (ALL_CATEGORIES, "en")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_consent_that_is_kept_is_the_one_that_was_read(client, language):
    page = client.get("/subscribe/", headers={"accept-language": language})
    with translation.override(language):
        sign_up(client, "b@example.org", shown=stamped())
    assert Subscriber.objects.get(email="b@example.org").consent_text in words(page)


@pytest.mark.parametrize("known", [None, *Status])
def test_the_answer_is_the_same_whatever_is_known_of_the_address(
    client, crew, known, django_capture_on_commit_callbacks
):
    stranger = sign_up(client, "stranger@example.org")
    if known:
        make_reader("known@example.org", status=known)
    with django_capture_on_commit_callbacks(execute=True):
        page = sign_up(client, "known@example.org")
    assert (page.status_code, without_token(page)) == (200, without_token(stranger))
    assert "known@example.org" not in page.content.decode()
    assert len(crew) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "user@localhost",
        "user@[127.0.0.1]",
        "user@127.0.0.1",
        "user@example",
        "=cmd|calc@example.com",
        "+1@example.com",
        "-x@example.com",
        "@example.com",
        '"a b"@example.com',
        '"ab"@example.com',
        "a@example.com\r\nBcc: victim@example.com",
        "a@example.com, b@example.com",
        "사람@example.com",
        "user@例え.jp",
        f"{'a' * 65}@example.com",
        f"a@{'b' * 250}.com",
        "a\x00b@example.com",
        "<script>@example.com",
    ],
)
def test_an_address_we_would_not_mail_is_refused_with_a_sentence_at_the_field(client, address):
    page = sign_up(client, address)
    html = page.content.decode()
    assert Subscriber.objects.count() == 0
    assert page.status_code == 200
    assert 'aria-describedby="id_email_error"' in html
    assert re.search(r'<p class="error" id="id_email_error">\S+.*</p>', html)
    assert "<script>@" not in html


@pytest.mark.parametrize(
    "address", ["a@b.co", "first.last+news@mail.example.org", "o'neil@example.org", "a@xn--3e0b707e.kr"]
)
def test_ordinary_addresses_are_taken(client, address):
    sign_up(client, f"  {address} ")
    assert Subscriber.objects.get().email == address


@pytest.mark.parametrize(
    ("address", "hint"),
    [("사람@example.com", "Latin letters"), ("=a@example.com", "must not begin"), ("a@localhost", "name@example.org")],
)
def test_the_sentence_says_what_to_change(client, address, hint):
    page = client.post("/subscribe/", {"email": address}, headers={"accept-language": "en"})
    assert hint in page.context["form"].errors["email"][0]


@pytest.mark.parametrize("wrong", [{"categories": []}, {"categories": ["no-such"]}, {"language": "xx"}])
def test_a_wish_that_cannot_be_is_refused(client, wrong):
    assert sign_up(client, "a@example.org", **wrong).context["form"].errors
    assert Subscriber.objects.count() == 0


def test_the_links_in_a_mail_come_from_the_setting_and_not_from_the_request(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://papers.example.org"
    sign_up(client, "a@example.org", {"host": "evil.example", "x-forwarded-host": "evil.example"})
    send_letters()
    assert "https://papers.example.org/confirm/" in mail.outbox[0].body
    assert "evil.example" not in mail.outbox[0].message().as_string()


# ---- confirming


@pytest.fixture
def pending():
    with translation.override("en"):
        lifecycle.sign_up("new@example.org", "en", ALL_CATEGORIES)
    return Subscriber.objects.get()


def confirm_path(subscriber):
    return links.path(links.CONFIRM, subscriber.key)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_the_link_confirms_nothing(client, pending, method):
    for _ in range(5):
        getattr(client, method)(confirm_path(pending), headers={"purpose": "prefetch"})
    pending.refresh_from_db()
    assert pending.status == Status.PENDING


def test_the_page_has_one_button_and_no_cookie(client, pending):
    page = client.get(confirm_path(pending))
    assert page.content.count(b"<button") == 1
    assert not page.cookies


def test_pressing_the_button_confirms_and_shows_when_the_first_mail_can_come(pending):
    page = Client(enforce_csrf_checks=True).post(confirm_path(pending))
    pending.refresh_from_db()
    assert pending.status == Status.ACTIVE
    assert "You are subscribed" in words(page)
    assert "08:00" in words(page)
    assert links.path(links.PREFERENCES, pending.key) in words(page)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_second_use_says_already_confirmed_and_hands_out_no_other_link(client, pending, method):
    client.post(confirm_path(pending))
    page = getattr(client, method)(confirm_path(pending))
    assert page.status_code == 200
    assert "Already confirmed" in words(page)
    assert "/preferences/" not in words(page)


@pytest.mark.parametrize("status", [Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED])
def test_an_old_link_brings_back_nobody_who_left(client, status):
    reader = make_reader(status=status, language="en")
    page = client.post(confirm_path(reader))
    reader.refresh_from_db()
    assert reader.status == status
    assert "Not subscribed" in words(page)


@pytest.mark.parametrize("purpose", [links.UNSUBSCRIBE, links.PREFERENCES])
def test_a_link_for_something_else_does_not_confirm(client, pending, purpose):
    page = client.post(f"/confirm/{links.token(purpose, pending.key)}/")
    pending.refresh_from_db()
    assert (page.status_code, pending.status) == (404, Status.PENDING)


def test_the_page_speaks_the_language_of_the_subscription(client, pending):
    page = client.get(confirm_path(pending), headers={"accept-language": "ko"})
    assert '<html lang="en">' in words(page)
    assert page["Content-Language"] == "en"


def names_of(*slugs):
    with translation.override("en"):
        return ", ".join(map(str, Category.objects.filter(slug__in=slugs)))


def test_the_page_says_what_is_about_to_be_subscribed(client):
    lifecycle.sign_up("new@example.org", "en", mask_of(["llm", "robotics"]))
    answer = client.get(confirm_path(Subscriber.objects.get()))
    page, told = words(answer), [text_of(each) for each in LexborHTMLParser(answer.content).css("dd")]
    assert names_of("llm", "robotics") in told
    assert "n***@example.org" in page and "new@example.org" not in page
    assert "08:00" in page and "<dd>English</dd>" in page


def test_the_mail_says_what_is_about_to_be_subscribed():
    lifecycle.sign_up("new@example.org", "en", mask_of(["llm", "robotics"]))
    send_letters()
    assert f"Categories: {names_of('llm', 'robotics')}\n" in mail.outbox[0].body


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())[1]


def test_what_somebody_else_typed_after_the_page_was_shown_is_shown_first(client, pending):
    seen = hidden(client.get(confirm_path(pending)), "wishes")
    consent = lifecycle.Consent("Yes, please", timezone.now())
    assert lifecycle.wish_again("new@example.org", "ko", mask_of(["robotics"]), consent)
    page = client.post(confirm_path(pending), {"wishes": seen})
    pending.refresh_from_db()
    assert pending.status == Status.PENDING
    assert 'role="alert"' in words(page) and Category.objects.get(slug="robotics").name_ko in words(page)
    client.post(confirm_path(pending), {"wishes": hidden(page, "wishes")})
    pending.refresh_from_db()
    assert (pending.status, pending.language, pending.categories) == (Status.ACTIVE, "ko", mask_of(["robotics"]))


@pytest.mark.parametrize("seen", ["en", "en-", "-1", "en--1", "en-9999999999999999999", "en-٣", "x" * 999, "ko-1'"])
def test_wishes_that_nobody_was_shown_confirm_nothing(client, pending, seen):
    assert client.post(confirm_path(pending), {"wishes": seen}).status_code == 200
    pending.refresh_from_db()
    assert pending.status == Status.PENDING


def test_a_press_that_no_hand_did_is_asked_about_once(client, pending):
    page = client.post(confirm_path(pending) + "?pressed=script")
    pending.refresh_from_db()
    assert pending.status == Status.PENDING
    assert "looked like a program" in words(page) and "pressing" not in words(page)
    client.post(confirm_path(pending))
    pending.refresh_from_db()
    assert pending.status == Status.ACTIVE
