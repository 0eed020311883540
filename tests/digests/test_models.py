"""Rules that hold in the database, whoever writes and however, and the states a digest moves through."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from digests.models import Category, Chart, Digest, Entry, Paper, Section, Sighting, Summary
from digests.models.paper import HIGHEST_BIT, OTHER
from tests.factories import DAY, make_approved, make_digest, make_editor, make_paper

pytestmark = pytest.mark.django_db
NEXT_DAY = DAY + dt.timedelta(days=1)
PUBLIC = ["approved", "sending", "paused", "sent", "cancelled"]


def refused(write, *args, **kwargs):
    """Whether the database itself refuses the write."""
    try:
        with transaction.atomic():
            write(*args, **kwargs)
    except IntegrityError:
        return True
    return False


# ---- one of each


def test_a_day_has_one_digest_of_a_kind():
    Digest.objects.create(day=DAY)
    other = Digest.objects.create(day=NEXT_DAY)
    assert refused(Digest.objects.bulk_create, [Digest(day=DAY)])
    assert refused(Digest.objects.filter(pk=other.pk).update, day=DAY)
    assert not refused(Digest.objects.bulk_create, [Digest(day=DAY, kind="weekly")])
    assert refused(Digest.objects.filter(kind="weekly").update, kind="daily")
    Digest.objects.bulk_create([Digest(day=DAY, notes=["late"])], ignore_conflicts=True)
    assert Digest.objects.get(day=DAY, kind="daily").notes == []


def test_a_paper_is_in_one_daily_digest_ever():
    taken = make_digest(sections=["llm"]).sections.get().entries.get().paper
    section = make_digest(day=NEXT_DAY, sections=["llm"]).sections.get()
    assert refused(Entry.objects.bulk_create, [Entry(section=section, paper=taken, position=9)])
    assert refused(section.entries.update, paper=taken)
    Entry.objects.create(section=section, paper=taken, position=9, kind=Entry.SAMPLE)
    assert refused(Entry.objects.filter(kind=Entry.SAMPLE).update, kind="daily")


def test_a_paper_is_in_a_section_once_even_in_a_sample():
    digest = Digest.objects.create(day=DAY, is_sample=True)
    paper = make_paper()
    section = Section.objects.create(digest=digest, category=paper.category, position=0)
    twice = [Entry(section=section, paper=paper, position=n, kind=Entry.SAMPLE) for n in range(2)]
    assert refused(Entry.objects.bulk_create, twice)


def test_a_digest_has_one_section_a_category():
    digest = make_digest(sections=["llm", "audio"])
    first, second = digest.sections.all()
    assert refused(Section.objects.bulk_create, [Section(digest=digest, category=first.category, position=9)])
    assert refused(Section.objects.filter(pk=second.pk).update, category=first.category)


def test_a_section_has_one_summary_and_a_digest_one_chart_a_language():
    digest = make_digest(sections=["llm"])
    section = digest.sections.get()
    assert refused(Summary.objects.bulk_create, [Summary(section=section, language="ko", parts={})])
    assert refused(Summary.objects.filter(section=section).update, language="ko")
    charts = [Chart(digest=digest, language="ko", png=b"", sha256=str(n), width=1, height=1) for n in range(2)]
    assert refused(Chart.objects.bulk_create, charts)


def test_a_paper_is_kept_once_and_seen_once_a_day_by_a_source():
    paper = make_paper()
    assert refused(Paper.objects.bulk_create, [Paper(arxiv_id=paper.arxiv_id, title="Again")])
    Sighting.objects.create(paper=paper, source="huggingface", day=DAY, rank=1)
    later = Sighting.objects.create(paper=paper, source="huggingface", day=NEXT_DAY, rank=1)
    assert refused(Sighting.objects.bulk_create, [Sighting(paper=paper, source="huggingface", day=DAY, rank=2)])
    assert refused(Sighting.objects.filter(pk=later.pk).update, day=DAY)


def test_a_paper_in_a_digest_cannot_be_deleted():
    digest = make_digest(sections=["llm"])
    with pytest.raises(ProtectedError):
        digest.sections.get().entries.get().paper.delete()


# ---- approval


@pytest.mark.parametrize("status", PUBLIC)
def test_no_digest_is_public_without_a_name_on_it(status):
    make_digest()
    assert refused(Digest.objects.update, status=status)
    assert refused(Digest.objects.bulk_create, [Digest(day=NEXT_DAY, status=status)])


@pytest.mark.parametrize("status", PUBLIC)
@pytest.mark.parametrize("missing", ["approved_by", "approved_at", "approved_content", "content_hash"])
def test_an_approval_is_whole_and_no_part_of_it_can_be_taken_away(status, missing):
    make_approved()
    Digest.objects.update(status=status)
    assert refused(Digest.objects.update, **{missing: "" if missing == "content_hash" else None})


@pytest.mark.parametrize("status", ["building", "draft", "discarded"])
def test_what_is_not_public_needs_no_approval(status):
    make_digest()
    assert not refused(Digest.objects.update, status=status)


def test_an_editor_whose_name_is_on_a_digest_cannot_be_deleted():
    digest = make_approved()
    with pytest.raises(ProtectedError):
        digest.approved_by.delete()


def test_words_outlive_the_editor_who_wrote_them():
    make_digest(sections=["llm"])
    editor = make_editor()
    Summary.objects.update(edited_by=editor)
    editor.delete()
    assert {summary.edited_by for summary in Summary.objects.all()} == {None}


# ---- moving on

MOVES = {(since, to) for since, targets in Digest.NEXT.items() for to in targets}


def standing_at(status):
    digest = make_approved()
    Digest.objects.filter(pk=digest.pk).update(status=status)
    digest.refresh_from_db()
    return digest


@pytest.mark.parametrize("since", Digest.Status.values)
def test_a_digest_makes_the_moves_of_its_table_and_no_others(since):
    digest = standing_at(since)
    for to in Digest.Status.values:
        Digest.objects.filter(pk=digest.pk).update(status=since)
        digest.refresh_from_db()
        if (since, to) in MOVES:
            assert digest.advance(to) is True
            assert digest.status == Digest.objects.get().status == to
        else:
            with pytest.raises(ValueError, match=f"does not go from {since} to {to}"):
                digest.advance(to)
            assert Digest.objects.get().status == since


def test_the_table_of_moves_is_the_one_that_was_drawn():
    assert {(str(since), str(to)) for since, to in MOVES} == {
        ("building", "draft"),
        ("draft", "approved"),
        ("draft", "discarded"),
        ("approved", "sending"),
        ("approved", "draft"),
        ("approved", "discarded"),
        ("sending", "sent"),
        ("sending", "paused"),
        ("paused", "sending"),
        ("paused", "cancelled"),
        ("sent", "sending"),
    }


def test_of_several_who_saw_the_same_state_one_moves_the_digest():
    make_digest(status="building")
    workers = [Digest.objects.get() for _ in range(3)]
    assert [worker.advance("draft", notes=[str(n)]) for n, worker in enumerate(workers)] == [True, False, False]
    assert Digest.objects.get().notes == ["0"]


def test_a_move_that_was_too_late_changes_nothing():
    make_approved()
    late = Digest.objects.get()
    Digest.objects.update(status="paused")
    assert late.advance("sending", notes=["late"]) is False
    assert (Digest.objects.get().status, Digest.objects.get().notes) == ("paused", [])


@pytest.mark.parametrize("status", Digest.Status.values)
def test_readers_see_what_was_approved_and_editors_change_what_nobody_was_sent(status):
    digest = standing_at(status)
    assert digest.is_public == (status in PUBLIC)
    assert digest.is_editable == (status in ("draft", "approved"))


# ---- changed words


def test_a_change_takes_an_approval_back_and_counts_the_revision():
    digest = make_approved()
    digest.touch()
    row = Digest.objects.get()
    assert (row.status, row.revision, digest.status, digest.revision) == ("draft", 1, "draft", 1)
    assert (row.approved_by, row.approved_at, row.approved_content, row.content_hash) == (None, None, None, "")


def test_each_change_of_a_draft_is_a_revision():
    digest = make_digest()
    stale = Digest.objects.get()
    digest.touch()
    stale.touch()
    assert (Digest.objects.get().revision, Digest.objects.get().status) == (2, "draft")


@pytest.mark.parametrize("status", ["building", "sending", "paused", "sent", "cancelled", "discarded"])
def test_words_that_readers_may_have_do_not_change(status):
    digest = standing_at(status)
    before = Digest.objects.values().get()
    with pytest.raises(ValueError, match="can no longer change"):
        digest.touch()
    assert Digest.objects.values().get() == before


# ---- the right to build


@pytest.fixture
def building():
    return Digest.objects.create(day=DAY)


def test_a_worker_who_read_the_row_before_another_one_took_the_lease_does_not_get_it(building):
    other = Digest.objects.get()
    assert building.lease_build(600)
    assert not other.lease_build(600)


def test_a_worker_who_read_the_row_while_another_one_holds_the_lease_does_not_get_it(building):
    assert building.lease_build(600)
    assert not Digest.objects.get().lease_build(600)


def test_who_holds_the_lease_prolongs_it(building):
    with time_machine.travel("2024-11-22T05:00:00Z", tick=False):
        assert building.lease_build(600)
    with time_machine.travel("2024-11-22T05:09:00Z", tick=False):
        assert building.lease_build(600)
    assert Digest.objects.get().build_lease_until == dt.datetime(2024, 11, 22, 5, 19, tzinfo=dt.UTC)


def test_a_lease_that_ran_out_is_anybodys_and_not_its_old_holders_once_taken(building):
    other = Digest.objects.get()
    with time_machine.travel("2024-11-22T05:00:00Z", tick=False):
        assert building.lease_build(600)
    with time_machine.travel("2024-11-22T05:10:01Z", tick=False):
        assert other.lease_build(600)
        assert not building.lease_build(600)


@pytest.mark.parametrize("status", ["draft", "approved", "sending", "sent", "discarded"])
def test_what_is_built_is_not_leased(status):
    digest = standing_at(status)
    assert not digest.lease_build(600)
    assert Digest.objects.get().build_lease_until is None


# ---- categories


def test_each_category_has_a_bit_of_its_own_that_fits():
    first, second = Category.objects.all()[:2]
    assert refused(Category.objects.filter(pk=first.pk).update, bit=second.bit)
    assert refused(Category.objects.filter(pk=first.pk).update, bit=HIGHEST_BIT + 1)
    assert refused(Category.objects.filter(pk=first.pk).update, bit=-1)
    assert not refused(Category.objects.filter(pk=first.pk).update, bit=HIGHEST_BIT)


def test_a_new_category_gets_the_next_bit():
    highest = max(Category.objects.values_list("bit", flat=True))
    new = Category.objects.create(slug="new", emoji="x", name_ko="새", name_en="New")
    assert new.bit == highest + 1
    new.save()
    assert new.bit == highest + 1


def test_a_category_cannot_be_deleted_for_its_bit_would_be_given_again():
    category = Category.objects.create(slug="old", emoji="x", name_ko="옛", name_en="Old")
    with pytest.raises(ValidationError):
        category.delete()
    assert Category.objects.filter(slug="old").exists()


def test_the_list_of_categories_can_be_full():
    Category.objects.filter(slug=OTHER).update(bit=HIGHEST_BIT)
    with pytest.raises(ValidationError, match="62|full|가득"):
        Category.objects.create(slug="new", emoji="x", name_ko="새", name_en="New")


def test_other_stays_in_use():
    assert refused(Category.objects.filter(slug=OTHER).update, is_active=False)
    assert not refused(Category.objects.exclude(slug=OTHER).update, is_active=False)
    other = Category.objects.get(slug=OTHER)
    other.is_active = False
    with pytest.raises(ValidationError):
        other.clean()


def test_a_category_of_papers_cannot_be_deleted():
    paper = make_paper()
    with pytest.raises(ProtectedError):
        Category.objects.filter(pk=paper.category.pk).delete()


@pytest.mark.parametrize(("language", "name"), [("ko", "새"), ("ko-kr", "새"), ("en", "New"), ("fr", "New")])
def test_a_category_has_a_name_in_korean_and_one_for_everyone_else(language, name):
    assert Category(name_ko="새", name_en="New").name(language) == name


def test_a_sighting_is_dated_by_the_database():
    paper = make_paper()
    Sighting.objects.bulk_create([Sighting(paper=paper, source="huggingface", day=DAY, rank=1)])
    assert abs(Sighting.objects.get().seen_at - timezone.now()) < dt.timedelta(hours=1)
