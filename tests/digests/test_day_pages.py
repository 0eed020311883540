"""Where people see what became of a day: the site, the desk, admin."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from digests.collecting.day_state import ListReport
from digests.content import snapshot
from digests.models import Consideration, DayReport, Entry, Rule
from digests.rehearsal import nowhere
from digests.rendering import render_edition
from tests.digests.pages import days_ago, hrefs, page_of
from tests.factories import DAY, make_approved, make_digest, make_editor, make_paper

pytestmark = pytest.mark.django_db
SATURDAY = DAY + dt.timedelta(days=1)
ENGLISH = {"headers": {"accept-language": "en"}}


def report(day=SATURDAY, state="quiet", **fields):
    return DayReport.objects.create(**{"day": day, "list_day": day, "state": state, "why": "Why so."} | fields)


@pytest.fixture
def editor(client):
    """An editor who may look at days and keep rules, at admin."""
    user = make_editor()
    rights = ["view_dayreport", "view_consideration", "view_rule", "add_rule", "change_rule"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    return user


# ---- the site


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("quiet", "arXiv announces nothing at weekends"),
        ("stalled", "showed nothing new"),
        ("failed", "could not be read"),
    ],
)
def test_the_front_page_and_the_days_own_page_say_why_there_is_no_digest(client, state, words):
    make_approved()
    report(state=state)
    assert words in client.get("/", **ENGLISH).content.decode()
    page = client.get(f"/{SATURDAY}/", **ENGLISH)
    assert (page.status_code, words in page.content.decode()) == (404, True)


def test_a_day_without_a_digest_leads_to_the_days_beside_it(client):
    before, after = make_approved(day=days_ago(1)), make_approved(day=DAY + dt.timedelta(days=1))
    report(day=DAY)
    response, page = page_of(client, f"/{DAY}/?language=en")
    assert response.status_code == 404
    assert hrefs(page, "nav.days a") == [f"/{before.day}/?language=en", f"/{after.day}/?language=en"]
    assert hrefs(page, "a.button") == ["/?language=en"]


@pytest.mark.parametrize("state", ["fresh", "waiting"])
def test_nothing_is_said_while_a_digest_may_still_come(client, state):
    make_approved()
    report(state=state)
    assert "There is no digest of" not in client.get("/", **ENGLISH).content.decode()
    assert client.get(f"/{SATURDAY}/").status_code == 404


def test_nothing_is_said_of_a_day_before_the_latest_digest(client):
    make_approved()
    report(day=DAY - dt.timedelta(days=1), state="failed")
    assert "There is no digest of" not in client.get("/", **ENGLISH).content.decode()


def test_readers_are_told_no_reasons_meant_for_editors(client):
    report(state="failed", why="huggingface: status 503")
    assert b"status 503" not in client.get("/").content
    assert b"status 503" not in client.get(f"/{SATURDAY}/").content


def test_a_late_riser_is_marked_in_the_mail_and_on_the_page(client):
    digest = make_digest(sections=["llm"])
    Entry.objects.update(is_late=True)
    mail = render_edition(snapshot(digest), "en", ["llm"], nowhere(snapshot(digest)))
    assert "late riser" in mail.text and "late riser" in mail.html
    late = make_approved(day=SATURDAY, sections=["llm"])
    assert b"late riser" not in client.get(f"/{SATURDAY}/", **ENGLISH).content
    content = late.approved_content
    content["sections"][0]["papers"][0]["is_late"] = True
    late.approved_content = content
    late.save()
    assert b"late riser" in client.get(f"/{SATURDAY}/", **ENGLISH).content


def test_a_digest_frozen_before_there_were_late_risers_still_shows(client):
    digest = make_approved(sections=["llm"])
    for section in digest.approved_content["sections"]:
        for paper in section["papers"]:
            del paper["is_late"]
    digest.save()
    assert client.get(f"/{DAY}/").status_code == 200
    assert render_edition(digest.approved_content, "en", ["llm"], nowhere(digest.approved_content)).text


# ---- the desk and admin


def test_the_desk_shows_what_was_passed_over_and_why(client, editor):
    digest = make_digest()
    paper = make_paper(title="Passed <over>")
    Consideration.objects.create(
        day=DAY, paper=paper, is_chosen=False, score=1.5, reason="below the threshold (1 vote)"
    )
    Consideration.objects.create(day=SATURDAY, paper=paper, is_chosen=False, score=1.5, reason="another day's")
    for language, reason in (("en", "below the threshold (1 vote)"), ("ko", "기준에 못 미침")):
        address = reverse("admin:digests_digest_change", args=[digest.pk])
        page = client.get(address, headers={"accept-language": language}).content.decode()
        assert "Passed &lt;over&gt;" in page
        assert reason in page
        assert "another day" not in page


def test_an_editor_sees_what_each_source_gave(client, editor):
    told = {
        "huggingface": ListReport(listed=3, new=2, median=14.0, why="A reason.").as_json(),
        "deeplearn": ListReport(failed="<b>status</b> 503").as_json(),
        "records": ListReport(asked=3, listed=3).as_json(),
    }
    made = report(state="failed", sources=told)
    page = client.get(reverse("admin:digests_dayreport_change", args=[made.pk]), **ENGLISH).content.decode()
    assert "listed 3 · new 2 · usually 14 · A reason." in page
    assert "&lt;b&gt;status&lt;/b&gt; 503" in page
    assert "asked for 3 · listed 3" in page
    assert client.get(reverse("admin:digests_dayreport_changelist")).status_code == 200


def test_facts_cannot_be_changed_by_hand(client, editor):
    editor.user_permissions.add(
        *Permission.objects.filter(codename__in=["change_dayreport", "delete_dayreport", "add_consideration"])
    )
    made = report()
    address = reverse("admin:digests_dayreport_change", args=[made.pk])
    assert client.post(address, {"state": "fresh"}).status_code == 403
    assert client.post(reverse("admin:digests_dayreport_delete", args=[made.pk])).status_code == 403
    assert client.get(reverse("admin:digests_consideration_add")).status_code == 403
    assert client.get(reverse("admin:digests_consideration_changelist")).status_code == 200


def test_an_editor_keeps_rules(client, editor):
    address = reverse("admin:digests_rule_add")
    wish = {"kind": "paper", "text": "arXiv:2411.10958v3", "effect": "boost", "points": 20, "is_active": "on"}
    assert client.post(address, wish).status_code == 302
    assert Rule.objects.get().text == "2411.10958"
    assert client.post(address, wish | {"text": "nothing like it"}).status_code == 200
    assert Rule.objects.count() == 1
