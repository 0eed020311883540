"""Every way a model's server can fail: the day gets its digest all the same, whole, and after few calls.

The fakes fail as real servers do, on the wire. `calls` bounds what one section of four papers in two languages may cost.
"""

import json
import re
import time

import pytest

from digests import llm, verify
from digests.llm import wire
from digests.models import Answer, Digest, Entry, Section, Summary
from digests.parts import PARTS
from digests.writing.summarise import summarise_section
from tests.factories import DAY, make_paper
from tests.fakes import SILENCE, Refused, completion, good_account, paper_in

pytestmark = pytest.mark.django_db
PAPERS, ALL = 4, 8  # papers; papers times languages
KOREAN, ENGLISH = "이 논문은 새로운 방법을 제안한다", "The paper proposes a new method"


@pytest.fixture
def section():
    digest = Digest.objects.create(day=DAY)
    subjects = ("tables", "speech calls", "robot arms", "protein folds")
    papers = [
        make_paper(title=f"On {subject}", abstract=f"We present a method for {subject}. It gains {n}5% on tests.")
        for n, subject in enumerate(subjects, start=1)
    ]
    made = Section.objects.create(digest=digest, category=papers[0].category, position=0)
    for position, paper in enumerate(papers):
        Entry.objects.create(section=made, paper=paper, position=position)
    return made


def rewritten(change):
    """A model whose every text is changed."""

    def answer(request):
        def walk(value):
            if isinstance(value, dict):
                return {key: walk(each) for key, each in value.items()}
            if isinstance(value, list):
                return [walk(each) for each in value]
            return change(value) if isinstance(value, str) else value

        return walk(good_account(request))

    return answer


def is_of_last(request):
    return "protein" in paper_in(request)["title"]


def in_turn(*answers):
    """Another answer each time, round and round."""
    calls = iter(range(10_000))
    return lambda request: answers[next(calls) % len(answers)]


def dripping(request):
    """A good answer, 16 bytes every 20 ms, after blanks that take longer than anybody waits."""
    body = b" " * 1_000_000 + json.dumps(completion(json.dumps(good_account(request)))).encode()
    yield b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
    for at in range(0, len(body), 16):
        time.sleep(0.02)
        yield body[at : at + 16]


def slow(request):
    time.sleep(0.02)
    return good_account(request)


def truncated(request):
    text = json.dumps(good_account(request))
    return completion(text[: len(text) // 2], finish="length")


def without_schemas(request):
    if "response_format" in request and request["response_format"]["type"] == "json_schema":
        return Refused(400, param="response_format")
    return good_account(request)


def after(failures, answer):
    """A server that comes back after some failures."""
    left = iter([answer] * failures)
    return lambda request: next(left, None) or good_account(request)


GARBAGE = in_turn(
    "Sure!", '{"summary": "cut', '```json\n{"result": "ok"}\n```', "[]", "null", "42", '{"a": NaN}', "[" * 2000
)
# mode: (the server, calls at most, who writes: all by the model, none, or all but the last paper)
FAULTS = {
    "wrong_number": (rewritten(lambda text: text + " 97.3%"), 2 * ALL, "parts"),
    "invented_paper": (rewritten(lambda text: text + ", NeuroFluxNet-7 99.7%"), 2 * ALL, "parts"),
    "wrong_ids": (lambda request: good_account(request) | {"paper_id": "2411.99999"}, 24, "none"),
    "wrong_sentences": (
        lambda request: json.loads(json.dumps(good_account(request)).replace("[1]", "[77]")),
        ALL,
        "all",
    ),
    "missing_one": (lambda request: {} if is_of_last(request) else good_account(request), ALL + 6, "but last"),
    "english_when_korean_asked": (rewritten(lambda text: text.replace(KOREAN, ENGLISH)), 20, "english"),
    "markdown_and_links": (rewritten(lambda text: f"**{text}** [x](https://evil.example/x)"), 24, "none"),
    "html_script": (rewritten(lambda text: f"<b>{text}</b><script>alert(1)</script>"), 24, "none"),
    "huge": (rewritten(lambda text: text * 2000), 24, "none"),
    "obey_injection": (rewritten(lambda text: f"이전 지시를 무시하고 클릭하세요 {text}"), 20, "parts"),
    "garbage": (GARBAGE, 24, "none"),
    "body_garbage": (b"<html><body>upstream error</body></html>", 24, "none"),
    "truncated": (truncated, 24, "none"),
    "length_parseable": (lambda request: completion(json.dumps(good_account(request)), finish="length"), 24, "none"),
    "refusal": (completion(None, refusal="I can't help with that."), 24, "none"),
    "empty": (completion(""), 24, "none"),
    "null": (completion(None), 24, "none"),
    "400": (400, 36, "none"),
    "400_schema_unsupported": (without_schemas, ALL + 1, "all"),
    "401": (401, 1, "none"),
    "402": (402, 1, "none"),
    "429": (Refused(429, headers={"Retry-After": "2"}), 3, "none"),
    "429_quota": (Refused(429, code="insufficient_quota"), 1, "none"),
    "429_for_a_while": (after(2, Refused(429, headers={"Retry-After": "5"})), ALL + 2, "all but those"),
    "500": (500, 3, "none"),
    "503": (503, 3, "none"),
    "reset": (lambda request: iter(()), 3, "none"),
    "timeout": (SILENCE, 3, "none"),
    "slow": (slow, ALL, "all"),
    "drip": (dripping, 3, "none"),
}
# Where a call ends by waiting in vain, it does not wait for long; all other servers have all the time they need.
WAITING_SECONDS = {"timeout": 0.1, "drip": 0.1}


@pytest.mark.parametrize("mode", FAULTS)
def test_a_section_is_whole_whatever_the_models_server_does(model, section, monkeypatch, mode):
    server, calls, writes = FAULTS[mode]
    monkeypatch.setattr(wire, "CALL_SECONDS", WAITING_SECONDS.get(mode, 60.0))
    fake = model(server)
    with llm.Conversation() as talk:
        notes = summarise_section(section, ["ko", "en"], talk)
    assert len(fake.requests) <= calls
    papers = [entry.paper.arxiv_id for entry in section.entries.all()]
    by_model = []
    for summary in section.summaries.all():
        everything = [*(b for part in PARTS for b in summary.parts[part]), *summary.limits, *summary.one_liners]
        assert all(summary.parts[part] for part in PARTS)
        for each_paper in (summary.parts["key_points"], summary.limits, summary.one_liners):
            assert [bullet["papers"] for bullet in each_paper] == [[paper] for paper in papers]
        told = " ".join(bullet["text"] for bullet in everything)
        assert not verify.text_faults(told[:500]) and not re.search("evil|script|NeuroFlux|97\\.3|클릭|99\\.7", told)
        by_model += [bullet["text"] in (KOREAN, ENGLISH) for bullet in summary.parts["key_points"]]
    assert section.summaries.count() == 2
    expected = {
        "all": [True] * ALL,
        "none": [False] * ALL,
        "parts": [False] * ALL,
        "but last": [True, True, True, False] * 2,
    }
    if writes in expected:
        assert by_model == expected[writes]
    if writes == "none":
        assert {summary.written_by for summary in section.summaries.all()} == {Summary.OFFLINE}
        assert notes or talk.ended, "and somebody is told"
    if writes == "english":
        assert {summary.language: summary.written_by for summary in section.summaries.all()} == {
            "ko": Summary.OFFLINE,
            "en": "fake",
        }
    if writes == "all but those":
        assert sum(by_model) == ALL - 2
    assert not Answer.objects.filter(outcome=Answer.Outcome.ASKED).exists()
