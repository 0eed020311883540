"""Which papers are up for a day, and what is stored of the choice."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from digests.choosing.select import candidates, select_papers
from digests.models import Consideration, Digest, Entry, Rule, Section, Sighting
from tests.factories import DAY, make_digest, make_paper

pytestmark = pytest.mark.django_db


def see(paper, votes=None, source="huggingface", rank=1, day=DAY):
    return Sighting.objects.create(paper=paper, source=source, day=day, rank=rank, votes=votes)


def test_sightings_of_a_paper_make_one_candidate_with_its_best():
    paper = make_paper()
    see(paper, 7, "huggingface", 4)
    see(paper, None, "deeplearn", 2)
    see(paper, None, "arxiv", 9)
    [found] = candidates(DAY, DAY)
    assert (found.paper_id, found.votes, found.best_rank) == (paper.pk, 7, 2)
    assert (found.sources, found.vouching) == (("arxiv", "deeplearn", "huggingface"), 2)
    assert (found.is_today, found.age, found.votes_then, found.category) == (True, 0, None, "llm")


def test_papers_stay_up_for_a_week_and_never_come_from_a_later_day():
    for days_ago in (-1, 0, 7, 8):
        see(make_paper(title=f"Seen {days_ago} days ago"), day=DAY - dt.timedelta(days=days_ago))
    found = candidates(DAY, DAY)
    assert [(each.title, each.is_today, each.age) for each in found] == [
        ("Seen 0 days ago", True, 0),
        ("Seen 7 days ago", False, 7),
    ]


def test_the_lists_of_another_day_than_the_digests_own_can_be_its_source():
    paper = make_paper()
    see(paper, day=DAY - dt.timedelta(days=1))
    [found] = candidates(DAY, DAY - dt.timedelta(days=1))
    assert found.is_today
    assert [choice.paper_id for choice in select_papers(DAY, DAY - dt.timedelta(days=1))] == [paper.pk]


def test_age_counts_from_when_people_first_listed_a_paper():
    paper = make_paper()
    see(paper, None, "arxiv", day=DAY - dt.timedelta(days=3))
    see(paper, 4, day=DAY - dt.timedelta(days=1))
    assert candidates(DAY, DAY)[0].age == 1


def test_why_each_paper_was_chosen_or_passed_over_is_stored(settings):
    settings.DIGEST_MAX_PAPERS = 1
    best, second = make_paper(), make_paper()
    see(best, 9)
    see(second, 8)
    for _ in range(2):
        select_papers(DAY, DAY)
    rows = Consideration.objects.values_list("paper", "is_chosen", "votes", "reason")
    assert list(rows) == [
        (best.pk, True, 9, "#1: 9 votes, listed by huggingface (rank 1)"),
        (second.pk, False, 8, "1 better ones fill the digest (8 votes, listed by huggingface (rank 1))"),
    ]


def test_a_paper_that_was_passed_over_comes_back_when_it_rises(settings):
    settings.DIGEST_MAX_PAPERS = 1
    best, second = make_paper(), make_paper()
    see(best, 30)
    seen = see(second, 8)
    select_papers(DAY, DAY)
    next_day = DAY + dt.timedelta(days=3)
    best.sightings.all().delete()
    assert select_papers(next_day, next_day) == []
    seen.votes = 40
    seen.save()
    [choice] = select_papers(next_day, next_day)
    assert (choice.paper_id, choice.is_late) == (second.pk, True)


def test_a_paper_that_only_the_feed_had_listed_is_no_late_riser_when_people_list_it(settings):
    settings.DIGEST_MAX_PAPERS = 1
    see(make_paper(), 30)
    paper = make_paper()
    see(paper, None, "arxiv")
    select_papers(DAY, DAY)
    next_day = DAY + dt.timedelta(days=3)
    see(paper, 40, day=next_day)
    found = {each.paper_id: each for each in candidates(next_day, next_day)}
    assert found[paper.pk].votes_then is None


def test_a_paper_chosen_for_a_digest_that_was_never_drafted_was_not_passed_over():
    see(make_paper(), 3)
    select_papers(DAY, DAY)
    assert candidates(DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=1))[0].votes_then is None


def test_a_paper_with_the_title_of_one_that_readers_had_is_passed_over():
    title = "Latent consistency distillation for video diffusion transformers"
    had = make_digest(day=DAY - dt.timedelta(days=20), sections=["llm"]).sections.get().entries.get().paper
    had.title = title
    had.save()
    see(make_paper(title=title), 50)
    assert select_papers(DAY, DAY) == []


def test_rules_in_use_count_and_others_do_not():
    first, second = make_paper(title="On watermarks"), make_paper()
    see(first, 3)
    see(second, 9)
    rule = Rule.objects.create(text="watermarks", points=20)
    assert [choice.paper_id for choice in select_papers(DAY, DAY)] == [first.pk, second.pk]
    rule.is_active = False
    rule.save()
    assert [choice.paper_id for choice in select_papers(DAY, DAY)] == [second.pk, first.pk]


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("keyword", "  large   models ", "large models"),
        ("paper", "https://arxiv.org/abs/2411.10958v2", "2411.10958"),
        ("author", "Ada Example", "Ada Example"),
    ],
)
def test_a_rule_is_kept_in_the_form_that_is_compared(kind, text, kept):
    rule = Rule(kind=kind, text=text)
    rule.full_clean()
    assert rule.text == kept


@pytest.mark.parametrize(("kind", "text"), [("paper", "the best one"), ("keyword", "?!"), ("author", " - ")])
def test_a_rule_that_could_meet_nothing_is_refused(kind, text):
    with pytest.raises(ValidationError):
        Rule(kind=kind, text=text).full_clean()


@pytest.mark.parametrize("status", ["building", "draft", "discarded"])
def test_a_paper_of_an_earlier_digest_does_not_come_again(status):
    digest = make_digest(day=DAY - dt.timedelta(days=1), sections=["llm"], status=status)
    see(digest.sections.get().entries.get().paper, votes=99)
    fresh = make_paper()
    see(fresh)
    assert [choice.paper_id for choice in select_papers(DAY, DAY)] == [fresh.pk]


def test_a_samples_entry_keeps_no_paper_from_its_real_day():
    paper = make_paper()
    sample = Digest.objects.create(day=DAY, is_sample=True)
    section = Section.objects.create(digest=sample, category=paper.category, position=0)
    Entry.objects.create(section=section, paper=paper, kind=Entry.SAMPLE, position=0)
    see(paper)
    assert [choice.paper_id for choice in select_papers(DAY, DAY)] == [paper.pk]


def test_a_samples_stand_in_is_never_chosen():
    see(make_paper(is_sample=True))
    assert select_papers(DAY, DAY) == []


def test_the_operator_sets_how_many_papers_a_digest_has(settings):
    settings.DIGEST_MAX_PAPERS = 2
    for votes in (1, 3, 2):
        see(make_paper(), votes)
    assert [choice.votes for choice in select_papers(DAY, DAY)] == [3, 2]
