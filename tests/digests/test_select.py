"""Which papers of a day go in, and why."""

import datetime as dt
import itertools

import pytest

from digests.models import Digest, Entry, Section, Sighting
from digests.select import Candidate, Choice, candidates, choose, select_papers
from tests.factories import DAY, make_digest, make_paper


def candidate(paper_id, votes=0, sources=("huggingface",), rank=1):
    return Candidate(paper_id, votes, sources, rank)


def see(paper, votes=None, source="huggingface", rank=1, day=DAY):
    return Sighting.objects.create(paper=paper, source=source, day=day, rank=rank, votes=votes)


def test_votes_decide_and_a_second_source_counts_for_ten_of_them():
    found = [
        candidate(1, 12),
        candidate(2, 5, ("deeplearn", "huggingface")),
        candidate(3, 14),
        candidate(4, 6, ("deeplearn", "huggingface")),
    ]
    assert [choice.paper_id for choice in choose(found, 10)] == [4, 2, 3, 1]


def test_without_votes_the_place_in_the_list_decides():
    assert [c.paper_id for c in choose([candidate(1, rank=9), candidate(2, rank=3)], 10)] == [2, 1]


def test_the_choice_is_the_same_whatever_order_candidates_come_in():
    found = [candidate(1, 5), candidate(2, 5), candidate(3, 4), candidate(4, 5, ("a", "b"))]
    chosen = {tuple(choose(order, 3)) for order in itertools.permutations(found)}
    assert len(chosen) == 1
    assert [choice.paper_id for choice in chosen.pop()] == [4, 1, 2]


def test_no_more_than_the_most_are_chosen():
    assert len(choose([candidate(n) for n in range(50)], 7)) == 7
    assert choose([], 7) == []


def test_the_reason_says_place_votes_lists_and_rank():
    [first, second] = choose([candidate(1, 9, ("deeplearn", "huggingface"), 2), candidate(2, rank=4)], 5)
    assert first == Choice(1, 9, "#1: 9 votes, listed by deeplearn, huggingface (rank 2)")
    assert second == Choice(2, None, "#2: listed by huggingface (rank 4)")


@pytest.mark.django_db
def test_sightings_of_a_paper_make_one_candidate_with_its_best():
    paper = make_paper()
    see(paper, 7, "huggingface", 4)
    see(paper, None, "deeplearn", 2)
    assert candidates(Sighting.objects.all()) == [Candidate(paper.pk, 7, ("deeplearn", "huggingface"), 2)]


@pytest.mark.django_db
def test_only_papers_seen_on_that_day_are_chosen():
    paper, other = make_paper(), make_paper()
    see(paper)
    see(other, day=DAY - dt.timedelta(days=1))
    assert [choice.paper_id for choice in select_papers(DAY)] == [paper.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["building", "draft", "discarded"])
def test_a_paper_of_an_earlier_digest_does_not_come_again(status):
    digest = make_digest(day=DAY - dt.timedelta(days=1), sections=["llm"], status=status)
    see(digest.sections.get().entries.get().paper, votes=99)
    fresh = make_paper()
    see(fresh)
    assert [choice.paper_id for choice in select_papers(DAY)] == [fresh.pk]


@pytest.mark.django_db
def test_a_samples_entry_keeps_no_paper_from_its_real_day():
    paper = make_paper()
    sample = Digest.objects.create(day=DAY, is_sample=True)
    section = Section.objects.create(digest=sample, category=paper.category, position=0)
    Entry.objects.create(section=section, paper=paper, kind=Entry.SAMPLE, position=0)
    see(paper)
    assert [choice.paper_id for choice in select_papers(DAY)] == [paper.pk]


@pytest.mark.django_db
def test_a_samples_stand_in_is_never_chosen():
    see(make_paper(is_sample=True))
    assert select_papers(DAY) == []


@pytest.mark.django_db
def test_the_operator_sets_how_many_papers_a_digest_has(settings):
    settings.DIGEST_MAX_PAPERS = 2
    for votes in (1, 3, 2):
        see(make_paper(), votes)
    assert [choice.votes for choice in select_papers(DAY)] == [3, 2]
