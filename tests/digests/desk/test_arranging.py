"""Which papers a draft has, and in what order: every button of the review page."""

import datetime as dt

import pytest

from digests.choosing.select import candidates
from digests.classify import _corrections
from digests.content import snapshot
from digests.models import Category, Consideration, Digest, Entry, Paper, Rule, Sighting, Summary
from newsletter.models import AuditLine
from tests.factories import DAY, make_approved, make_digest, make_paper

pytestmark = pytest.mark.django_db


def with_second_paper(desk, **fields):
    """A second paper in the draft's first section, added as an editor would."""
    paper = make_paper("llm", title="A second paper on grounding", **fields)
    desk.press("add", new_paper=paper.arxiv_id)
    return Entry.objects.get(paper=paper)


def first_entry(desk):
    return desk.digest.sections.first().entries.first()


def said_of(desk, language="en"):
    """Every bullet of the digest with its section's slug."""
    content = snapshot(desk.digest)
    return [
        (section["slug"], part, bullet)
        for section in content["sections"]
        for part, bullets in section["summaries"][language]["parts"].items()
        for bullet in bullets
    ]


def test_a_paper_is_added_by_its_address_and_has_words_in_both_languages(desk):
    entry = with_second_paper(desk)
    assert (entry.section.category.slug, entry.kind, entry.reason) == ("llm", "daily", "added by an editor")
    for summary in entry.section.summaries.all():
        points = [bullet["papers"] for bullet in summary.parts["key_points"]]
        assert [entry.paper.arxiv_id] in points and len(points) == 2
        assert len(summary.limits) == len(summary.one_liners) == 2


@pytest.mark.parametrize(
    "text", ["", "no id", "https://evil.example/2411.00001", "2411.1", "../2411.00001", "2499.00001"]
)
def test_what_is_no_arxiv_id_is_refused_in_words(desk, text):
    page = desk.press("add", new_paper=text)
    assert "https://arxiv.org/abs/2411.10958" in desk.told(page)
    assert Digest.objects.get().revision == 0


def test_an_address_names_its_paper(desk):
    paper = make_paper("llm")
    desk.press("add", new_paper=f" https://arxiv.org/pdf/{paper.arxiv_id}v2.pdf ")
    assert Entry.objects.filter(paper=paper, section__digest=desk.digest).exists()


def test_a_withdrawn_paper_is_refused(desk):
    paper = make_paper("llm", is_withdrawn=True)
    assert paper.arxiv_id in desk.told(desk.press("add", new_paper=paper.arxiv_id))
    assert not paper.entries.exists()


def test_a_weekly_digest_takes_no_paper_of_its_own(desk):
    Digest.objects.update(kind="weekly")
    desk.press("add", new_paper=make_paper("llm").arxiv_id)
    assert Entry.objects.count() == 2


def test_a_paper_that_readers_had_is_refused_with_the_day(desk):
    had = make_digest(day=dt.date(2024, 11, 20)).sections.first().entries.first().paper
    page = desk.press("add", new_paper=had.arxiv_id)
    assert "2024-11-20" in desk.told(page)
    assert desk.titles() == [[first_entry(desk).paper.title], [desk.digest.sections.last().entries.get().paper.title]]


def test_a_paper_that_is_there_is_refused(desk):
    page = desk.press("add", new_paper=first_entry(desk).paper.arxiv_id)
    assert str(desk.digest.sections.first().category) in desk.told(page) and Digest.objects.get().revision == 0


def test_a_moved_paper_takes_its_words_along_and_teaches_the_classifier(desk):
    entry = with_second_paper(desk)
    told = [bullet["text"] for _slug, _part, bullet in said_of(desk) if bullet["papers"] == [entry.paper.arxiv_id]]
    desk.press(f"move-{entry.pk}", **{f"category-{entry.pk}": "computer-vision"})
    there = [bullet["text"] for slug, _part, bullet in said_of(desk) if slug == "computer-vision"]
    left = [bullet["text"] for slug, _part, bullet in said_of(desk) if slug == "llm"]
    assert told and set(told) <= set(there) and not set(told) & set(left)
    paper = Paper.objects.get(pk=entry.paper_id)
    assert (paper.category.slug, paper.decided_by, paper.confidence) == ("computer-vision", "editor", 1.0)
    assert [each.title for each in _corrections()] == [paper.title]


def test_the_last_paper_of_a_section_takes_the_section_with_it_into_a_new_one(desk):
    entry = first_entry(desk)
    desk.press(f"move-{entry.pk}", **{f"category-{entry.pk}": "security"})
    assert [section.category.slug for section in desk.digest.sections.all()] == ["computer-vision", "security"]
    section = desk.digest.sections.get(category__slug="security")
    assert {summary.language for summary in section.summaries.all()} == {"ko", "en"}
    assert "About a llm paper: key_points" in str(section.summaries.get(language="en").parts["key_points"])


@pytest.mark.parametrize("slug", ["", "llm", "no-such", "retired"])
def test_a_paper_moves_only_to_another_category_in_use(desk, slug):
    Category.objects.create(slug="retired", emoji="x", name_ko="x", name_en="x", is_active=False)
    entry = first_entry(desk)
    desk.press(f"move-{entry.pk}", **{f"category-{entry.pk}": slug})
    assert Entry.objects.get(pk=entry.pk).section.category.slug == "llm" and Digest.objects.get().revision == 0


def test_papers_change_places_and_their_lines_go_with_them(desk):
    second = with_second_paper(desk)
    first = first_entry(desk)
    desk.press(f"up-{second.pk}")
    assert desk.titles()[0] == [second.paper.title, first.paper.title]
    summary = Summary.objects.get(section=second.section, language="en")
    order = [[second.paper.arxiv_id], [first.paper.arxiv_id]]
    for lines in (summary.parts["key_points"], summary.limits, summary.one_liners):
        assert [line["papers"] for line in lines] == order
    desk.press(f"down-{second.pk}")
    assert desk.titles()[0] == [first.paper.title, second.paper.title]


