"""What kind of day it is, from what the lists gave."""

import pytest

from digests.collecting.day_state import ListReport, judge, silence, usual
from tests.factories import DAY


def daily(listed=10, new=10, **more):
    return ListReport(listed=listed, new=new, follows_calendar=True, is_vouched=True, **more)


def feed(listed=300, new=300, **more):
    return ListReport(listed=listed, new=new, follows_calendar=True, **more)


def hot(listed=18, new=3, **more):
    return ListReport(listed=listed, new=new, is_vouched=True, **more)


DEAD = {"listed": 0, "new": 0, "failed": "It answered with status 503."}


FULL = {"daily": daily(), "feed": feed(), "hot": hot()}


def state(daily=None, feed=None, hot=None, expects_batch=True, is_patient=False, is_open=False):
    lists = {
        "huggingface": daily or FULL["daily"],
        "arxiv": feed or FULL["feed"],
        "deeplearn": hot or FULL["hot"],
    }
    return judge(lists, DAY, expects_batch, is_patient, is_open).state


def test_new_papers_make_a_fresh_day():
    assert state() == "fresh"


def test_the_same_papers_again_make_a_stalled_day():
    assert state(daily(new=0), feed(new=0), hot(new=0)) == "stalled"


def test_a_stuck_list_is_not_made_up_for_by_papers_that_nobody_vouches_for():
    assert state(daily(new=0), feed(), hot(new=0)) == "stalled"


def test_a_stuck_list_beside_new_hot_papers_leaves_a_fresh_day():
    assert state(daily(new=0), feed(new=0), hot(new=2)) == "fresh"


def test_empty_lists_are_a_failure_when_papers_were_to_be_expected():
    assert state(daily(0, 0), feed(0, 0), hot(new=0)) == "failed"


@pytest.mark.parametrize("the_hot", [hot(new=0), hot(new=3), hot(**DEAD)])
def test_empty_lists_make_a_quiet_day_when_the_calendar_expects_them(the_hot):
    assert state(daily(0, 0), feed(0, 0), the_hot, expects_batch=False) == "quiet"


def test_the_same_papers_again_on_a_day_off_are_no_news():
    assert state(daily(new=0), feed(0, 0), hot(new=0), expects_batch=False) == "quiet"


def test_new_papers_on_a_day_off_are_new_papers():
    assert state(daily(), feed(0, 0), expects_batch=False) == "fresh"


@pytest.mark.parametrize("expects_batch", [True, False])
def test_a_day_when_nothing_can_be_read_is_failed_whatever_the_calendar_says(expects_batch):
    assert state(daily(**DEAD), feed(**DEAD), hot(**DEAD), expects_batch) == "failed"


@pytest.mark.parametrize(
    ("the_daily", "the_feed", "the_hot", "expected"),
    [
        (daily(**DEAD), feed(), hot(), "fresh"),
        (daily(), feed(**DEAD), hot(), "fresh"),
        (daily(), feed(), hot(**DEAD), "fresh"),
        (daily(**DEAD), feed(), hot(**DEAD), "fresh"),
        (daily(0, 0), feed(), hot(new=0), "fresh"),  # an empty list is as good as a dead one
        (daily(**DEAD), feed(new=0), hot(new=0), "failed"),
        (daily(new=0), feed(**DEAD), hot(new=0), "failed"),
    ],
)
def test_what_one_list_lacks_another_one_may_have(the_daily, the_feed, the_hot, expected):
    assert state(the_daily, the_feed, the_hot) == expected


def test_while_there_is_time_a_day_waits_for_a_list_that_fails():
    assert state(daily(**DEAD), is_patient=True) == "waiting"
    assert state(daily(**DEAD), feed(**DEAD), hot(**DEAD), is_patient=True) == "waiting"


def test_while_there_is_time_a_day_waits_for_a_list_that_is_far_too_short():
    assert state(daily(2, 2, median=15.0), is_patient=True) == "waiting"
    assert state(daily(2, 2, median=15.0)) == "fresh"


def test_while_there_is_time_a_day_waits_for_anything_new():
    assert state(daily(new=0), feed(new=0), hot(new=0), is_patient=True) == "waiting"


def test_nobody_waits_for_hot_papers():
    assert state(hot=hot(**DEAD), is_patient=True) == "fresh"


def test_nobody_waits_on_a_day_off():
    assert state(daily(0, 0), feed(0, 0), hot(new=0), expects_batch=False, is_patient=True) == "quiet"


def test_a_list_of_a_day_that_is_not_over_may_still_fill():
    assert state(daily(0, 0), feed(0, 0), hot(new=0), is_open=True) == "waiting"
    assert state(daily(0, 0), feed(), hot(new=0), is_open=True) == "waiting"


def test_an_installation_with_the_feed_alone_lives_on_the_feed():
    assert judge({"arxiv": feed()}, DAY, True, False, False).state == "fresh"
    assert judge({"arxiv": feed(new=0)}, DAY, True, False, False).state == "stalled"


def test_an_installation_without_lists_has_failed():
    assert judge({}, DAY, True, False, False).state == "failed"


def test_every_trouble_of_a_fresh_day_is_told_to_the_editor():
    lists = {"huggingface": daily(2, 2, median=15.0), "arxiv": feed(**DEAD), "deeplearn": hot(**DEAD)}
    judgement = judge(lists, DAY, True, False, False)
    assert judgement.state == "fresh"
    assert list(judgement.troubles) == [
        "huggingface: lists 2 papers where 15 are usual.",
        "arxiv: It answered with status 503.",
    ]


def test_the_reason_of_a_failed_day_names_every_source_that_failed():
    lists = {"huggingface": daily(**DEAD), "deeplearn": hot(0, 0, failed="Its layout may have changed.")}
    why = judge(lists, DAY, True, False, False).why
    assert "huggingface: It answered with status 503." in why
    assert "deeplearn: Its layout may have changed." in why


# ---- what is usual


def told(*counts):
    return [{"huggingface": {"listed": count}} for count in counts]


def test_what_is_usual_is_the_median_of_days_with_papers():
    assert usual(told(10, 0, 12, 8, 0, 14, 40), "huggingface") == 12
    assert usual(told(10, 0, 12, 8, 0, 14, 40), "deeplearn") is None


def test_after_few_days_nothing_is_usual():
    assert usual(told(10, 12, 8, 14), "huggingface") is None


@pytest.mark.parametrize(("listed", "is_thin"), [(0, True), (4, True), (5, False), (40, False)])
def test_a_list_is_thin_when_it_falls_far_below_what_is_usual(listed, is_thin):
    assert daily(listed, median=15.0).is_thin == is_thin
    assert not daily(listed).is_thin


def test_silence_lasts_until_a_day_with_anything():
    assert silence(told(0, 0, 5, 0), "huggingface") == 2
    assert silence(told(5, 0), "huggingface") == 0
    assert silence([*told(0), {}, *told(0)], "huggingface") == 1, "a day without asking ends the count"


def test_a_report_survives_being_stored():
    report = daily(unkept=["2411.00001"], median=3.5)
    assert ListReport(**report.as_json()) == report
