"""A draft that nobody approves in time: who is told, and what is sent."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from digests.approve import NotApproved, approve
from digests.collecting.days import today
from digests.content import hash_of, shown, snapshot
from digests.deadline import SYSTEM_USER, choose_policy, deadline_of, decide_overdue, for_policy, policy_of
from digests.desk.looking import open_doubts
from digests.models import Chart, Digest, Look, Notice, PolicyChoice, Summary
from digests.rehearsal import rehearse_all
from digests.reminders import digest_in, review_link
from digests.tasks import tick
from newsletter.models import AuditLine
from tests.factories import DAY, make_digest, make_editor

pytestmark = pytest.mark.django_db
SEOUL = ZoneInfo("Asia/Seoul")


def at(hour, minute=0, day=DAY):
    return dt.datetime.combine(day, dt.time(hour, minute), SEOUL)


@pytest.fixture(autouse=True)
def policy(settings):
    settings.APPROVAL_DEADLINE_HOUR, settings.SEND_DEADLINE_HOURS = 8, 12
    settings.SITE_URL = "https://papers.example"
    return lambda name: setattr(settings, "APPROVAL_POLICY", name)


@pytest.fixture
def editor():
    return make_editor(email="editor@example.org")


def make_clean(**fields):
    """A draft whose every check is green, ready since five in the morning."""
    digest = make_digest(**fields)
    for language in ("ko", "en"):
        Chart.objects.create(digest=digest, language=language, png=b"png", sha256=language * 32, width=600, height=100)
    Digest.objects.filter(pk=digest.pk).update(created_at=at(5, day=digest.day))
    digest.refresh_from_db()
    return digest


def status(digest):
    return Digest.objects.get(pk=digest.pk).status


def told():
    return [(notice.day, notice.subject) for notice in Notice.objects.order_by("pk")]


def test_by_default_a_draft_is_held(settings):
    assert settings.APPROVAL_POLICY == "hold"


@pytest.mark.parametrize("name", ["hold", "send", "titles"])
def test_nothing_happens_before_the_deadline_but_one_reminder(policy, editor, name):
    policy(name)
    digest = make_clean()
    for hour, minute in ((6, 59), (7, 0), (7, 1), (7, 59)):
        decide_overdue(at(hour, minute))
    assert status(digest) == "draft"
    assert told() == [(DAY, "waiting:daily")]
    assert len(mail.outbox) == 1


def test_the_reminder_names_what_is_worth_a_look_while_there_is_time(policy, editor):
    make_clean()
    Summary.objects.filter(language="ko").update(flags=[{"kind": "number not in the abstract", "text": "5%"}])
    decide_overdue(at(7))
    assert "초록에 없는 수치 2" in " ".join(mail.outbox[0].body.split())


def test_checks_are_not_made_each_minute_for_a_mail_that_was_sent(policy, editor, monkeypatch):
    make_clean()
    decide_overdue(at(7))
    monkeypatch.setattr("digests.deadline.examine", lambda *given: pytest.fail("nobody asked"))
    decide_overdue(at(7, 1))


def test_a_held_draft_is_told_once_at_the_deadline_and_stays(policy, editor):
    digest = make_clean()
    for hour in (7, 8, 9, 12, 19):
        decide_overdue(at(hour))
    assert status(digest) == "draft"
    assert told() == [(DAY, "waiting:daily"), (DAY, "held:daily")]


def test_a_green_draft_is_sent_by_policy_under_the_policys_name(policy, editor):
    policy("send")
    digest = make_clean()
    words = snapshot(digest)
    decide_overdue(at(8))
    digest.refresh_from_db()
    assert (digest.status, digest.approved_by.username, digest.approved_at) == ("approved", SYSTEM_USER, at(8))
    assert shown(digest) == words | {"policy": "send"}
    assert digest.content_hash == hash_of(shown(digest))
    assert told() == [(DAY, "policy:daily")]


def test_the_policys_user_cannot_log_in(policy, editor):
    policy("send")
    digest = make_clean()
    decide_overdue(at(8))
    user = Digest.objects.get(pk=digest.pk).approved_by
    assert not (user.is_active or user.is_staff or user.is_superuser or user.has_usable_password())


def test_a_draft_with_a_doubt_is_held_and_the_doubt_is_named(policy, editor):
    policy("send")
    digest = make_clean()
    Summary.objects.filter(language="ko").update(flags=[{"kind": "number not in the abstract", "text": "5%"}])
    decide_overdue(at(8))
    assert status(digest) == "draft"
    assert told() == [(DAY, "held:daily")]
    assert "초록에 없는 수치 2" in " ".join(mail.outbox[0].body.split())


@pytest.mark.parametrize(("needed", "becomes"), [(1, "approved"), (2, "draft")])
def test_a_doubt_that_an_editor_let_stand_is_green_unless_several_are_needed(policy, editor, settings, needed, becomes):
    policy("send")
    settings.APPROVALS_NEEDED = needed
    digest = make_clean()
    summary = Summary.objects.filter(section__digest=digest, language="en").first()
    summary.flags = [{"kind": "number", "text": "95.7"}]
    summary.save()
    for flag in open_doubts(digest):
        Look.objects.create(digest=digest, mark=flag.mark, by=editor)
    decide_overdue(at(8))
    assert status(digest) == becomes


def test_one_doubt_left_open_among_ticked_ones_holds_the_draft(policy, editor):
    policy("send")
    digest = make_clean()
    Summary.objects.filter(language="en").update(flags=[{"kind": "number", "text": "95.7"}])
    first, *others = open_doubts(digest)
    Look.objects.create(digest=digest, mark=first.mark, by=editor)
    decide_overdue(at(8))
    assert others and status(digest) == "draft"


def test_a_held_draft_is_sent_as_soon_as_it_is_green(policy, editor):
    policy("send")
    digest = make_clean()
    Summary.objects.filter(language="ko").update(flags=[{"kind": "number not in the abstract", "text": "5%"}])
    decide_overdue(at(8))
    Summary.objects.update(flags=[])
    decide_overdue(at(9))
    assert status(digest) == "approved"


def test_titles_go_without_a_word_of_a_models(policy, editor):
    policy("titles")
    digest = make_clean()
    Summary.objects.filter(language="ko").update(flags=[{"kind": "number not in the abstract", "text": "5%"}])
    decide_overdue(at(8))
    digest.refresh_from_db()
    assert digest.approved_by.username == SYSTEM_USER
    assert all(section["summaries"] == {} for section in shown(digest)["sections"])
    for made in rehearse_all(shown(digest)):
        for part in made.words:
            assert "llm 논문" not in part and "About a llm paper" not in part
        assert "Paper number" in made.words.text and "Paper number" in made.words.html


@pytest.mark.parametrize(("name", "said"), [("send", "every automatic check was green"), ("titles", "titles and links only")])  # fmt: skip
def test_mail_and_web_say_that_no_editor_looked(client, policy, name, said):
    policy(name)
    digest = make_clean()
    decide_overdue(at(8))
    english = rehearse_all(shown(Digest.objects.get(pk=digest.pk)))[1]
    page = client.get(reverse("digest", args=[DAY]), headers={"accept-language": "en"}).content.decode()
    for text in (english.words.html, page, " ".join(english.words.text.split())):
        assert said in text


def test_what_an_editor_approved_says_nothing_of_it(client):
    digest = make_clean()
    assert approve(digest, make_editor(), hash_of(snapshot(digest)))
    page = client.get(reverse("digest", args=[DAY]), headers={"accept-language": "en"}).content.decode()
    assert "No editor" not in page


@pytest.mark.parametrize("name", ["send", "titles"])
def test_an_editor_who_was_quicker_stands(policy, name):
    policy(name)
    digest, editor = make_clean(), make_editor()
    assert approve(digest, editor, hash_of(snapshot(digest)))
    decide_overdue(at(8))
    assert Digest.objects.get().approved_by == editor


@pytest.mark.parametrize("name", ["send", "titles"])
def test_a_sample_goes_to_nobody_by_itself(policy, editor, name):
    policy(name)
    digest = make_clean(is_sample=True)
    decide_overdue(at(8))
    assert (status(digest), told()) == ("draft", [])


@pytest.mark.parametrize("name", ["send", "titles"])
def test_a_draft_that_nobody_looked_at_for_half_a_day_waits_for_a_person(policy, editor, name):
    policy(name)
    digest = make_clean()
    decide_overdue(at(20))
    assert (status(digest), told()) == ("draft", [])


def test_a_mail_that_could_not_be_made_is_not_sent_by_policy(policy, editor, settings):
    policy("titles")
    settings.POSTAL_ADDRESS = ""
    digest = make_clean()
    decide_overdue(at(8))
    assert status(digest) == "draft"


def test_editors_have_an_hour_with_a_draft_that_was_ready_late(policy, editor):
    policy("send")
    digest = make_clean()
    Digest.objects.update(created_at=at(10, 30))
    digest.refresh_from_db()
    assert deadline_of(digest) == at(11, 30)
    decide_overdue(at(11, 29))
    assert status(digest) == "draft"
    decide_overdue(at(11, 30))
    assert status(digest) == "approved"


def test_a_weekly_digest_has_reminders_of_its_own(editor):
    make_clean()
    weekly = make_digest(kind=Digest.Kind.WEEKLY, sections=())
    Digest.objects.filter(pk=weekly.pk).update(created_at=at(5))
    decide_overdue(at(7))
    assert sorted(told()) == [(DAY, "waiting:daily"), (DAY, "waiting:weekly")]


def test_one_draft_that_breaks_does_not_keep_the_others(policy, editor, monkeypatch):
    policy("send")
    broken, fine = make_clean(), make_clean_weekly()

    def of_it(digest, content):
        if digest.pk == broken.pk:
            raise ValueError("cannot be rendered")
        return []

    monkeypatch.setattr("digests.deadline.examine", of_it)
    decide_overdue(at(8))
    assert (status(broken), status(fine)) == ("draft", "approved")


def make_clean_weekly():
    digest = make_digest(kind=Digest.Kind.WEEKLY, sections=())
    Digest.objects.filter(pk=digest.pk).update(created_at=at(5))
    return digest


def test_the_policy_marks_a_copy_and_leaves_the_content_alone():
    digest = make_clean()
    content = snapshot(digest)
    for_policy(content, "titles")
    assert content == snapshot(digest)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_ticks_and_an_editor_at_once_one_approves(policy, editor):
    policy("send")
    digest = make_clean()
    seen, won = hash_of(snapshot(digest)), []

    def tick():
        try:
            decide_overdue(at(8))
        finally:
            connection.close()

    def click():
        try:
            won.append(approve(digest, editor, seen))
        except NotApproved as error:
            won.append(error)
        finally:
            connection.close()

    people = [threading.Thread(target=act) for act in (tick, click, tick, click, tick)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    name = Digest.objects.get().approved_by.username
    assert name == (editor.username if True in won else SYSTEM_USER)
    assert won.count(True) <= 1
    assert Notice.objects.filter(subject="policy:daily").count() == (name == SYSTEM_USER)


def test_the_clock_decides(policy, settings, monkeypatch):
    policy("send")
    settings.APPROVAL_DEADLINE_HOUR = 0
    digest = make_clean(day=today())
    Digest.objects.update(created_at=timezone.now() - dt.timedelta(hours=3))
    for builds in ("build_due_digests", "build_due_weekly"):
        monkeypatch.setattr(f"digests.tasks.{builds}", lambda: None)
    tick()
    assert status(digest) == "approved"


# ---- the link in a reminder


def test_a_reminder_leads_to_the_log_in_and_then_to_the_desk(client, editor):
    digest = make_clean()
    decide_overdue(at(7))
    link = review_link(digest).removeprefix("https://papers.example")
    assert link in mail.outbox[0].body
    desk = reverse("admin:digests_digest_change", args=[digest.pk])
    answer = client.get(link)
    assert (answer.status_code, answer["Location"]) == (302, desk)
    assert client.get(desk)["Location"].startswith("/admin/login/")
    client.force_login(editor)
    assert client.get(link, follow=True).status_code == 200


def test_a_review_link_grants_nothing_by_itself(client):
    digest = make_clean()
    for method in (client.get, client.head):
        method(review_link(digest).removeprefix("https://papers.example"))
    assert "_auth_user_id" not in client.session
    assert status(digest) == "draft"
    assert client.post(review_link(digest).removeprefix("https://papers.example")).status_code == 405


@pytest.mark.parametrize("token", ["1", "x.y.z", "MQ:1abc:forged"])
def test_a_forged_review_link_leads_nowhere(client, token):
    make_clean()
    assert client.get(reverse("review", args=[token])).status_code == 404


def test_a_review_link_is_old_after_two_weeks(monkeypatch):
    digest = make_clean()
    token = review_link(digest).rstrip("/").rpartition("/")[2]
    assert digest_in(token) == digest.pk
    monkeypatch.setattr("django.core.signing.time.time", lambda: 4_000_000_000.0)
    assert digest_in(token) is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_links_of_previews_are_nobodys(client, method):
    page = getattr(client, method)(reverse("nobody", args=["unsubscribe"]), headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "here it changes nothing" in page.content.decode()


# ---- what an editor chose for one digest


def chosen(digest, policy, editor, now, seen="hold"):
    choose_policy(digest, policy, editor, seen, now)


def test_an_editors_choice_for_one_digest_takes_the_settings_place(editor, policy):
    policy("hold")
    digest, other = make_clean(), make_clean(day=DAY + dt.timedelta(days=1))
    chosen(digest, "titles", editor, at(7))
    assert (policy_of(digest), policy_of(other)) == ("titles", "hold")
    decide_overdue(at(8))
    digest.refresh_from_db()
    assert shown(digest)["policy"] == "titles" and digest.approved_by.username == SYSTEM_USER
    assert not any(section["summaries"] for section in shown(digest)["sections"])


def test_what_the_setting_would_send_an_editor_can_hold(editor, policy):
    policy("send")
    digest = make_clean()
    chosen(digest, "hold", editor, at(7), seen="send")
    decide_overdue(at(8))
    assert status(digest) == Digest.Status.DRAFT
    assert (DAY, "held:daily") in told()


def test_a_choice_is_noted_once_with_what_it_was(editor):
    digest = make_clean()
    chosen(digest, "send", editor, at(7))
    chosen(digest, "send", editor, at(7), seen="send")
    (line,) = AuditLine.objects.filter(act="policy")
    assert (line.who, line.facts) == ("editor", {"before": "hold", "after": "send"})


@pytest.mark.parametrize(
    ("fields", "hour", "asked", "seen"),
    [
        ({}, 8, "titles", "hold"),
        ({}, 7, "titles", "send"),
        ({}, 7, "anything", "hold"),
        ({"is_sample": True}, 7, "titles", "hold"),
        ({"status": "building"}, 7, "titles", "hold"),
    ],
    ids=["after the deadline", "another was chosen", "no policy", "sample", "no draft"],
)
def test_what_cannot_be_chosen_changes_nothing(editor, fields, hour, asked, seen):
    digest = make_clean(**fields)
    with pytest.raises(NotApproved):
        chosen(digest, asked, editor, at(hour), seen)
    assert not PolicyChoice.objects.exists() and not AuditLine.objects.filter(act="policy").exists()


def test_where_two_are_needed_one_alone_has_nothing_more_sent(editor, settings, policy):
    settings.APPROVALS_NEEDED = 2
    digest = make_clean()
    for asked in ("send", "titles"):
        with pytest.raises(NotApproved):
            chosen(digest, asked, editor, at(7))
    policy("send")
    chosen(digest, "hold", editor, at(7), seen="send")
    chosen(digest, "send", editor, at(7))
    assert policy_of(digest) == "send", "the setting's own can be gone back to"


def test_who_may_not_approve_chooses_nothing(editor):
    digest = make_clean()
    editor.groups.clear()
    with pytest.raises(NotApproved):
        chosen(digest, "send", editor, at(7))


def test_the_reminder_says_what_was_chosen(editor):
    digest = make_clean()
    chosen(digest, "titles", editor, at(6))
    decide_overdue(at(7))
    words = " ".join(mail.outbox[0].body.split())
    assert "08:00" in words and "제목과 링크" in words and "누군가 승인하기 전에는" not in words
