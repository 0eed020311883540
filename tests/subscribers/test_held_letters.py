"""What came back about letters in a flood: an operator sees it, and applies or dismisses it, with a reason."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletter.models import AuditLine
from subscribers import letters_back, suppression
from subscribers.models import LetterSent, Subscriber
from tests.factories import make_editor, make_reader, make_staff

pytestmark = pytest.mark.django_db
LIST = "/admin/subscribers/lettersent/"


@pytest.fixture
def flood():
    """The letters of a day on which nearly all came back; those that are held."""
    letters = []
    for _n in range(12):
        reader = make_reader()
        letter = letters_back.note(reader, "welcome", reader.email)
        letters_back.came_back(letter.pk, "bounced", timezone.now(), f"550 {reader.email} is gone")
        letters.append(letter)
    held = list(letters_back.held())
    assert len(held) == 3
    return held


def browser_of(person):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(person)
    return browser


@pytest.fixture
def operator():
    return browser_of(make_staff("operator", "operator"))


def act(browser, way, letters, **more):
    return browser.post(LIST, {"action": way, "_selected_action": [each.pk for each in letters]} | more)


def statuses(letters):
    return {Subscriber.objects.get(pk=each.subscriber_id).status for each in letters}


def test_an_operator_is_led_from_today_to_what_is_held(operator, flood):
    assert f"{LIST}?is_held__exact=1" in operator.get("/admin/").content.decode()
    page = operator.get(LIST, {"is_held__exact": 1})
    assert [row.pk for row in page.context["cl"].result_list] == sorted((each.pk for each in flood), reverse=True)


def test_pressing_asks_for_a_reason_and_tells_the_number_before_anything_is_done(operator, flood):
    page = act(operator, "apply_them", flood)
    assert page.status_code == 200 and "3 reports will be believed" in page.content.decode()
    assert act(operator, "apply_them", flood, seen="3", reason="  ").status_code == 200
    letters_back.apply_waiting()
    assert statuses(flood) == {"active"} and not AuditLine.objects.filter(act="apply").exists()


def test_what_is_applied_strikes_its_readers_at_the_next_tick_once(operator, flood):
    assert act(operator, "apply_them", flood, seen="3", reason="the server was moved").status_code == 302
    assert statuses(flood) == {"active"}
    assert (letters_back.apply_waiting(), letters_back.apply_waiting()) == (3, 0)
    assert statuses(flood) == {"bounced"}
    assert suppression.is_suppressed(flood[0].subscriber.email) == "bounced"
    line = AuditLine.objects.get(act="apply")
    assert (line.who, line.facts["count"], line.facts["of"]) == ("operator", 3, "letters")
    assert line.facts["reason"] == "the server was moved"
    assert not letters_back.held().exists() and LetterSent.objects.filter(settled="applied").count() == 3


def test_what_is_dismissed_never_does_anything(operator, flood):
    act(operator, "dismiss_them", flood[:2], seen="2", reason="the provider was wrong")
    assert letters_back.apply_waiting() == 0 and statuses(flood) == {"active"}
    assert [each.pk for each in letters_back.held()] == [flood[2].pk]
    assert AuditLine.objects.get(act="dismiss").facts["count"] == 2


def test_a_page_with_another_number_does_nothing(operator, flood):
    letters_back.dismiss_held(LetterSent.objects.filter(pk=flood[0].pk))
    page = act(operator, "apply_them", flood, seen="3", reason="as I saw")
    assert "2 reports will be believed" in page.content.decode() and letters_back.apply_waiting() == 0


def test_a_worse_report_about_what_was_dismissed_is_decided_anew(operator, flood):
    act(operator, "dismiss_them", flood, seen="3", reason="wrong")
    assert letters_back.came_back(flood[0].pk, "complained", timezone.now(), "spam")
    assert letters_back.apply_waiting() == 0 and [each.pk for each in letters_back.held()] == [flood[0].pk]


def test_an_editor_sees_what_is_held_without_addresses_and_decides_nothing(flood):
    browser = browser_of(make_editor())
    page = browser.get(LIST).content.decode()
    assert "gone" in page and flood[0].subscriber.email not in page and "apply_them" not in page
    act(browser, "apply_them", flood, seen="3", reason="I want to")
    assert letters_back.apply_waiting() == 0 and len(letters_back.held()) == 3


def test_a_viewer_sees_none_of_it(flood):
    assert browser_of(make_staff("viewer", "viewer")).get(LIST).status_code == 403


def test_the_persons_story_tells_what_was_decided(operator, flood):
    letters_back.dismiss_held(LetterSent.objects.filter(pk=flood[0].pk))
    address = reverse("admin:subscribers_subscriber_change", args=[flood[0].subscriber_id])
    page = operator.get(address).content.decode()
    assert "dismissed by somebody" in page and "nothing was done about it" not in page
