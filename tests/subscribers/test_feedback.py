"""What readers say of papers: on a page, by pressing a button, and never by being watched."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from digests.models import Category, Paper
from subscribers import feedback, links
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.send import send_due
from subscribers.models import Delivery, Feedback
from subscribers.owner.erasing import erase
from tests.factories import make_approved, make_reader, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return make_reader("kim@example.org", ["llm"], language="en")


@pytest.fixture
def path(reader, settings):
    """The page's path, as it stands in the mail that the reader got."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel("2024-11-21T22:00:00Z", tick=False) as clock:
        open_deliveries(make_approved())
        clock.shift(dt.timedelta(hours=3))
        send_due()
    return re.search(r"/feedback/[^\s]+", mail.outbox[0].body)[0]


def had():
    return Paper.objects.get(category__slug="llm").arxiv_id


def press(client, path, kind, paper=None, **more):
    return client.post(path, {"paper": paper or had(), "kind": kind, **more}).content.decode()


def said():
    return list(Feedback.objects.order_by("kind").values_list("paper__arxiv_id", "category", "kind", "text"))


def test_a_mail_has_one_such_link_in_each_part_and_no_pixel(client, path):
    text, html = mail.outbox[0].body, mail.outbox[0].alternatives[0][0]
    assert (text.count("/feedback/"), html.count("/feedback/")) == (1, 1)
    assert path in html
    assert "<img" not in re.sub(r'<img[^>]+src="[^"]*/chart/[^>]+>', "", html)


def test_the_page_lists_the_papers_that_this_reader_had_and_no_others(client, path):
    page = client.get(path).content.decode()
    assert had() in page
    assert Paper.objects.get(category__slug="computer-vision").arxiv_id not in page
    assert "kim@" not in page


def test_a_press_is_kept_once_and_the_last_word_counts(client, path):
    for kind in ("more", "more", "less"):
        assert "Thank you" in press(client, path, kind)
    assert said() == [(had(), "llm", "less", "")]
    assert re.search(r'value="none" aria-pressed="true">Less like this', client.get(path).content.decode())
    press(client, path, "none")
    assert said() == []


def test_an_error_is_told_in_words_beside_a_wish(client, path):
    press(client, path, "more")
    press(client, path, "error", text="It says 78%,\n the paper\u202e says <b>87%</b>.")
    assert said() == [
        (had(), "llm", "error", "It says 78%, the paper says <b>87%</b>."),
        (had(), "llm", "more", ""),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "error", "text": ""},
        {"kind": "error", "text": "x" * 1001},
        {"kind": "love"},
        {"kind": ""},
        {"kind": "more", "paper": "2411.99999"},
        {"kind": "more", "paper": "x" * 500},
    ],
)
def test_what_cannot_be_said_is_refused_kindly(client, path, wrong):
    page = client.post(path, {"paper": had(), **wrong})
    assert (page.status_code, 'role="alert"' in page.content.decode()) == (200, True)
    assert said() == []


def test_nothing_can_be_said_of_a_paper_that_the_reader_did_not_have(client, path):
    other = Paper.objects.get(category__slug="computer-vision").arxiv_id
    assert 'role="alert"' in press(client, path, "more", other)
    assert said() == []


def test_a_day_takes_twenty_reports_of_errors_from_a_reader(client, path, monkeypatch):
    monkeypatch.setattr(feedback, "ERRORS_A_DAY", 1)
    assert "Thank you" in press(client, path, "error", text="one")
    assert 'role="alert"' in press(client, path, "error", text="two")
    assert said()[0][3] == "one"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_the_page_says_nothing(client, path, method):
    getattr(client, method)(path, {"paper": had(), "kind": "more"}, headers={"sec-purpose": "prefetch"})
    assert said() == []


def test_another_site_cannot_speak_for_a_reader(path):
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(path, {"paper": had(), "kind": "more"}).status_code == 403


def test_no_other_link_and_no_other_day_opens_the_page(client, reader, path):
    for purpose in (links.UNSUBSCRIBE, links.CONFIRM):
        assert client.get(f"/feedback/{links.token(purpose, reader.key)}/daily/2024-11-22/").status_code == 404
    good = links.token(links.PREFERENCES, reader.key)
    for wrong in ("daily/2024-11-23", "weekly/2024-11-22", "daily/2026-02-30", "daily/now", "nightly/2024-11-22"):
        assert client.get(f"/feedback/{good}/{wrong}/").status_code == 404


def test_a_digest_that_was_not_sent_to_the_reader_has_no_page(client, path):
    Delivery.objects.update(status=Delivery.Status.SUPPRESSED)
    assert client.get(path).status_code == 404


def test_the_words_of_an_erased_reader_are_counted_and_gone(client, reader, path, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    press(client, path, "less")
    press(client, path, "error", text="I am kim@example.org")
    erase(reader)
    assert list(Feedback.objects.values_list("subscriber", "text")) == [(None, "")] * 2
    told = feedback.counts(timezone.now() - dt.timedelta(days=1))
    assert told["sections"] == [{"category": "llm", "all": 2, "more": 0, "less": 1, "error": 1}]


def test_the_database_takes_more_or_less_and_not_both(client, reader, path):
    press(client, path, "more")
    row = Feedback.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(
            subscriber=reader, paper=row.paper, digest=row.digest, category="llm", kind="less", said_at=row.said_at
        )


@pytest.mark.parametrize(("language", "name"), [("ko", "name_ko"), ("en", "name_en")])
def test_the_list_has_categories_by_their_names_and_keeps_what_a_gone_one_was_called(
    client, reader, path, language, name
):
    press(client, path, "more")
    row = Feedback.objects.get()
    Feedback.objects.filter(pk=row.pk).update(subscriber=None)
    Feedback.objects.create(paper=row.paper, digest=row.digest, category="gone", kind="less", said_at=row.said_at)
    client.force_login(make_staff("eve", "editor"))
    page = client.get("/admin/subscribers/feedback/", headers={"accept-language": language})
    told = {each.section_name for each in page.context["cl"].result_list}
    assert told == {getattr(Category.objects.get(slug="llm"), name), "gone"}
    assert "llm</td>" not in page.content.decode()


def test_editors_see_counts_and_words_and_settle_them_and_see_nobody(client, reader, path):
    press(client, path, "more")
    press(client, path, "error", text="<script>alert(1)</script> ask kim@example.org")
    client.force_login(make_staff("eve", "editor"))
    page = client.get("/admin/subscribers/feedback/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ask k***@example.org" in page
    assert "kim@" not in page and reader.key not in page
    pks = list(Feedback.objects.values_list("pk", flat=True))
    client.post("/admin/subscribers/feedback/", {"action": "settle_them", "_selected_action": pks})
    assert list(Feedback.objects.exclude(settled_at=None).values_list("kind", flat=True)) == ["error"]


def test_who_only_looks_at_digests_does_not_see_what_readers_say(client, path):
    client.force_login(make_staff("vera", "viewer"))
    assert client.get("/admin/subscribers/feedback/").status_code == 403
