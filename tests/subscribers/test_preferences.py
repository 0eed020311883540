"""The page where a reader chooses."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from subscribers import lifecycle, links
from subscribers.delivery.opening import open_deliveries
from subscribers.models import ALL_CATEGORIES, Subscriber
from subscribers.zone_select import ZoneSelect
from subscribers.zones import time_zones
from tests.factories import make_approved, make_reader, wishes_of

pytestmark = pytest.mark.django_db
Status = Subscriber.Status
WISHES = {
    "categories": ["llm"],
    "language": "en",
    "cadence": "daily",
    "send_hour": "6",
    "time_zone": "America/New_York",
    "paused_until": "",
}


@pytest.fixture
def reader():
    return make_reader("kim.reader@example.org", language="en")


def path_of(reader):
    return links.path(links.PREFERENCES, reader.key)


def choices_of(reader):
    return Subscriber.objects.filter(pk=reader.pk).values_list("categories", "language", "send_hour", "time_zone").get()


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


def test_the_page_shows_what_is_chosen_and_hides_most_of_the_address(client, reader):
    Subscriber.objects.update(categories=0b1, send_hour=7, time_zone="Europe/Paris")
    page = client.get(path_of(reader))
    form = page.context["form"]
    assert form["categories"].value() == ["llm"]
    assert (form["send_hour"].value(), form["time_zone"].value()) == (7, "Europe/Paris")
    assert "k***@example.org" in words(page)
    assert "kim.r" not in words(page)
    assert links.path(links.UNSUBSCRIBE, reader.key) in words(page)


def test_looking_changes_nothing(client, reader):
    before = choices_of(reader)
    client.get(path_of(reader), WISHES)
    client.head(path_of(reader))
    assert choices_of(reader) == before


def test_saving_keeps_the_choice_and_says_when_the_next_mail_can_come(client, reader):
    with time_machine.travel(dt.datetime(2024, 11, 22, 12, tzinfo=dt.UTC)):  # 07:00 in New York
        page = client.post(path_of(reader), WISHES)
    assert choices_of(reader) == (0b1, "en", 6, "America/New_York")
    assert 'role="status"' in words(page)
    assert "Saturday, November 23, 2024, 06:00" in words(page)


def test_all_topics_stay_all_topics(client, reader):
    everything = [slug for slug, _name in client.get(path_of(reader)).context["form"].fields["categories"].choices]
    client.post(path_of(reader), WISHES | {"categories": everything})
    assert choices_of(reader)[0] == ALL_CATEGORIES


def test_after_changing_the_language_the_page_speaks_it(client, reader):
    page = client.post(path_of(reader), WISHES | {"language": "ko"})
    assert '<html lang="ko">' in words(page)
    assert page.context["form"].initial["language"] == "ko"


@pytest.mark.parametrize(
    "wrong",
    [
        {"categories": []},
        {"categories": ["no-such"]},
        {"categories": ["llm"] * 2 + [str(n) for n in range(900)]},
        {"send_hour": "-1"},
        {"send_hour": "24"},
        {"send_hour": "noon"},
        {"send_hour": ""},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": "Etc/GMT+99"},
        {"time_zone": ""},
        {"language": "xx"},
    ],
)
def test_what_cannot_be_chosen_is_refused_and_nothing_is_saved(client, reader, wrong):
    before = choices_of(reader)
    page = client.post(path_of(reader), WISHES | wrong)
    assert page.status_code == 200
    assert 'role="alert"' in words(page)
    assert choices_of(reader) == before


def test_another_site_cannot_choose_for_a_reader(reader):
    before = choices_of(reader)
    assert Client(enforce_csrf_checks=True).post(path_of(reader), WISHES).status_code == 403
    assert choices_of(reader) == before


@pytest.mark.parametrize("status", [status for status in Status if status != Status.ACTIVE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_gets_no_mail_is_told_so_and_shown_no_address(client, status, method):
    reader = make_reader("kim.reader@example.org", language="en", status=status)
    before = choices_of(reader)
    page = getattr(client, method)(path_of(reader), WISHES)
    assert "Not subscribed" in words(page)
    assert "example.org" not in words(page)
    assert choices_of(reader) == before


@pytest.mark.parametrize("purpose", [links.UNSUBSCRIBE, links.CONFIRM])
def test_no_other_link_opens_the_preferences(client, reader, purpose):
    assert client.get(f"/preferences/{links.token(purpose, reader.key)}/").status_code == 404


def test_a_link_of_someone_erased_leads_nowhere(client, reader):
    path = path_of(reader)
    reader.delete()
    assert client.get(path).status_code == 404


def test_the_page_is_kept_by_no_cache_and_no_search_engine(client, reader):
    page = client.get(path_of(reader))
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"
    assert reader.key not in page.content.decode().replace(links.path(links.UNSUBSCRIBE, reader.key), "")


def test_a_digest_that_waits_for_the_old_hour_moves_to_the_new_one(client):
    reader = make_reader(time_zone="Asia/Seoul", send_hour=8)
    with time_machine.travel("2024-11-21T20:00:00Z", tick=False):
        digest = make_approved()
        open_deliveries(digest)
        lifecycle.choose(reader.key, **wishes_of(reader, send_hour=10))
    assert digest.deliveries.get().send_at.isoformat() == "2024-11-22T01:00:00+00:00"


# ---- how often, and a pause

FRIDAY_NOON = dt.datetime(2024, 11, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("changes", "next_mail"),
    [
        ({"cadence": "daily"}, "Saturday, November 23, 2024, 06:00"),
        ({"cadence": "weekdays"}, "Monday, November 25, 2024, 06:00"),
        ({"cadence": "weekly"}, "Monday, November 25, 2024, 06:00"),
        ({"paused_until": "2024-12-07"}, "Saturday, December 7, 2024, 06:00"),
        ({"cadence": "weekdays", "paused_until": "2024-12-07"}, "Monday, December 9, 2024, 06:00"),
        ({"cadence": "weekly", "paused_until": "2024-12-03"}, "Monday, December 9, 2024, 06:00"),
    ],
)
def test_the_next_mail_is_told_for_every_cadence_and_pause(client, reader, changes, next_mail):
    with time_machine.travel(FRIDAY_NOON):
        page = client.post(path_of(reader), WISHES | changes)
    assert f"The next digest can reach you on {next_mail}." in words(page)


def test_a_digest_that_was_opened_without_the_reader_is_not_promised(client, reader):
    Subscriber.objects.update(cadence="weekly")
    with time_machine.travel("2024-11-21T22:00:00Z", tick=False):  # Friday, 07:00 in Seoul
        open_deliveries(make_approved(day=dt.date(2024, 11, 22)))
        page = client.post(path_of(reader), WISHES | {"time_zone": "Asia/Seoul", "send_hour": "8"})
    assert "Saturday, November 23, 2024, 08:00" in words(page)


def test_a_mail_that_waits_is_the_next_even_after_a_change_to_weekly(client, reader):
    with time_machine.travel("2024-11-21T22:00:00Z", tick=False):
        open_deliveries(make_approved(day=dt.date(2024, 11, 22)))
        changes = {"time_zone": "Asia/Seoul", "send_hour": "8", "cadence": "weekly"}
        page = client.post(path_of(reader), WISHES | changes)
    assert "Friday, November 22, 2024, 08:00" in words(page)


@pytest.mark.parametrize("until", ["2024-11-22", "2024-01-01", "2026-11-22", "tomorrow", "2024-13-01"])
def test_a_pause_ends_from_tomorrow_on_and_within_a_year(client, reader, until):
    with time_machine.travel(FRIDAY_NOON):
        page = client.post(path_of(reader), WISHES | {"paused_until": until})
    assert 'role="alert"' in words(page)
    assert Subscriber.objects.get().paused_until is None


def test_a_pause_that_is_over_is_shown_as_none(client, reader):
    Subscriber.objects.update(paused_until=dt.date(2024, 11, 1))
    with time_machine.travel(FRIDAY_NOON):
        form = client.get(path_of(reader)).context["form"]
    assert form["paused_until"].value() is None


def test_a_pause_skips_the_digest_that_waits(client, reader):
    with time_machine.travel("2024-11-21T22:00:00Z", tick=False):
        digest = make_approved(day=dt.date(2024, 11, 22))
        open_deliveries(digest)
        client.post(path_of(reader), WISHES | {"paused_until": "2024-11-25"})
    row = digest.deliveries.get()
    assert (row.status, row.error) == ("skipped", "On pause until 2024-11-25.")


@pytest.mark.parametrize(("weeks", "until"), [("1", "2024-11-30"), ("4", "2024-12-21"), ("12", "2025-02-15")])
def test_a_pause_of_weeks_begins_tomorrow_and_goes_before_the_day(client, reader, weeks, until):
    with time_machine.travel(FRIDAY_NOON):
        page = client.post(path_of(reader), WISHES | {"pause_weeks": weeks, "paused_until": "2024-11-24"})
    assert Subscriber.objects.get().paused_until.isoformat() == until
    assert page.context["form"]["pause_weeks"].value() in (None, "")
    assert page.context["form"]["paused_until"].value().isoformat() == until


@pytest.mark.parametrize("weeks", ["0", "-1", "5000", "two"])
def test_a_pause_of_other_weeks_is_refused(client, reader, weeks):
    assert 'role="alert"' in words(client.post(path_of(reader), WISHES | {"pause_weeks": weeks}))
    assert Subscriber.objects.get().paused_until is None


def test_the_offer_of_the_devices_time_zone_is_hidden_until_a_script_has_one(client, reader):
    html = client.get(path_of(reader)).content.decode()
    assert "<p data-time-zone-offer hidden>" in html
    assert "<script" not in re.sub(r'<script src="[^"]+" defer></script>', "", html)


def test_the_list_of_time_zones_has_every_zone_once_by_continent_and_one_chosen():
    html = ZoneSelect().render("time_zone", "America/New_York", {"id": "id_time_zone", "aria-invalid": "true"})
    assert re.findall(r'value="([^"]+)"', html) == sorted(time_zones(), key=lambda name: (name != "UTC", name))
    assert re.findall(r"<option [^>]*selected[^>]*>[^<]*", html) == [
        '<option value="America/New_York" selected>New York'
    ]
    assert html.startswith("<select ") and 'id="id_time_zone"' in html and 'aria-invalid="true"' in html
    assert html.count("<optgroup ") == len({name.partition("/")[0] for name in time_zones()})


@pytest.mark.parametrize("value", [None, "", 'x"><script>', "Nowhere/At_all"])
def test_a_time_zone_that_is_none_is_chosen_nowhere(value):
    html = ZoneSelect().render("time_zone", value)
    assert "selected" not in html and "<script>" not in html
