"""The weekly digest: the week's best out of what was approved day by day."""

import datetime as dt

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from digests.build import NoDigest
from digests.content import path_of, shown, snapshot
from digests.due import build_due_weekly
from digests.editions import WEEKLY_PAPERS, edition_content, edition_key, edition_number
from digests.models import Consideration, Digest, Entry, Paper
from digests.rendering import Links, render_edition
from digests.week import dailies_before, latest_weekly_day
from digests.weekly import PAPERS_A_SECTION, Candidate, build_weekly, rank
from tests.factories import make_approved, make_approved_weekly, make_digest, make_week

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2024, 11, 25)
FRIDAY = dt.date(2024, 11, 22)
LINKS = Links(unsubscribe="https://x.invalid/u", preferences="https://x.invalid/p", archive="https://x.invalid/a")


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr("digests.weekly.draw_charts", lambda digest: None)


def papers_of(content):
    return [paper["id"] for section in content["sections"] for paper in section["papers"]]


def candidate(number, slug="llm", score=1.0, place=0, day=FRIDAY):
    return Candidate(f"2411.{number:05d}", slug, score, None, place, day)


# ---- choosing


def test_the_best_of_the_week_come_first_and_no_section_takes_more_than_its_share():
    many = [candidate(n, score=n) for n in range(40)] + [candidate(90, "audio", score=0.5)]
    best = rank(many)
    assert [each.score for each in best[:3]] == [39, 38, 37]
    assert len(best) == PAPERS_A_SECTION + 1
    assert best[-1].slug == "audio"


def test_the_order_does_not_depend_on_the_order_of_asking():
    many = [candidate(n, score=n % 3, place=n % 2, day=FRIDAY + dt.timedelta(days=n % 5)) for n in range(20)]
    assert rank(many) == rank(reversed(many))


@pytest.mark.parametrize(
    ("today", "weekday", "day"),
    [(MONDAY, 0, MONDAY), (MONDAY, 6, dt.date(2024, 11, 24)), (FRIDAY, 0, dt.date(2024, 11, 18))],
)
def test_the_weekly_day_is_the_latest_of_its_name(today, weekday, day):
    assert latest_weekly_day(today, weekday) == day


# ---- building


def test_a_week_of_digests_becomes_one_draft_in_the_words_that_were_approved():
    make_week()
    paper = Paper.objects.get(entries__section__digest__day=FRIDAY, category__slug="llm")
    Consideration.objects.create(day=FRIDAY, paper=paper, is_chosen=True, score=99, reason="")
    Paper.objects.filter(pk=paper.pk).update(abstract="Changed since")
    digest = build_weekly(MONDAY).digest
    content = snapshot(digest)
    assert digest.status == Digest.Status.DRAFT
    assert len(papers_of(content)) == 14
    assert content["days"] == [f"2024-11-{day}" for day in range(18, 25)]
    first = content["sections"][0]
    assert (first["slug"], first["papers"][0]["id"], first["papers"][0]["rank"]) == ("llm", paper.arxiv_id, 0)
    said = first["summaries"]["ko"]["parts"]["key_points"][0]
    assert (said["text"], said["papers"]) == ("llm 논문을 소개한다: key_points", [paper.arxiv_id])
    assert {share["slug"]: share["papers"] for share in content["distribution"]} == {"llm": 7, "computer-vision": 7}


def test_building_again_changes_nothing():
    make_week(days=2)
    first = snapshot(build_weekly(MONDAY).digest)
    assert snapshot(build_weekly(MONDAY).digest) == first
    assert Entry.objects.filter(kind="weekly").count() == 4


def test_a_paper_is_in_one_weekly_digest_at_most():
    make_week(days=1)
    digest = build_weekly(MONDAY).digest
    entry = Entry.objects.filter(section__digest=digest).first()
    other = make_digest(day=FRIDAY, sections=["audio"]).sections.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(section=other, paper=entry.paper, kind="weekly", position=1)


def test_what_was_approved_too_late_for_its_week_is_in_the_next():
    with time_machine.travel("2024-11-25T00:00:00Z"):
        make_week(days=3)
        build_weekly(MONDAY)
    with time_machine.travel("2024-11-25T03:00:00Z"):
        late = make_approved(day=dt.date(2024, 11, 24))
    assert dailies_before(MONDAY + dt.timedelta(days=7)) == [late]


def test_drafts_and_samples_are_not_in_it_and_drafts_are_named():
    make_week(days=1)
    make_digest(day=FRIDAY)
    make_approved(day=dt.date(2024, 11, 21), is_sample=True)
    digest = build_weekly(MONDAY).digest
    assert snapshot(digest)["days"] == ["2024-11-18"]
    assert digest.notes == ["The daily digest of 2024-11-22 is not approved and therefore not in this one."]


def test_a_week_without_digests_has_none_and_leaves_nothing():
    with pytest.raises(NoDigest) as said:
        build_weekly(MONDAY)
    assert said.value.state == "quiet"
    assert not Digest.objects.exists()


