"""Figures for Prometheus, and who may read them."""

import pytest
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from digests.models import Answer, Digest
from newsletter import metrics
from subscribers import suppression
from subscribers.delivery import guard
from subscribers.delivery.opening import open_deliveries
from subscribers.models import Delivery, Suppression
from subscribers.statistics import counting
from tests.factories import make_approved, make_reader
from tests.settings_read import ROOT

pytestmark = pytest.mark.django_db


def told(client) -> dict[tuple[str, ...], float]:
    """The values by name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_figures_of_a_running_site(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    guard.note_tick()
    make_reader("kim@example.org")
    make_reader(status=Delivery.Status.BOUNCED)
    digest = make_approved()
    open_deliveries(digest)
    digest.refresh_from_db()
    suppression.suppress("gone@example.org", Suppression.Reason.ERASED)
    Answer.objects.create(key="k", model="m", messages=[], cost="0.25")
    counting.count()
    found = told(client)
    assert found["papers_deliveries", "queued"] == found["papers_deliveries_open", "queued"] == 1
    assert found["papers_subscribers", "active"] == found["papers_subscribers", "bounced"] == 1
    assert found["papers_suppressions", "erased"] == 1
    assert found["papers_llm_cost_usd_today",] == 0.25
    assert found["papers_digest_state", digest.day.isoformat(), "daily", Digest.Status.SENDING] == 1
    assert found["papers_may_send",] == 1 and ("papers_beat_age_seconds",) in found
    assert "kim" not in client.get("/metrics").content.decode()


def test_site_where_nothing_has_happened_has_figures_too(client):
    assert told(client)["papers_deliveries_open", "queued"] == 0


def test_no_delivery_is_counted_beyond_the_queue(client, django_assert_max_num_queries, monkeypatch):
    monkeypatch.setattr("subscribers.statistics.gauges.MOST", 2)
    for _each in range(4):
        make_reader()
    open_deliveries(make_approved())
    with django_assert_max_num_queries(40):
        assert told(client)["papers_deliveries_open", "queued"] == 3


def test_operators_are_told_of_every_figure(client, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    guard.note_tick()
    pages = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    figures = {each[0] for each in told(client)}
    assert len(figures) > 10
    assert sorted(name for name in figures if f"`{name}" not in pages) == []


@pytest.mark.parametrize("header", metrics.FORWARDED)
def test_without_a_token_only_this_machine_may_read(client, header):
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="::1").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.5").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="").status_code == 403
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1", **{header: "203.0.113.9"}).status_code == 403


def test_with_a_token_only_who_has_it_may_read_from_wherever(client, settings):
    settings.METRICS_TOKEN = "a-long-token"
    for given, status in (
        ("Bearer a-long-token", 200),
        ("bearer wrong", 403),
        ("a-long-token", 403),
        ("Bearer é", 403),
    ):
        assert client.get("/metrics", REMOTE_ADDR="10.0.0.5", HTTP_AUTHORIZATION=given).status_code == status
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 403
    assert client.post("/metrics").status_code == 405


def test_database_that_is_away_makes_a_scrape_fail_in_plain_words(client, monkeypatch):
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(metrics._Gauges, "collect", lambda self: away())
    answer = client.get("/metrics")
    assert answer.status_code == 503 and answer["Content-Type"].startswith("text/plain")
    assert answer.content == b"The database does not answer.\n"
