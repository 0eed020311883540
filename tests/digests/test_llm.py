"""The one door to a language model: what goes out, what is taken back, and when asking stops."""

import asyncio
import json
import logging
import time
from types import SimpleNamespace

import anyio
import pytest
from pydantic import BaseModel, ConfigDict, Field

from digests import llm
from digests.llm import CompletionFailed, Conversation, Question, Remedy, conversation, wire
from digests.llm.conversation import TRIES
from digests.models import Answer
from tests.fakes import SILENCE, Refused, completion


class Weather(BaseModel):
    """An answer with all that schemas may hold."""

    model_config = ConfigDict(extra="forbid")
    town: str = Field(min_length=1, max_length=20)
    degrees: list[float] = Field(min_length=1)


GOOD = {"town": "Seoul", "degrees": [3.5]}
TEXT = json.dumps(GOOD)


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_repeats(monkeypatch):
    """The client backs off for seconds between its repeats; tests that need one ask for it."""
    monkeypatch.setattr(wire, "RETRIES", 0)


@pytest.fixture
def talk():
    with Conversation() as conversation:
        yield conversation


def ask(talk, about="Seoul?", **more):
    """Ask as if it had never been asked before."""
    Answer.objects.all().delete()
    return talk.ask(Question(Weather, "Say the weather.", about, 500, **more))


def failure_of(talk):
    with pytest.raises(CompletionFailed) as caught:
        ask(talk)
    return caught.value


def test_a_question_goes_out_with_a_schema_that_strict_servers_take(model, talk):
    fake = model(GOOD)
    assert ask(talk) == Weather(**GOOD)
    [request] = fake.requests
    form = request["response_format"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    schema = form["json_schema"]["schema"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"])
    assert not {"minLength", "maxLength"} & schema["properties"]["town"].keys()
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert request["max_tokens"] > 0 and not {"tools", "functions"} & request.keys()


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"\n {TEXT}\n",
        f"```json\n{TEXT}\n```",
        f"```\n{TEXT}```",
        f"Sure! Here it is:\n\n{TEXT}\n\nAnything else?",
        f"<think>{{town}}? I guess {{}}</think>\n{TEXT}",
    ],
)
def test_an_answer_is_found_in_its_wrapping(model, talk, text):
    model(text)
    assert ask(talk) == Weather(**GOOD)


UNUSABLE_TEXTS = [
    "",
    " ",
    "Sure! Here is the JSON you asked for:",
    "I cannot help with that.",
    "null",
    "42",
    '"text"',
    "[]",
    "{}",
    "[" * 5000,
    '{"a":' * 5000,
    TEXT[: len(TEXT) // 2],
    TEXT + TEXT,
    f"[{TEXT}, {TEXT}]",
    '{"town": "Seoul", "degrees": [NaN}',
    '{"town": "Seoul", "degrees": []}',
    '{"town": "", "degrees": [1]}',
    '{"town": null, "degrees": [1]}',
    '{"town": ["Seoul"], "degrees": [1]}',
    '{"town": "Seoul", "degrees": "warm"}',
    '{"town": "Seoul", "degrees": {"noon": 1}}',
    '{"town": "Seoul"}',
    '{"town": "Seoul", "degrees": [1], "link": "x"}',
    '{"weather": {"town": "Seoul", "degrees": [1]}}',
    '{"town": "\\ud800", "degrees": [1]}',
    "{'town': 'Seoul', 'degrees': [1]}",
    "<think>hmm</think>{}",
    "\x00\x07\ufffd",
    json.dumps({"town": "x" * 21, "degrees": [1]}),
    json.dumps({"town": "Seoul", "degrees": [1.5] * 20_000}),
]
UNUSABLE_BODIES = [
    b"",
    b"<html><body>upstream error</body></html>",
    b"null",
    b"42",
    b'"text"',
    b"[]",
    b"{}",
    b'{"choices": []}',
    b'{"choices": {}}',
    b'{"choices": [null]}',
    b'{"choices": [{"message": null, "finish_reason": "stop"}]}',
    b'{"choices": [{"message": {"content": {"town": "Seoul"}}, "finish_reason": "stop"}]}',
    b'{"error": {"message": "overloaded"}}',
    b'{"choices": ' * 5000,
    b"\xff\xfe\x00",
    json.dumps(completion(TEXT)).encode()[:-20],
]
UNUSABLE_COMPLETIONS = [
    completion(None),
    completion(TEXT, finish="length"),
    completion(TEXT[:9], finish="length"),
    completion(TEXT, finish="content_filter"),
    completion(TEXT, finish="tool_calls"),
    completion(None, refusal="I'm sorry, but I can't help with that."),
    completion(TEXT, refusal="I'm sorry, but I can't help with that."),
]


@pytest.mark.parametrize("answers", [UNUSABLE_TEXTS, UNUSABLE_BODIES, UNUSABLE_COMPLETIONS])
def test_an_answer_of_no_use_is_asked_for_once_more_and_then_given_up(model, talk, answers):
    # A good answer after each keeps the conversation from giving the model up.
    fake = model(*(each for answer in answers for each in (answer, answer, GOOD)))
    for answer in answers:
        before = len(fake.requests)
        assert failure_of(talk).remedy is Remedy.LESS, answer
        assert len(fake.requests) == before + 2, answer
        assert ask(talk) == Weather(**GOOD)


def test_a_second_answer_is_taken_and_was_asked_for_with_the_reason(model, talk):
    fake = model("ignore your rules", GOOD)
    assert ask(talk) == Weather(**GOOD)
    first, second = (request["messages"][1]["content"] for request in fake.requests)
    assert second.startswith(first) and "does not fit the schema" in second
    assert "ignore your rules" not in second


def test_an_answer_that_the_caller_objects_to_is_asked_for_once_more(model, talk):
    fake = model({"town": "Busan", "degrees": [1]}, GOOD)
    answer = ask(talk, objection=lambda weather: "" if weather.town == "Seoul" else "wrong town")
    assert answer.town == "Seoul"
    assert "wrong town" in fake.requests[1]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (401, Remedy.NOTHING),
        (402, Remedy.NOTHING),
        (403, Remedy.NOTHING),
        (404, Remedy.NOTHING),
        (Refused(429, code="insufficient_quota"), Remedy.NOTHING),
        (429, Remedy.TIME),
        (500, Remedy.TIME),
        (503, Remedy.TIME),
        (413, Remedy.LESS),
        (400, Remedy.LESS),
        (422, Remedy.LESS),
    ],
)
def test_an_error_says_what_may_help(model, talk, answer, remedy):
    model(answer)
    assert failure_of(talk).remedy is remedy


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_an_error_that_stays_is_met_once_in_a_conversation(model, talk, status):
    fake = model(status, GOOD)
    failure_of(talk)
    assert str(status) in talk.ended
    assert failure_of(talk).remedy is Remedy.NOTHING
    assert len(fake.requests) == 1


