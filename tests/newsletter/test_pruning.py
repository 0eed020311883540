"""Old lines leave the audit log on one road, which is noted; on every other road they stay."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from newsletter import audit, pruning, triggers
from newsletter.models import AuditLine, AuditPruning
from newsletter.pruning import prune_audit_log
from subscribers import retention

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_databases_guard() -> Iterator[None]:
    """The trigger that the other tests do without on SQLite, see conftest."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(triggers.SQLITE_PRUNING[1])
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER audit_line_delete")


def ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def lines(*ages: int) -> None:
    for age in ages:
        AuditLine.objects.create(act=audit.Act.STOP, who=f"{age} days ago", at=ago(age))


def left() -> list[str]:
    return sorted(AuditLine.objects.exclude(act="prune").values_list("who", flat=True))


def delete(where: str = "1 = 1") -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM newsletter_auditline WHERE {where}")


def test_lines_older_than_the_setting_are_forgotten_and_that_is_noted(settings):
    settings.AUDIT_DAYS = 365
    lines(10, 364, 367, 900)
    assert retention.prune()
    assert left() == ["10 days ago", "364 days ago"]
    (line,) = AuditLine.objects.filter(act="prune")
    assert (line.who, line.facts["count"]) == ("AUDIT_DAYS", 2)


def test_nothing_is_noted_where_nothing_is_old(settings):
    lines(10)
    assert retention.prune()
    assert left() == ["10 days ago"] and not AuditPruning.objects.exists()
    assert not AuditLine.objects.filter(act="prune").exists()


def test_many_lines_go_in_pieces_and_a_run_that_has_no_time_goes_on_with_the_next(settings, monkeypatch):
    monkeypatch.setattr(pruning, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 2)
    lines(*range(800, 805))
    assert not retention._forget_lines_of_the_audit_log(ago(730).date(), end=0.0)
    assert len(left()) == 3
    assert retention.prune()
    assert left() == []


def test_the_database_lets_no_line_go_that_no_pruning_names():
    lines(100, 800)
    with pytest.raises(DatabaseError, match=triggers.REFUSED):
        delete()
    prune_audit_log(ago(730))
    assert left() == ["100 days ago"]
    with pytest.raises(DatabaseError, match=triggers.REFUSED):
        delete("act = 'stop'")
    assert left() == ["100 days ago"]


def test_the_last_days_are_kept_whoever_asks():
    lines(10, 89)
    with pytest.raises(DatabaseError, match=triggers.TOO_YOUNG), transaction.atomic():
        prune_audit_log(ago(80))
    with pytest.raises(DatabaseError, match=triggers.TOO_YOUNG), transaction.atomic():
        AuditPruning.objects.create(through=timezone.now(), at=ago(-9000))
    assert left() == ["10 days ago", "89 days ago"]


def test_a_pruning_cannot_be_made_to_reach_further():
    lines(100, 800)
    prune_audit_log(ago(730))
    with pytest.raises(DatabaseError, match=triggers.REFUSED), transaction.atomic():
        AuditPruning.objects.update(through=timezone.now())


def test_a_line_that_is_pruned_cannot_be_changed_either():
    lines(800)
    AuditPruning.objects.create(through=ago(730))
    with pytest.raises(DatabaseError, match=triggers.REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE newsletter_auditline SET who = 'lee'")


def test_a_pruning_that_fails_leaves_lines_and_notes_as_they_were(monkeypatch):
    lines(800)
    monkeypatch.setattr(audit, "note", lambda *args, **facts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prune_audit_log(ago(730))
    assert left() == ["800 days ago"] and not AuditPruning.objects.exists()
