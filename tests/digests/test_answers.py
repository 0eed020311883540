"""Answers as rows: nothing is paid for twice, nobody spends more than the day's budget, and old answers are forgotten."""

import datetime as dt
import json
import threading
from decimal import Decimal

import pytest
from django.utils import timezone
from pydantic import BaseModel

from digests.llm import CompletionFailed, Conversation, OverBudget, Question, answers, budget
from digests.models import Answer
from digests.tasks import tick
from tests.factories import make_digest
from tests.fakes import SILENCE, completion

pytestmark = pytest.mark.django_db


class Weather(BaseModel):
    """An answer."""

    town: str
    degrees: list[float]


GOOD = {"town": "Seoul", "degrees": [3.5]}


@pytest.fixture
def talk():
    with Conversation() as conversation:
        yield conversation


def question(about="Seoul?", most_tokens=100, **more):
    return Question(Weather, "Say the weather.", about, most_tokens, **more)


def used(text, tokens_in=1000, tokens_out=500):
    """A completion with its bill."""
    return completion(text) | {"usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}}


def outcomes():
    return sorted(Answer.objects.values_list("outcome", flat=True))


# ---- the cache


def test_an_answer_that_was_of_use_is_given_again_without_a_call(model, talk):
    fake = model(GOOD)
    assert talk.ask(question()) == talk.ask(question()) == Weather(**GOOD)
    with Conversation() as another:
        assert another.ask(question()) == Weather(**GOOD)
    assert len(fake.requests) == 1 and outcomes() == ["used"]


@pytest.mark.parametrize("change", ["question", "instructions", "schema", "model", "server"])
def test_another_question_is_another_answer(model, talk, settings, change):
    class Climate(Weather):
        season: str = ""

    fake = model(GOOD)
    talk.ask(question())
    asked = question("Busan?") if change == "question" else question()
    if change == "instructions":
        asked = Question(Weather, "Say the weather in verse.", "Seoul?", 100)
    if change == "schema":
        asked = Question(Climate, "Say the weather.", "Seoul?", 100)
    if change == "model":
        settings.OPENAI_MODEL = "another"
    if change == "server":
        settings.OPENAI_BASE_URL = settings.OPENAI_BASE_URL.replace("127.0.0.1", "localhost")
    with Conversation() as another:
        another.ask(asked)
    assert len(fake.requests) == 2


def test_an_answer_to_the_second_try_is_kept_under_the_question(model, talk):
    fake = model("nonsense", GOOD)
    talk.ask(question())
    assert talk.ask(question()) == Weather(**GOOD)
    assert len(fake.requests) == 2 and outcomes() == ["unusable", "used"]


def test_failures_are_not_kept(model, talk):
    fake = model("nonsense", "nonsense", 500, GOOD)
    for _ in range(2):
        with pytest.raises(CompletionFailed):
            talk.ask(question())
    assert talk.ask(question()) == Weather(**GOOD)
    assert len(fake.requests) == 4 and outcomes() == ["failed", "unusable", "unusable", "used"]


def test_a_kept_answer_that_our_rules_now_object_to_is_asked_for_anew(model, talk):
    fake = model(GOOD, {"town": "Busan", "degrees": [1]})
    talk.ask(question())
    answer = talk.ask(question(objection=lambda weather: "wrong town" if weather.town == "Seoul" else ""))
    assert answer.town == "Busan" and len(fake.requests) == 2


def test_what_is_kept_is_given_when_the_model_is_asked_no_more(model, talk):
    model(GOOD, 401)
    talk.ask(question())
    with pytest.raises(CompletionFailed):
        talk.ask(question("Busan?"))
    assert talk.ended and talk.ask(question()) == Weather(**GOOD)


# ---- the evidence


def test_a_row_says_what_was_asked_what_came_back_and_what_it_cost(model, settings):
    settings.LLM_PRICES = {"fake": (Decimal(2), Decimal(10))}
    model(used(json.dumps(GOOD)))
    digest = make_digest()
    with Conversation(digest=digest) as talk:
        talk.ask(question())
    [row] = Answer.objects.all()
    assert (row.model, row.messages, json.loads(row.text)) == ("fake", ["Say the weather.", "Seoul?"], GOOD)
    assert (row.digest, row.tokens_in, row.tokens_out, row.cost) == (digest, 1000, 500, Decimal("0.007"))
    assert answers.spent_on(digest) == {"asked": 1, "tokens_in": 1000, "tokens_out": 500, "usd": "0.0070"}


def test_an_answer_that_could_not_be_used_is_paid_for_and_kept_as_it_came(model, talk, settings):
    settings.LLM_PRICES = {"fake": (Decimal(2), Decimal(10))}
    model(used("nonsense\x00"))
    with pytest.raises(CompletionFailed):
        talk.ask(question())
    assert [(row.text, row.cost) for row in Answer.objects.all()] == [("nonsense", Decimal("0.007"))] * 2
    assert "schema" in Answer.objects.first().problem


def test_a_refused_call_costs_nothing_and_one_without_an_answer_may_have_cost_all(model, settings, monkeypatch):
    settings.LLM_PRICES = {"fake": (Decimal(0), Decimal(10_000))}
    model(500)
    with Conversation() as talk, pytest.raises(CompletionFailed):
        talk.ask(question(most_tokens=100))
    assert Answer.objects.get().cost == 0
    monkeypatch.setattr("digests.llm.wire.CALL_SECONDS", 0.05)
    model(SILENCE)
    with Conversation() as talk, pytest.raises(CompletionFailed):
        talk.ask(question(most_tokens=100))
    assert Answer.objects.first().cost == Decimal(1)


def test_a_model_without_a_price_is_counted_in_tokens(model, settings):
    settings.LLM_PRICES = {}
    model(used(json.dumps(GOOD)))
    digest = make_digest()
    with Conversation(digest=digest) as talk:
        talk.ask(question())
    assert answers.spent_on(digest) == {"asked": 1, "tokens_in": 1000, "tokens_out": 500, "usd": None}


def test_a_server_that_counts_no_tokens_has_them_guessed(model, talk):
    body = completion(json.dumps(GOOD))
    del body["usage"]
    model(body)
    talk.ask(question())
    row = Answer.objects.get()
    assert 5 < row.tokens_in < 20 and 5 < row.tokens_out < 30


def test_answers_are_forgotten_after_thirty_days_by_the_clock(model, talk, monkeypatch):
    model(GOOD)
    talk.ask(question())
    talk.ask(question("Busan?"))
    Answer.objects.filter(messages__1="Seoul?").update(asked_at=timezone.now() - dt.timedelta(days=31))
    monkeypatch.setattr("digests.tasks.build_due_digests", lambda: None)
    tick()
    assert [row.messages[1] for row in Answer.objects.all()] == ["Busan?"]


# ---- the budget


@pytest.fixture
def dear(settings):
    """A token out costs a dollar, so that an answer of a hundred tokens may cost a hundred."""
    settings.OPENAI_MODEL = "fake"
    settings.LLM_PRICES = {"fake": (Decimal(0), Decimal(1_000_000))}
    return settings


def test_a_question_that_could_cost_more_than_is_left_is_not_asked(model, talk, dear):
    dear.LLM_DAILY_BUDGET_USD = Decimal(150)
    fake = model(used(json.dumps(GOOD), 1, 60))
    talk.ask(question())
    with pytest.raises(OverBudget):
        talk.ask(question("Busan?"))
    assert len(fake.requests) == 1 and "budget" in talk.ended
    assert answers.spent_today() == 60


def test_a_short_question_still_fits_where_a_long_one_does_not(model, dear):
    dear.LLM_DAILY_BUDGET_USD = Decimal(150)
    model(used(json.dumps(GOOD), 1, 60))
    with Conversation() as talk:
        talk.ask(question())
    with Conversation() as talk:
        assert talk.ask(question("Busan?", most_tokens=90)) == Weather(**GOOD)
    assert answers.spent_today() == 120


def test_what_was_asked_before_is_free_when_the_budget_is_used_up(model, dear):
    fake = model(used(json.dumps(GOOD), 1, 60))
    with Conversation() as talk:
        talk.ask(question())
    dear.LLM_DAILY_BUDGET_USD = Decimal(0)
    with Conversation() as talk:
        assert talk.ask(question()) == Weather(**GOOD)
    assert len(fake.requests) == 1


def test_questions_on_their_way_count_with_the_most_they_can_cost(dear):
    dear.LLM_DAILY_BUDGET_USD = Decimal(250)
    first = budget.reserve("k1", None, ["a", "b"], 100)
    budget.reserve("k2", None, ["a", "b"], 100)
    with pytest.raises(OverBudget):
        budget.reserve("k3", None, ["a", "b"], 100)
    first.cost = 10
    answers.close_answer(first, Answer.Outcome.USED)
    budget.reserve("k3", None, ["a", "b"], 100)
    assert answers.spent_today() == 210


def test_several_at_once_wait_for_room_that_those_before_them_leave(model, dear):
    dear.LLM_DAILY_BUDGET_USD, dear.LLM_AT_ONCE = Decimal(120), 4
    fake = model(used(json.dumps(GOOD), 1, 5))
    dear.LLM_AT_ONCE = 4
    with Conversation() as talk:
        told = talk.ask_all([question(f"{n}?") for n in range(4)])
    assert told == [Weather(**GOOD)] * 4
    assert len(fake.requests) == 4 and answers.spent_today() == 20


def test_yesterdays_answers_are_not_todays_cost(dear):
    dear.LLM_DAILY_BUDGET_USD = Decimal(100)
    budget.reserve("k", None, ["a", "b"], 100)
    Answer.objects.update(asked_at=timezone.now() - dt.timedelta(days=1))
    assert answers.spent_today() == 0
    budget.reserve("k", None, ["a", "b"], 100)


def test_a_budget_holds_for_a_model_whose_price_is_not_known(model, settings):
    settings.LLM_PRICES, settings.LLM_DAILY_BUDGET_USD = {}, Decimal("0.0005")
    fake = model(GOOD)
    with Conversation() as talk, pytest.raises(OverBudget):
        talk.ask(question())
    assert fake.requests == []


@pytest.mark.parametrize(("spent", "is_short"), [("0.69", False), ("0.70", True)])
def test_questions_are_short_from_seventy_percent_of_the_budget_on(settings, spent, is_short):
    settings.LLM_DAILY_BUDGET_USD = Decimal(1)
    Answer.objects.create(key="k", model="fake", messages=[], cost=Decimal(spent))
    assert budget.is_short() == is_short


def test_several_questions_are_on_their_way_at_once_after_the_first_answer(model, settings):
    together = threading.Barrier(3, timeout=250)

    def meets_two_others(request):
        if request["messages"][1]["content"] != "0?":
            together.wait()
        return {"town": request["messages"][1]["content"], "degrees": [1]}

    model(meets_two_others)
    settings.LLM_AT_ONCE = 3
    with Conversation() as talk:
        told = talk.ask_all([question(f"{n}?") for n in range(4)])
    assert [weather.town for weather in told] == ["0?", "1?", "2?", "3?"]
