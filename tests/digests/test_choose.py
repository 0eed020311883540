"""Which papers go in, and why: the deciding alone, without a database."""

import datetime as dt
import itertools

import pytest

from digests.choosing.candidate import LATE_GAIN, LATE_VOTES, Candidate, Earlier, Wish, terms
from digests.choosing.choose import LEAST, LEAST_VOUCHED, MOST_LATE, choose

TITLE = "Latent consistency distillation for video diffusion transformers"
BOTH = ("deeplearn", "huggingface")


def candidate(paper_id, votes=0, sources=("huggingface",), rank=1, **more):
    return Candidate(paper_id, votes, sources, rank, **{"vouching": len(sources)} | more)


def bare(paper_id, **more):
    """A paper that only arXiv's feed lists."""
    return candidate(paper_id, 0, ("arxiv",), vouching=0, **more)


def ids(choices):
    return [choice.paper_id for choice in choices if choice.is_chosen]


def reason(choices, paper_id):
    return next(choice.reason for choice in choices if choice.paper_id == paper_id)


# ---- ranking


def test_votes_decide_and_a_second_source_counts_for_ten_of_them():
    found = [candidate(1, 12), candidate(2, 5, BOTH), candidate(3, 14), candidate(4, 6, BOTH)]
    assert ids(choose(found, 10)) == [4, 2, 3, 1]


def test_arxivs_feed_vouches_for_nothing():
    found = [candidate(1, 12), candidate(2, 11, ("arxiv", "huggingface"), vouching=1)]
    assert ids(choose(found, 10)) == [1, 2]


def test_without_votes_the_place_in_the_list_decides():
    assert ids(choose([candidate(1, rank=9), candidate(2, rank=3)], 10)) == [2, 1]


def test_votes_are_worth_less_the_longer_they_took():
    assert ids(choose([candidate(1, 30, age=4), candidate(2, 20)], 10)) == [2, 1]


def test_the_choice_is_the_same_whatever_order_candidates_come_in():
    found = [candidate(1, 5), candidate(2, 5), candidate(3, 4), candidate(4, 5, BOTH)]
    chosen = {tuple(choose(order, 3)) for order in itertools.permutations(found)}
    assert len(chosen) == 1
    assert ids(chosen.pop()) == [4, 1, 2]


# ---- threshold and caps


def test_no_more_than_the_most_are_chosen():
    choices = choose([candidate(n, 9) for n in range(50)], 7)
    assert len(ids(choices)) == 7
    assert reason(choices, 49) == "7 better ones fill the digest (9 votes, listed by huggingface (rank 1))"
    assert choose([], 7) == []


def test_below_the_threshold_papers_come_in_only_while_there_are_few():
    strong = [candidate(n, 20) for n in range(LEAST_VOUCHED - 2)]
    weak = [candidate(100 + n, 1) for n in range(5)]
    choices = choose(strong + weak, 30)
    assert len(ids(choices)) == LEAST_VOUCHED
    assert reason(choices, 104).startswith("below the threshold (1 vote, ")


def test_a_good_day_has_more_papers_than_a_bad_one():
    assert len(ids(choose([candidate(n, 20) for n in range(25)], 30))) == 25
    assert len(ids(choose([candidate(n, 1) for n in range(25)], 30))) == LEAST_VOUCHED


def test_papers_that_nobody_vouches_for_fill_a_poor_day_and_no_other():
    choices = choose([candidate(1, 9), *(bare(10 + n, rank=n) for n in range(8))], 30)
    assert ids(choices) == [1, 10, 11, 12, 13]
    assert reason(choices, 14) == "nobody vouches for it (listed by arxiv (rank 4))"
    assert ids(choose([*(candidate(n, 9) for n in range(LEAST)), bare(10)], 30)) == list(range(LEAST))


def test_one_kind_of_paper_does_not_fill_the_digest():
    found = [candidate(n, 30 - n, category="llm") for n in range(10)]
    found += [candidate(100 + n, 20 - n, category="robotics") for n in range(3)]
    assert {100, 101} <= set(ids(choose(found, 8)))


# ---- novelty


def earlier(title, arxiv_id="2411.00009"):
    return Earlier(arxiv_id, dt.date(2024, 11, 20), terms(title))


def test_a_paper_with_the_title_of_an_earlier_one_is_passed_over():
    choices = choose([candidate(1, 90, title=TITLE, arxiv_id="2411.00001")], 10, earlier=[earlier(TITLE.upper() + "!")])
    assert ids(choices) == []
    assert reason(choices, 1).startswith("nearly the same title as 2411.00009 of 2024-11-20 (90 votes")


def test_a_paper_that_resembles_an_earlier_one_counts_less_and_says_so():
    alike = "Latent consistency distillation for audio diffusion models"
    choices = choose([candidate(1, 12, title=TITLE), candidate(2, 10)], 10, earlier=[earlier(alike)])
    assert ids(choices) == [2, 1]
    assert "resembles 2411.00009 of 2024-11-20" in reason(choices, 1)


def test_of_two_papers_of_today_with_one_title_the_better_is_chosen():
    found = [candidate(1, 5, title=TITLE, arxiv_id="2411.00001"), candidate(2, 9, title=TITLE, arxiv_id="2411.00002")]
    choices = choose(found, 10)
    assert ids(choices) == [2]
    assert reason(choices, 1).startswith("nearly the same title as 2411.00002 of today")


def test_titles_of_few_words_resemble_nothing():
    assert ids(choose([candidate(1, 9, title="On scaling")], 10, earlier=[earlier("On scaling")])) == [1]


