"""Subscribers in admin: found by address, one person's story on one page, and lists that ask the database few questions."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletter import audit
from newsletter.models import AuditLine
from subscribers import suppression
from subscribers.delivery.opening import open_deliveries
from subscribers.finding import found
from subscribers.models import Delivery, DeliveryEvent, LetterSent, Subscriber, Suppression
from tests.factories import PASSWORD, make_approved, make_reader, make_staff

pytestmark = pytest.mark.django_db


def browser_of(role):
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(make_staff(f"the-{role}", role))
    return browser


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Kim@Example.org", ["kim@example.org"]),
        (" kim ", ["kim@example.org", "kim.lee@example.com", "Kimchi@example.org"]),
        ("kim.", ["kim.lee@example.com"]),
        ("@EXAMPLE.org", ["kim@example.org", "Kimchi@example.org"]),
        ("@example", []),
        ("lee@example.com", []),
        ("100%", []),
        ("_im", []),
    ],
)
def test_readers_are_found_by_address_beginning_or_domain(typed, names):
    for address in ("kim@example.org", "kim.lee@example.com", "Kimchi@example.org"):
        make_reader(address)
    assert sorted(found(Subscriber.objects.all(), typed).values_list("email", flat=True)) == sorted(names)


def someone_with_a_past():
    reader = make_reader("kim@example.org", consent_text="weekly papers", signed_up_at=timezone.now() - dt.timedelta(9))
    digest = make_approved()
    open_deliveries(digest)
    Delivery.objects.update(status="bounced", error="550 <kim@example.org> unknown", finished_at=timezone.now())
    DeliveryEvent.objects.create(
        key="k", delivery=Delivery.objects.get(), digest=digest, provider="x", kind="bounced", state="applied",
        detail="no kim@example.org here", occurred_at=timezone.now(),
    )  # fmt: skip
    suppression.suppress(reader.email, Suppression.Reason.BOUNCED)
    audit.note(audit.Act.FORGIVE, reader, by="boss")
    return reader


def test_a_persons_whole_story_is_on_one_page():
    reader = someone_with_a_past()
    page = browser_of("administrator").get(reverse("admin:subscribers_subscriber_change", args=[reader.pk]))
    whats = [moment.what for moment in page.context["story"]]
    for words in ("signed up", "confirmed", "bounced", "the provider says", "address suppressed", "boss"):
        assert any(words in what for what in whats), words
    times = [moment.at for moment in page.context["story"]]
    assert times == sorted(times, reverse=True)
    assert "weekly papers" in page.content.decode()


def test_the_story_masks_addresses_for_an_editor_and_leaves_the_audit_log_out():
    reader = someone_with_a_past()
    page = browser_of("editor").get(reverse("admin:subscribers_subscriber_change", args=[reader.pk])).content.decode()
    assert "kim@example.org" not in page and "k***@example.org" in page and "boss" not in page


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("subscribers_subscriber", ""),
        ("subscribers_delivery", ""),
        ("subscribers_delivery", "?digest__id__exact={digest}"),
        ("subscribers_deliveryevent", ""),
        ("subscribers_lettersent", ""),
        ("subscribers_suppression", ""),
        ("newsletter_auditline", ""),
        ("digests_paper", ""),
        ("digests_digest", ""),
        ("auth_user", ""),
    ],
)
def test_a_list_asks_as_many_questions_for_many_rows_as_for_few(name, more):
    boss = browser_of("administrator")
    counts = []
    for day in (1, 2):
        for n in range(6 * day):
            make_reader(f"reader{day}{n}@example.org")
            suppression.suppress(f"gone{day}{n}@example.org", Suppression.Reason.BOUNCED)
            audit.note(audit.Act.STOP, by="kim")
            LetterSent.objects.create(
                subscriber=Subscriber.objects.latest("pk"), kind="welcome", address_hash="5" * 64, came_back="bounced",
                sent_at=timezone.now(), came_back_at=timezone.now(), is_held=True,
            )  # fmt: skip
        digest = make_approved(day=dt.date(2026, 1, day))
        open_deliveries(digest)
        for delivery in digest.deliveries.all():
            DeliveryEvent.objects.create(
                key=str(delivery.pk), delivery=delivery, digest=digest, provider="x", kind="bounced", state="applied",
                occurred_at=timezone.now(),
            )  # fmt: skip
        path = reverse(f"admin:{name}_changelist") + more.format(digest=digest.pk)
        boss.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert boss.get(path).context["cl"].result_count
        counts.append(len(asked))
    assert counts[0] == counts[1] and counts[0] <= 16, counts


@pytest.mark.parametrize("chosen", [{"cadence": "weekly"}, {"language": "en"}])
def test_readers_of_a_rare_choice_are_found_by_an_index_in_the_lists_order(chosen):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by its statistics, which a few rows do not have")
    plan = Subscriber.objects.filter(**chosen).order_by("-pk")[:50].explain()
    assert f"readers_by_{next(iter(chosen))}" in plan and "TEMP B-TREE" not in plan


def test_big_lists_do_not_count_all_their_rows(monkeypatch):
    monkeypatch.setattr("newsletter.paginator.FirstPages.MOST", 3)
    for _ in range(6):
        make_reader()
    listed = browser_of("administrator").get(reverse("admin:subscribers_subscriber_changelist")).context["cl"]
    assert listed.paginator.count == 4 and not listed.show_full_result_count


# ---- what a reader may ask for


def stale(browser):
    session = browser.session
    session["fresh_at"] = 0
    session.save()


@pytest.mark.parametrize("few", [0, 1000], ids=["many", "few"])
def test_the_deliveries_of_one_digest_are_found_by_outcome_and_by_reader_however_many(monkeypatch, few):
    monkeypatch.setattr("subscribers.discreet.FEW", few)
    for name in ("kim", "lee", "ahn"):
        make_reader(f"{name}@example.org")
    older, newer = make_approved(day=dt.date(2024, 11, 20)), make_approved(day=dt.date(2024, 11, 21))
    for digest in (older, newer):
        open_deliveries(digest)
    Delivery.objects.filter(digest=older, subscriber__email="kim@example.org").update(status="skipped")
    Delivery.objects.filter(digest=newer).update(status="skipped")
    Subscriber.objects.filter(email="lee@example.org").update(status="bounced")
    browser = browser_of("administrator")

    def found_by(**asked):
        page = browser.get(reverse("admin:subscribers_delivery_changelist", query=asked))
        return [(row.digest_id, row.subscriber.email[:3]) for row in page.context["cl"].result_list]

    of_one = {"digest__id__exact": older.pk}
    assert found_by(**of_one, status__exact="skipped") == [(older.pk, "kim")]
    assert found_by(**of_one, status__exact="sent") == []
    assert found_by(**of_one, reader="bounced") == [(older.pk, "lee")]
    assert found_by(status__exact="skipped") == [(newer.pk, name) for name in ("ahn", "lee", "kim")], "of the latest"


def test_an_administrator_hands_out_everything_and_it_is_noted():
    reader = someone_with_a_past()
    boss = browser_of("administrator")
    path = reverse("admin:subscribers_subscriber_everything", args=[reader.pk])
    assert boss.get(path).status_code == 405
    stale(boss)
    assert boss.post(path).headers["Location"].startswith("/admin/again/")
    boss.post("/admin/again/", {"proof": PASSWORD})
    told = boss.post(path)
    assert told.json()["subscription"]["email"] == "kim@example.org"
    assert AuditLine.objects.get(act="export").about == "k***@example.org"


def test_an_administrator_erases_a_reader_who_asks_for_it(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    reader = someone_with_a_past()
    boss = browser_of("administrator")
    path = reverse("admin:subscribers_subscriber_erase", args=[reader.pk])
    stale(boss)
    assert boss.post(path).headers["Location"].startswith("/admin/again/")
    assert Subscriber.objects.filter(email="kim@example.org").exists()
    boss.post("/admin/again/", {"proof": PASSWORD})
    assert "for good" in boss.get(path).content.decode()
    assert Subscriber.objects.filter(email="kim@example.org").exists()
    boss.post(path)
    assert not Subscriber.objects.filter(email="kim@example.org").exists()
    assert suppression.is_suppressed("kim@example.org") == Suppression.Reason.ERASED
    line = AuditLine.objects.get(act="erase")
    assert line.who == "the-administrator" and "kim@" not in line.about


@pytest.mark.parametrize("role", ["editor", "operator"])
def test_nobody_else_erases_or_hands_out(role):
    reader, browser = make_reader(), browser_of(role)
    for name in ("everything", "erase"):
        path = reverse(f"admin:subscribers_subscriber_{name}", args=[reader.pk])
        assert browser.post(path).status_code == 403
    page = browser.get(reverse("admin:subscribers_subscriber_change", args=[reader.pk])).content.decode()
    assert "/erase/" not in page and "/everything/" not in page
