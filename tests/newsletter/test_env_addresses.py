"""An address that cannot be one stops the start with a sentence, and is told only where it holds no password."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from newsletter.env_addresses import broker, database, list_name, mailbox, site_address, web_address

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "given",
    ["nonsense", "mysql://u:secret@localhost/x", "postgres//u:secret@localhost/x", "postgres://u:secret@h:port/x"],
)
def test_database_that_is_none_of_ours_stops_the_start_without_telling_its_password(given, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", given)
    with pytest.raises(ImproperlyConfigured, match="must be postgres://") as stopped:
        database("DATABASE_URL", "")
    assert "secret" not in str(stopped.value)


def test_both_kinds_of_database_are_taken(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert database("DATABASE_URL", "sqlite:////tmp/papers.sqlite3")["NAME"] == "/tmp/papers.sqlite3"
    monkeypatch.setenv("DATABASE_URL", "postgres://papers:a%40b@10.0.0.1:5432/papers")
    assert database("DATABASE_URL", "")["PASSWORD"] == "a@b"


@pytest.mark.parametrize(
    "given", ["example.org/privacy", "javascript:alert(1)", "https://", "//example.org", "ftp://example.org/"]
)
def test_an_address_that_is_no_web_page_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGE", given)
    with pytest.raises(ImproperlyConfigured, match="PAGE must be the whole address"):
        web_address("PAGE")


def test_a_whole_address_of_a_page_is_taken_and_none_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGE", "https://example.org/privacy?x=1")
    assert web_address("PAGE") == "https://example.org/privacy?x=1"
    monkeypatch.delenv("PAGE")
    assert web_address("PAGE") == ""


@pytest.mark.parametrize(
    "given", ["papers.example.com", "https://papers.example.com/news/", "https://u@papers.example.com"]
)
def test_site_that_is_not_at_the_root_of_a_host_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", given)
    with pytest.raises(ImproperlyConfigured, match="SITE_URL must"):
        site_address("SITE_URL", "")


def test_site_may_have_a_port_and_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "http://localhost:8001/")
    assert site_address("SITE_URL", "") == "http://localhost:8001"


@pytest.mark.parametrize(
    "given", ["http://:secret@host:6379", "127.0.0.1:6379", "redis://", "redis://:secret@host:port/0"]
)
def test_broker_that_is_no_redis_stops_the_start_without_telling_its_password(given, monkeypatch):
    monkeypatch.setenv("REDIS_URL", given)
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL must be redis://") as stopped:
        broker("REDIS_URL")
    assert "secret" not in str(stopped.value)


@pytest.mark.parametrize(
    "given", ["", "redis://:pw@127.0.0.1:6379/0", "rediss://host/1", "redis+socket:///run/redis.sock"]
)
def test_every_kind_of_redis_is_taken_and_none(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", given)
    assert broker("REDIS_URL") == given


@pytest.mark.parametrize("given", ["nobody", "Papers, daily <digest@example.com>", "Papers <digest@>", "@example.com"])
def test_sender_without_an_address_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_EMAIL", given)
    with pytest.raises(ImproperlyConfigured, match="FROM_EMAIL must be an address such as"):
        mailbox("FROM_EMAIL")


@pytest.mark.parametrize("given", ["", "a@example.com", "오늘의 논문 <a@example.com>", '"Papers, daily" <a@localhost>'])
def test_addresses_with_and_without_a_name_are_taken(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_EMAIL", given)
    assert mailbox("FROM_EMAIL") == given


@pytest.mark.parametrize("given", ["papers", "<daily.papers.example.com>", "daily papers.example.com"])
def test_name_that_no_list_can_have_stops_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIST_ID", given)
    with pytest.raises(ImproperlyConfigured, match="LIST_ID must be a name"):
        list_name("LIST_ID", "")
