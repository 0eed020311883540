"""After leaving: the way back for an hour, why, and less instead."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.test import Client

from subscribers import lifecycle, links
from subscribers.delivery.opening import open_deliveries
from subscribers.models import ALL_CATEGORIES, Delivery, Subscriber
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db
Status = Subscriber.Status
MORNING = dt.datetime(2024, 11, 21, 22, tzinfo=dt.UTC)  # Friday, 07:00 in Seoul


@pytest.fixture
def reader():
    return make_reader("kim.reader@example.org", language="en")


def outsider():
    return Client(enforce_csrf_checks=True)


def leave(reader):
    """Press the button as a browser does, and give back the way back, if the page offers one."""
    page = outsider().post(links.path(links.UNSUBSCRIBE, reader.key))
    found = re.search(r'action="(/return/[^"]+/)"', page.content.decode())
    return found and found[1]


def test_the_page_after_leaving_has_a_button_that_brings_everything_back(reader):
    before = Subscriber.objects.values().get()
    page = outsider().post(leave(reader))
    assert "The next digest can reach you on" in page.content.decode()
    assert Subscriber.objects.values().get() == before


def test_a_digest_that_was_held_back_is_queued_again_in_time(reader):
    with time_machine.travel(MORNING, tick=False):
        digest = make_approved()
        open_deliveries(digest)
        way_back = leave(reader)
        assert digest.deliveries.get().status == Delivery.Status.SUPPRESSED
        outsider().post(way_back)
    row = digest.deliveries.get()
    assert (row.status, row.finished_at) == (Delivery.Status.QUEUED, None)


def test_a_digest_that_is_closed_meanwhile_stays_closed(reader):
    with time_machine.travel(MORNING, tick=False):
        digest = make_approved()
        open_deliveries(digest)
        way_back = leave(reader)
        digest.refresh_from_db()
        assert digest.advance(digest.Status.SENT)
        outsider().post(way_back)
    assert digest.deliveries.get().status == Delivery.Status.SUPPRESSED
    assert Subscriber.objects.get().status == Status.ACTIVE


def test_the_way_back_closes_after_an_hour(reader):
    with time_machine.travel(MORNING) as clock:
        way_back = leave(reader)
        clock.shift(dt.timedelta(minutes=61))
        page = outsider().post(way_back, headers={"accept-language": "en"})
    assert page.status_code == 404
    assert "Please sign up once more" in page.content.decode()
    assert Subscriber.objects.get().status == Status.UNSUBSCRIBED


def test_a_double_click_is_offered_the_way_back_as_well(reader):
    leave(reader)
    assert leave(reader)


def test_an_old_mail_brings_back_nobody(reader):
    with time_machine.travel(MORNING) as clock:
        leave(reader)
        clock.shift(dt.timedelta(minutes=2))
        assert leave(reader) is None
    assert Subscriber.objects.get().status == Status.UNSUBSCRIBED


@pytest.mark.parametrize("status", [Status.PENDING, Status.BOUNCED, Status.COMPLAINED])
def test_who_did_not_read_before_is_offered_no_way_back(reader, status):
    Subscriber.objects.update(status=status)
    assert leave(reader) is None


def test_a_complaint_within_the_hour_is_stronger_than_the_way_back(reader):
    way_back = leave(reader)
    Subscriber.objects.update(status=Status.COMPLAINED)
    assert outsider().post(way_back).status_code == 404
    assert Subscriber.objects.get().status == Status.COMPLAINED


@pytest.mark.parametrize("method", ["get", "head", "options", "put"])
def test_opening_the_way_back_changes_nothing(reader, method):
    way_back = leave(reader)
    for path in (way_back, f"{way_back}why/"):
        getattr(outsider(), method)(path, headers={"sec-purpose": "prefetch"})
    assert Subscriber.objects.get().status == Status.UNSUBSCRIBED


@pytest.mark.parametrize("purpose", [links.UNSUBSCRIBE, links.PREFERENCES])
def test_no_link_of_a_mail_is_a_way_back(reader, purpose):
    leave(reader)
    assert outsider().post(f"/return/{links.token(purpose, reader.key)}/").status_code == 404
    assert Subscriber.objects.get().status == Status.UNSUBSCRIBED


def test_a_reason_is_kept_if_one_is_given_and_the_way_back_stays_open(reader):
    way_back = leave(reader)
    page = outsider().post(f"{way_back}why/", {"why": "topics"})
    assert "Thank you for telling us why." in page.content.decode()
    assert way_back in page.content.decode()
    assert Subscriber.objects.get().left_because == "topics"


@pytest.mark.parametrize("why", ["", "no-such", "x" * 5000, "<script>"])
def test_only_a_reason_of_the_list_is_taken(reader, why):
    page = outsider().post(f"{leave(reader)}why/", {"why": why})
    assert "why-error" in page.content.decode()
    assert Subscriber.objects.get().left_because == ""


def test_who_comes_back_has_no_reason_for_having_left(reader):
    way_back = leave(reader)
    outsider().post(f"{way_back}why/", {"why": "many"})
    outsider().post(way_back)
    assert outsider().post(f"{way_back}why/", {"why": "many"}).status_code == 200
    assert Subscriber.objects.get().left_because == ""


def test_nobody_is_mailed_a_goodbye(reader):
    way_back = leave(reader)
    outsider().post(f"{way_back}why/", {"why": "many"})
    outsider().post(way_back)
    assert mail.outbox == []


def test_a_click_that_is_replayed_many_times_does_one_thing(reader):
    with time_machine.travel(MORNING) as clock:
        leave(reader)
        before = Subscriber.objects.values().get()
        clock.shift(dt.timedelta(days=1100))
        client, path = outsider(), links.path(links.UNSUBSCRIBE, reader.key)
        answers = [client.post(path, {"List-Unsubscribe": "One-Click"}) for _ in range(200)]
    assert {(answer.status_code, bool(answer.cookies)) for answer in answers} == {(200, False)}
    assert Subscriber.objects.values().get() == before


# ---- less instead of nothing


def less_of(reader):
    return f"{links.path(links.UNSUBSCRIBE, reader.key)}less/"


def test_less_is_offered_behind_the_button_and_suggests_once_a_week(client, reader):
    html = client.get(links.path(links.UNSUBSCRIBE, reader.key)).content.decode()
    assert html.index("<button") < html.index('href="less/"')
    assert client.get(less_of(reader)).context["form"]["cadence"].value() == "weekly"


def test_less_changes_how_often_and_what_and_nothing_else(client, reader):
    before = Subscriber.objects.values().get()
    with time_machine.travel(dt.datetime(2024, 11, 22, 12, tzinfo=dt.UTC)):
        page = client.post(less_of(reader), {"cadence": "weekly", "categories": ["llm"]})
    assert "Monday, November 25, 2024, 08:00" in page.content.decode()
    after = Subscriber.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {
        "cadence",
        "cadence_before",
        "cadence_since",
        "categories",
    }
    assert (after["cadence"], after["categories"]) == ("weekly", 1)


@pytest.mark.parametrize("wrong", [{"categories": []}, {"cadence": "hourly"}, {"categories": ["no-such"]}])
def test_less_refuses_what_cannot_be_chosen(client, reader, wrong):
    page = client.post(less_of(reader), {"cadence": "weekly", "categories": ["llm"]} | wrong)
    assert 'role="alert"' in page.content.decode()
    assert Subscriber.objects.get().categories == ALL_CATEGORIES


def test_another_site_cannot_choose_less_for_a_reader(reader):
    assert outsider().post(less_of(reader), {"cadence": "weekly", "categories": ["llm"]}).status_code == 403


def test_who_has_left_is_offered_nothing_less(client, reader):
    lifecycle.leave(reader.key)
    assert "less/" not in client.get(links.path(links.UNSUBSCRIBE, reader.key)).content.decode()
    assert "Not subscribed" in client.get(less_of(reader)).content.decode()
