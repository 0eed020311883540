"""Synthetic readers for benchmarks."""

import re

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from subscribers.models import ALL_CATEGORIES, Subscriber

pytestmark = pytest.mark.django_db


def test_real_list_gets_no_synthetic_readers(settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("make_subscribers", 3)
    assert not Subscriber.objects.exists()


def test_readers_are_active_and_differ_in_what_they_want(settings) -> None:
    settings.DEBUG = True
    call_command("make_subscribers", 300, hour=5, time_zone="Asia/Tokyo")
    readers = list(Subscriber.objects.all())
    assert len(readers) == len({reader.email for reader in readers}) == len({reader.key for reader in readers}) == 300
    assert {(reader.status, reader.send_hour, reader.time_zone) for reader in readers} == {("active", 5, "Asia/Tokyo")}
    assert {reader.language for reader in readers} == {"ko", "en"}
    assert len({reader.categories for reader in readers}) > 30
    assert ALL_CATEGORIES in {reader.categories for reader in readers}
    assert all(re.fullmatch(r"[\w-]{12,16}", reader.key) for reader in readers)


def test_a_second_call_adds_to_the_first(settings) -> None:
    settings.DEBUG = True
    call_command("make_subscribers", 3)
    call_command("make_subscribers", 2)
    assert Subscriber.objects.count() == 5


@pytest.mark.parametrize("count", ["0", "-1"])
def test_fewer_than_one_reader_is_refused(settings, count: str) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError):
        call_command("make_subscribers", count)


def test_unknown_time_zone_is_refused(settings) -> None:
    settings.DEBUG = True
    with pytest.raises(CommandError, match="time-zone|time zone"):
        call_command("make_subscribers", "3", "--time-zone", "Mars/Olympus")