def test_the_first_goes_no_higher(desk):
    before = desk.titles()
    desk.press(f"up-{first_entry(desk).pk}")
    assert desk.titles() == before and Digest.objects.get().revision == 0


def test_sections_change_places(desk):
    second = desk.digest.sections.last()
    desk.press(f"section-up-{second.pk}")
    assert [section.category.slug for section in desk.digest.sections.all()] == ["computer-vision", "llm"]


def test_a_paper_held_back_is_up_again_tomorrow_though_it_did_not_rise(desk):
    entry = with_second_paper(desk)
    Sighting.objects.create(paper=entry.paper, source="huggingface", day=DAY, rank=3, votes=4)
    Consideration.objects.create(day=DAY, paper=entry.paper, is_chosen=True, score=4, votes=4, reason="#2")
    desk.press(f"hold-{entry.pk}")
    assert entry.paper.title not in str(desk.titles()) and entry.paper.arxiv_id not in str(said_of(desk))
    up = [each for each in candidates(DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=1))]
    assert [(each.arxiv_id, each.votes_then) for each in up] == [(entry.paper.arxiv_id, None)]
    assert entry.paper.title in [row.paper.title for row in desk.look().context["passed_over"]]


def test_a_dropped_paper_needs_a_reason_and_does_not_come_back(desk):
    entry = with_second_paper(desk)
    desk.press(f"drop-{entry.pk}", **{f"reason-{entry.pk}": "  "})
    assert Entry.objects.filter(pk=entry.pk).exists()
    desk.press(f"drop-{entry.pk}", **{f"reason-{entry.pk}": "an advertisement"})
    assert not Entry.objects.filter(pk=entry.pk).exists()
    rule = Rule.objects.get()
    assert (rule.kind, rule.text, rule.effect) == ("paper", entry.paper.arxiv_id, "block")
    page = desk.press("add", new_paper=entry.paper.arxiv_id)
    assert entry.paper.title not in str(desk.titles()) and entry.paper.arxiv_id in desk.told(page)
    assert AuditLine.objects.filter(facts__what="dropped").get().facts["after"] == "an advertisement"


def test_each_act_takes_the_approval_back(desk):
    second = with_second_paper(desk)
    digest = make_approved(day=dt.date(2024, 11, 25))
    desk.digest, desk.address = digest, desk.address.replace(f"/{desk.digest.pk}/", f"/{digest.pk}/")
    desk.press(f"section-down-{digest.sections.first().pk}")
    digest.refresh_from_db()
    assert (digest.status, digest.content_hash, digest.revision) == (Digest.Status.DRAFT, "", 1)
    assert second.pk


def test_a_button_saves_the_words_as_well(desk):
    entry, summary = first_entry(desk), Summary.objects.filter(language="en").first()
    section = desk.digest.sections.last()
    desk.press(f"section-up-{section.pk}", **{f"s{summary.pk}-impact-0": "A better sentence."})
    summary.refresh_from_db()
    assert summary.parts["impact"][0]["text"] == "A better sentence." and entry.pk
    assert Digest.objects.get().revision == 1


def test_a_refused_act_saves_no_words_and_loses_none(desk):
    summary = Summary.objects.filter(language="en").first()
    page = desk.press("add", new_paper="nonsense", **{f"s{summary.pk}-impact-0": "A better sentence."})
    assert "A better sentence." in page.content.decode() and "nonsense" in page.content.decode()
    summary.refresh_from_db()
    assert summary.edited_by is None


@pytest.mark.parametrize(
    "act", ["up-999999", "move-999999", "hold-999999", "drop-999999", "section-up-999999", "explode", "up-x"]
)
def test_a_row_that_is_gone_or_a_button_that_is_none_changes_nothing(desk, act):
    assert desk.press(act, **{"reason-999999": "why"}).status_code == 200
    assert Digest.objects.get().revision == 0


def test_a_paper_of_another_digest_cannot_be_touched_from_here(desk):
    other = make_digest(day=dt.date(2024, 11, 25)).sections.first().entries.get()
    desk.press(f"hold-{other.pk}")
    assert Entry.objects.filter(pk=other.pk).exists()


def test_the_second_of_two_tabs_is_told(desk):
    entry, sent = with_second_paper(desk), desk.shown()
    desk.press(f"up-{entry.pk}", sent)
    before = desk.titles()
    page = desk.press(f"up-{entry.pk}", sent)
    assert desk.titles() == before and Digest.objects.get().revision == 2
    assert page.status_code == 409


def test_every_act_is_in_the_history_with_its_revision(desk):
    entry = with_second_paper(desk)
    desk.press(f"move-{entry.pk}", **{f"category-{entry.pk}": "computer-vision"})
    lines = AuditLine.objects.filter(about_type="digests.digest", about_id=str(desk.digest.pk)).order_by("pk")
    told = [(line.facts["what"], line.facts["revision"], line.who) for line in lines]
    assert told == [("added", 1, "editor"), ("moved", 2, "editor")]


def test_without_the_right_to_edit_no_button_works(client):
    from tests.digests.desk.conftest import Desk
    from tests.factories import make_staff

    client.force_login(make_staff("viewer", "viewer"))
    desk = Desk(client, make_digest())
    page = desk.look()
    assert page.status_code == 200 and "desk-save" not in page.content.decode()
    assert desk.press(f"hold-{first_entry(desk).pk}").status_code == 403
    assert Entry.objects.count() == 2
