"""What becomes of a draft that nobody approves is said on the pages where it matters, and chosen there."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from digests.desk.policy import unapproved
from digests.models import Digest, PolicyChoice
from tests.factories import make_digest, make_editor, make_staff

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 3)


@pytest.fixture(autouse=True)
def six_in_the_morning(settings):
    settings.APPROVAL_DEADLINE_HOUR = 8
    with time_machine.travel(dt.datetime(2026, 3, 2, 21, 0, tzinfo=dt.UTC), tick=False):
        yield


def browser_of(person):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person)
    return browser


@pytest.fixture
def browser():
    return browser_of(make_editor())


def words_of(page):
    return " ".join(page.content.decode().split())


def pages_of(digest):
    return reverse("admin:index"), reverse("admin:subscribers_approve", args=[digest.pk])


def choose(browser, digest, policy, seen="hold", back="approve"):
    form = {"policy": policy, "seen_policy": seen, "back": back}
    return browser.post(reverse("admin:digests_digest_policy", args=[digest.pk]), form, follow=True)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("hold", "it is held: nothing is sent before somebody approves it"),
        ("send", "it is sent as it is if every check is green"),
        ("titles", "titles and links are sent, without summaries"),
    ],
)
def test_both_pages_say_what_happens_when_and_offer_the_other_two(browser, settings, policy, said):
    settings.APPROVAL_POLICY = policy
    digest = make_digest(day=DAY)
    for path in pages_of(digest):
        page = browser.get(path)
        assert said in words_of(page) and "08:00 (Asia/Seoul)" in words_of(page)
        assert "APPROVAL_POLICY" in words_of(page)
        offered = {value for value, _name in page.context["unapproved"].options}
        assert offered == {"hold", "send", "titles"} - {policy}


def test_the_page_says_what_the_checks_would_make_of_it(browser, settings):
    settings.APPROVAL_POLICY = "send"
    digest = make_digest(day=DAY)
    page = words_of(browser.get(pages_of(digest)[1]))
    assert "As things are it would be held, because of: Chart" in page
    choose(browser, digest, "titles", seen="send")
    assert "As things are it would be sent." in words_of(browser.get(pages_of(digest)[1]))


@pytest.mark.parametrize("back", ["today", "approve"])
def test_a_choice_is_made_and_named_where_it_was_made(browser, back):
    digest = make_digest(day=DAY)
    page = choose(browser, digest, "titles", back=back)
    assert page.redirect_chain[-1][0] == dict(zip(("today", "approve"), pages_of(digest), strict=True))[back]
    assert "Chosen for this digest by editor." in words_of(page)
    assert PolicyChoice.objects.get().policy == "titles"


def test_a_page_that_shows_another_choice_changes_nothing(browser):
    digest = make_digest(day=DAY)
    choose(browser, digest, "send")
    page = choose(browser, digest, "titles", seen="hold")
    assert page.status_code == 409 and "Somebody else chose something else meanwhile" in words_of(page)
    assert PolicyChoice.objects.get().policy == "send"


@pytest.mark.parametrize(("fields", "hour"), [({"is_sample": True}, 21), ({"status": "building"}, 21), ({}, 23)])
def test_a_sample_what_is_no_draft_and_what_was_decided_offer_no_choice(browser, fields, hour):
    digest = make_digest(day=DAY, **fields)
    now = dt.datetime(2026, 3, 2, hour, 0, tzinfo=dt.UTC)
    assert unapproved(digest, now, may_choose=True) is None
    Digest.objects.update(is_sample=False, status="draft")
    digest.refresh_from_db()
    assert unapproved(digest, now - dt.timedelta(hours=2), may_choose=True) is not None


def test_who_may_not_approve_is_told_and_chooses_nothing():
    digest, viewer = make_digest(day=DAY), browser_of(make_staff("viewer", "viewer"))
    page = viewer.get(reverse("admin:index"))
    assert "it is held" in words_of(page) and page.context["unapproved"].options == []
    assert choose(viewer, digest, "titles").status_code == 403
    path = reverse("admin:digests_digest_policy", args=[digest.pk])
    assert browser_of(make_editor()).get(path).status_code == 405