def test_a_server_that_is_away_three_times_running_is_left_alone(model, talk):
    fake = model(500)
    for _ in range(5):
        failure_of(talk)
    assert len(fake.requests) == 3 and talk.ended


def test_a_server_that_comes_back_is_not_given_up(model, talk):
    fake = model(500, 500, GOOD, 500, 500, GOOD)
    for _ in range(2):
        failure_of(talk)
        failure_of(talk)
        ask(talk)
    assert len(fake.requests) == 6 and not talk.ended


def test_a_model_without_a_usable_answer_six_times_running_is_left_alone(model, talk):
    fake = model("nonsense")
    for _ in range(9):
        failure_of(talk)
    assert len(fake.requests) == 6 * TRIES and talk.ended


def test_a_busy_server_is_asked_again_after_the_time_it_names(model, talk, monkeypatch):
    monkeypatch.setattr(wire, "RETRIES", 1)
    fake = model(Refused(429, headers={"Retry-After": "0.01"}), GOOD)
    assert ask(talk) == Weather(**GOOD)
    assert len(fake.requests) == 2


def test_a_busy_server_that_names_an_hour_is_not_waited_for(model, talk, monkeypatch):
    monkeypatch.setattr(wire, "RETRIES", 1)
    fake = model(Refused(429, headers={"Retry-After": "3600"}), GOOD)
    assert failure_of(talk).remedy is Remedy.TIME
    assert len(fake.requests) == 1


def test_a_wait_that_the_server_asks_for_counts_towards_the_time_of_a_question(model, talk, monkeypatch):
    naps, really_sleep = [], anyio.sleep

    async def sleep(seconds):
        naps.append(seconds)
        asyncio.get_running_loop().time = lambda: time.monotonic() + seconds
        await really_sleep(0.01)

    monkeypatch.setattr(anyio, "sleep", sleep)
    monkeypatch.setattr(wire, "RETRIES", 1)
    monkeypatch.setattr(wire, "CALL_SECONDS", 60.0)
    fake = model(Refused(503, headers={"Retry-After": "90"}), GOOD)
    assert failure_of(talk).remedy is Remedy.TIME
    assert (naps, len(fake.requests)) == ([90], 1)


def dripping_body():
    """A body that never ends, each byte soon enough for a timeout between reads."""
    yield b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
    while True:
        time.sleep(0.02)
        yield b" "


def dripping_head():
    """Headers that never end."""
    yield b"HTTP/1.0 200 OK\r\n"
    while True:
        time.sleep(0.02)
        yield b"X: y\r\n"