def test_a_paper_does_not_resemble_itself():
    assert ids(choose([candidate(1, 9, title=TITLE, arxiv_id="2411.00009")], 10, earlier=[earlier(TITLE)])) == [1]


# ---- what editors wish


def test_a_keyword_pushes_up_by_its_points_and_says_so():
    found = [candidate(1, 12), candidate(2, 5, title="Watermarks for speech")]
    choices = choose(found, 10, [Wish("keyword", "watermarks", "boost", 20)])
    assert ids(choices) == [2, 1]
    assert "+20 for “watermarks”" in reason(choices, 2)


@pytest.mark.parametrize(
    ("text", "meets"),
    [
        ("LLM", True),
        ("llm agents", True),
        ("agent", False),  # a part of a word
        ("gpt-4", True),
        ("(draft)", True),
        ("llm.agents", False),  # a dot is a dot
        ("거대 언어", True),
    ],
)
def test_a_keyword_is_found_as_whole_words_in_title_and_abstract(text, meets):
    paper = candidate(1, title="LLM agents (draft)", abstract="We compare GPT-4. 거대 언어 모델.")
    assert Wish("keyword", text, "boost", 1).meets(paper) == meets


def test_an_author_is_found_by_name():
    paper = candidate(1, title="By Ada", authors=("Ada Example", "Bo Sample"))
    assert Wish("author", "ada example", "boost", 1).meets(paper)
    assert Wish("author", "Example", "boost", 1).meets(paper)
    assert not Wish("author", "By", "boost", 1).meets(paper)


def test_what_an_editor_keeps_out_stays_out_whatever_it_is_worth():
    wishes = [Wish("keyword", "casino", "block"), Wish("paper", "2411.00001", "boost", 20)]
    choices = choose([candidate(1, 99, title="Casino odds", arxiv_id="2411.00001")], 10, wishes)
    assert ids(choices) == []
    assert reason(choices, 1).startswith("kept out by the rule “casino”")


def test_a_paper_nobody_vouches_for_comes_in_when_a_rule_pushes_it():
    found = [*(candidate(n, 9) for n in range(12)), bare(50, title="Watermarks")]
    assert 50 in ids(choose(found, 30, [Wish("keyword", "watermarks", "boost", 20)]))


def test_a_withdrawn_paper_is_chosen_only_when_an_editor_insists():
    withdrawn = candidate(1, 99, is_withdrawn=True, arxiv_id="2411.00001")
    assert reason(choose([withdrawn], 10), 1).startswith("withdrawn by its authors")
    assert ids(choose([withdrawn], 10, [Wish("keyword", "x", "boost", 50)])) == []
    assert ids(choose([withdrawn], 10, [Wish("paper", "2411.00001", "boost", 1)])) == [1]


def test_an_editors_paper_comes_in_ahead_of_a_full_digest():
    found = [*(candidate(n, 50) for n in range(10)), candidate(99, 0, arxiv_id="2411.00099")]
    assert 99 in ids(choose(found, 5, [Wish("paper", "2411.00099", "boost", 1)]))


# ---- late risers


def late(paper_id, votes, votes_then, **more):
    return candidate(paper_id, votes, votes_then=votes_then, **{"is_today": False, "age": 2} | more)


def test_a_paper_that_was_passed_over_and_rose_comes_back_as_a_late_riser():
    [choice] = choose([late(1, 45, 5)], 10)
    assert (choice.is_chosen, choice.is_late) == (True, True)
    assert (
        choice.reason
        == "#1: late riser, had 5 when it was passed over, 45 votes in 2 days, listed by huggingface (rank 1)"
    )


@pytest.mark.parametrize(
    ("votes", "votes_then"), [(LATE_VOTES - 1, 0), (LATE_VOTES + 50, LATE_VOTES + 51 - LATE_GAIN), (0, 0)]
)
def test_a_paper_that_was_passed_over_and_did_not_rise_is_not_looked_at_again(votes, votes_then):
    assert choose([late(1, votes, votes_then)], 10) == []


def test_a_paper_that_nobody_looked_at_yet_is_no_late_riser():
    [choice] = choose([candidate(1, 3, is_today=False, age=1)], 10)
    assert (choice.is_chosen, choice.is_late) == (True, False)


def test_a_paper_of_todays_lists_that_was_passed_over_before_competes_like_any_other():
    [choice] = choose([late(1, 6, 5, is_today=True)], 10)
    assert (choice.is_chosen, choice.is_late) == (True, False)
    assert choice.reason.startswith("#1: passed over before, 6 votes in 2 days")


def test_late_risers_do_not_crowd_out_the_day():
    choices = choose([*(late(n, 90 - n, 1) for n in range(6)), candidate(50, 9)], 30)
    assert ids(choices) == [0, 1, 2, 50][:MOST_LATE] + [50]
    assert reason(choices, 5).startswith("3 better late risers are in")


# ---- reasons


def test_the_reason_says_place_votes_lists_and_rank():
    first, second = choose([candidate(1, 9, BOTH, 2), candidate(2, rank=4)], 5)
    assert (first.votes, first.reason) == (9, "#1: 9 votes, listed by deeplearn, huggingface (rank 2)")
    assert (second.votes, second.reason) == (None, "#2: listed by huggingface (rank 4)")


def test_a_reason_fits_its_column_however_many_rules_meet():
    wishes = [Wish("keyword", f"{'long ' * 20}word{n}", "boost", 1) for n in range(9)]
    [choice] = choose([candidate(1, 9, abstract=" ".join(wish.text for wish in wishes))], 5, wishes)
    assert len(choice.reason) == 200
    assert choice.reason.endswith("…")