def test_the_command_says_so_and_ends_with_3():
    with pytest.raises(CommandError, match="no daily digest was approved") as said:
        call_command("build_digest", kind="weekly", date=MONDAY)
    assert said.value.returncode == 3


def test_the_command_builds(capsys):
    make_week(days=2)
    call_command("build_digest", kind="weekly", date=MONDAY)
    assert "the best 4 papers of 2 daily digests" in capsys.readouterr().out
    assert Digest.objects.get(kind="weekly").status == "draft"


@pytest.mark.parametrize(
    ("moment", "is_built"),
    [
        ("2024-11-24T23:59:00+09:00", False),
        ("2024-11-25T04:59:00+09:00", False),
        ("2024-11-25T05:00:00+09:00", True),
        ("2024-11-28T12:00:00+09:00", True),
        ("2024-11-29T12:00:00+09:00", False),
    ],
)
def test_the_clock_builds_it_on_its_day_or_catches_up(moment, is_built):
    make_week(days=2)
    with time_machine.travel(dt.datetime.fromisoformat(moment), tick=False):
        build_due_weekly()
        build_due_weekly()
    assert Digest.objects.filter(kind="weekly").exists() is is_built


# ---- a reader's share


def weekly_content(papers):
    """A weekly digest with so many papers a section, ranked in turn; papers come from two days."""
    sections = []
    for bit, (slug, many) in enumerate(papers.items()):
        rows = [
            {"id": f"{slug}-{n}", "rank": n * len(papers) + bit, "day": f"2024-11-{18 + n % 2}"} for n in range(many)
        ]
        said = [{"text": row["id"], "papers": [row["id"], "elsewhere"]} for row in rows]
        summary = {"parts": {"key_points": said, "impact": []}, "one_liners": said, "limits": []}
        sections.append({"slug": slug, "bit": bit, "papers": rows, "summaries": {"ko": summary}})
    return {"kind": "weekly", "languages": ["ko", "en"], "days": ["2024-11-18", "2024-11-19"], "sections": sections}


def share(content, categories, known_days=0):
    key = edition_key(content, "hash", edition_number(content, "ko", categories), known_days)
    return edition_content(content, key)


def test_a_readers_share_is_the_best_of_their_categories():
    content = weekly_content({"llm": 15, "vision": 15, "audio": 15})
    everything = papers_of(share(content, 0b111))
    assert len(everything) == WEEKLY_PAPERS
    assert sorted(everything) == sorted(f"{slug}-{n}" for slug in ("llm", "vision", "audio") for n in range(5))
    assert papers_of(share(content, 0b010)) == [f"vision-{n}" for n in range(15)]


def test_every_category_keeps_its_best_paper():
    content = weekly_content({"llm": 15, "audio": 1})
    content["sections"][1]["papers"][0]["rank"] = 999
    assert papers_of(share(content, 0b11)) == [*(f"llm-{n}" for n in range(14)), "audio-0"]


def test_papers_of_days_the_reader_knows_are_left_out():
    content = weekly_content({"llm": 6})
    assert papers_of(share(content, 1, known_days=0b01)) == ["llm-1", "llm-3", "llm-5"]
    assert edition_key(content, "hash", edition_number(content, "ko", 1), 0b11).slugs == ()


def test_nothing_is_said_of_papers_that_are_not_in():
    summary = share(weekly_content({"llm": 6}), 1, known_days=0b01)["sections"][0]["summaries"]["ko"]
    assert [bullet["papers"] for bullet in summary["parts"]["key_points"]] == [["llm-1"], ["llm-3"], ["llm-5"]]
    assert [bullet["text"] for bullet in summary["one_liners"]] == ["llm-1", "llm-3", "llm-5"]


def test_the_mail_says_that_it_is_weekly():
    make_week(days=2)
    content = shown(make_approved_weekly())
    key = edition_key(content, "hash", edition_number(content, "en", 1))
    mail = render_edition(edition_content(content, key), "en", key.slugs, LINKS)
    assert mail.subject.startswith("[Weekly] Paper number")
    assert "November 18 to November 24, 2024" in mail.text
    assert "About a llm paper: key_points" in mail.text
    assert "computer-vision" not in mail.text


# ---- the archive


def test_the_weekly_digest_has_a_page_and_the_front_page_leads_to_it(client):
    make_week(days=2)
    digest = make_approved_weekly()
    assert path_of(shown(digest)) == "/weekly/2024-11-25/" == reverse("weekly", args=[MONDAY])
    page = client.get("/weekly/2024-11-25/")
    assert page.status_code == 200
    assert all(title in page.content.decode() for title in Paper.objects.values_list("title", flat=True))
    assert "/weekly/2024-11-25/" in client.get("/").content.decode()
    assert client.get("/2024-11-25/").status_code == 404


def test_a_weekly_draft_is_nobodys_to_read(client):
    make_week(days=2)
    build_weekly(MONDAY)
    assert client.get("/weekly/2024-11-25/").status_code == 404