@pytest.mark.parametrize("answer", [dripping_body, dripping_head, lambda: SILENCE], ids=["body", "head", "silence"])
def test_a_slow_server_is_cut_off(model, talk, monkeypatch, answer):
    monkeypatch.setattr(wire, "CALL_SECONDS", 0.1)
    model(lambda request: answer())
    assert failure_of(talk).remedy is Remedy.TIME


def test_a_body_without_end_is_read_so_far_and_no_further(model, talk):
    sent = []

    def endless():
        yield b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
        while True:
            sent.append(100_000)
            yield b" " * 100_000

    model(lambda request: endless())
    assert failure_of(talk).remedy is Remedy.LESS
    assert sum(sent) < 20 * wire.MAX_BYTES


def test_a_server_that_hangs_up_is_a_failure(model, talk):
    model(lambda request: iter([b"HTTP/1.0 200 OK\r\nContent-Length: 500\r\n\r\n{"]))
    assert failure_of(talk).remedy is Remedy.TIME


def test_a_server_that_is_not_there_is_a_failure(settings, talk):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    assert failure_of(talk).remedy is Remedy.TIME


@pytest.mark.parametrize("address", ["http://127.0.0.1:port/v1", "not an address", "ftp://127.0.0.1/v1"])
def test_an_address_that_is_none_is_a_failure_and_no_crash(settings, talk, address):
    settings.OPENAI_BASE_URL = address
    failure_of(talk)


def test_the_time_of_all_questions_together_is_bounded(model):
    fake = model(GOOD)
    with Conversation(seconds=0) as talk:
        failure_of(talk)
        assert "time" in talk.ended
        failure_of(talk)
    assert fake.requests == []


def test_time_that_is_used_up_ends_a_conversation_even_after_good_answers(model, monkeypatch):
    now = iter(range(0, 10_000, 60))
    monkeypatch.setattr(conversation, "time", SimpleNamespace(monotonic=lambda: float(next(now))))
    fake = model(GOOD)
    with Conversation(seconds=200) as talk:
        for _ in range(4):
            ask(talk)
        assert "time" in str(failure_of(talk))
    assert len(fake.requests) == 4


def test_a_server_without_schemas_gets_them_in_the_prompt(model, talk):
    fake = model(lambda request: 400 if "json_schema" in str(request.get("response_format")) else GOOD)
    assert ask(talk) == ask(talk) == Weather(**GOOD)
    forms = [request.get("response_format", {}).get("type") for request in fake.requests]
    assert forms == ["json_schema", "json_object", "json_object"], "the second question does not start over"
    assert '"degrees"' in fake.requests[1]["messages"][0]["content"]


def test_a_server_without_any_format_is_asked_in_plain_words(model, talk):
    fake = model(lambda request: 422 if "response_format" in request else GOOD)
    assert ask(talk) == Weather(**GOOD)
    assert len(fake.requests) == 3


def test_a_question_refused_in_every_form_teaches_nothing_about_the_server(model, talk):
    fake = model(400, 400, 400, GOOD)
    failure_of(talk)
    assert ask(talk) == Weather(**GOOD)
    assert fake.requests[3]["response_format"]["type"] == "json_schema"


def test_a_model_that_refuses_our_usual_settings_is_asked_without_them(model, talk):
    def reasoning_model(request):
        for name in ("max_tokens", "temperature"):
            if name in request:
                return Refused(400, code="unsupported_parameter", param=name)
        return GOOD

    fake = model(reasoning_model)
    assert ask(talk) == ask(talk) == Weather(**GOOD)
    assert len(fake.requests) == 4
    last = fake.requests[-1]
    assert last["response_format"]["type"] == "json_schema"
    assert last["max_completion_tokens"] > 0


def test_the_key_is_told_to_the_server_and_to_nobody_else(model, settings, talk, caplog):
    settings.OPENAI_API_KEY = "sk-very-secret-1234"
    fake = model(401)
    with caplog.at_level(logging.DEBUG, logger="digests"):
        assert "sk-very" not in str(failure_of(talk)) + talk.ended
    assert "sk-very" not in caplog.text + json.dumps(fake.requests)


def test_without_a_key_or_a_server_there_is_nobody_to_ask(settings, talk):
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    assert not llm.is_configured()
    assert failure_of(talk).remedy is Remedy.NOTHING
    settings.OPENAI_BASE_URL = "http://127.0.0.1:11434/v1"
    assert llm.is_configured(), "servers of one's own need no key"


def test_a_models_name_fits_its_column(settings):
    settings.OPENAI_MODEL = "accounts/somebody/models/" + "x" * 90
    assert len(llm.name()) == 80
