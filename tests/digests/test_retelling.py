"""Stored English sentences in the reader's language, held against what the stages really say."""

import datetime as dt
import re

import httpx
import pytest
from django.utils import translation

from digests.build import NoDigest, build_digest
from digests.choosing.candidate import Candidate, Earlier, Wish, terms
from digests.choosing.choose import choose
from digests.collecting.day_state import ListReport, judge, trouble_of
from digests.llm.failures import PERMANENT
from digests.models import Consideration, DayReport, Digest, Entry
from digests.retelling import FORMS, retell
from tests.factories import DAY
from tests.fakes import FakePaper

HANGUL = re.compile(r"[가-힣]")
ENGLISH = re.compile(r"\b(?:the|is|are|was|were|by|of|not|sent|listed|papers?|votes?|days?)\b")


@pytest.fixture(autouse=True)
def korean():
    with translation.override("ko"):
        yield


def is_korean(text):
    return bool(HANGUL.search(text)) and not ENGLISH.search(text)


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("#1: 38 votes, listed by huggingface (rank 1)", "1위: 추천 38, huggingface 목록(순위 1)"),
        ("#4: 1 vote, listed by arxiv, huggingface (rank 3)", "4위: 추천 1, arxiv, huggingface 목록(순위 3)"),
        (
            "below the threshold (passed over before, listed by deeplearn (rank 3))",
            "기준에 못 미침(전에 지나침, deeplearn 목록(순위 3))",
        ),
        ("arxiv: no record of 2411.1, 2411.2.", "arxiv: 기록이 없는 논문: 2411.1, 2411.2."),
        (
            "Computer Vision (ko): 1 of 3 papers by the built-in writer: The model's key point did not hold.",
            "Computer Vision (ko): 논문 3편 중 1편은 내장 작성기가 썼습니다: 모델이 쓴 핵심 내용이 초록과 맞지 않았습니다.",
        ),
        ("added by an editor", "편집자가 추가함"),
    ],
)
def test_what_is_stored_is_told_in_korean(stored, told):
    assert retell(stored) == told


@pytest.mark.parametrize(
    "text", ["", "Something nobody foresaw: 5 of 7.", "한국어 문장입니다.", "a, b, c.", ": ", "%(n)d %s"]
)
def test_what_no_form_fits_stays_as_it_is(text):
    assert retell(text) == text


def test_in_english_everything_stays_as_it_was_stored():
    with translation.override("en"):
        assert retell("added by an editor") == "added by an editor"


def test_a_hostile_title_inside_a_sentence_stays_words():
    told = retell("1 listed titles were not found on arXiv: %(n)s <b>%d {{ x }}</b> (.*)+$")
    assert told.endswith("%(n)s <b>%d {{ x }}</b> (.*)+$") and HANGUL.search(told)


def test_a_long_text_is_told_without_delay():
    text = "arxiv: " * 50 + ", ".join(["no form. fits this"] * 60)
    assert retell(text) == text


def test_every_form_finds_itself():
    for msgid in FORMS:
        text = re.sub(r"%\(\w+\)d", "7", re.sub(r"%\(\w+\)s", "x1", msgid))
        assert HANGUL.search(retell(text)), msgid


def test_each_state_of_a_day_is_told():
    day = dt.date(2024, 11, 22)
    dead = ListReport(failed="huggingface.co answered with status 503.", follows_calendar=True, is_vouched=True)
    empty = ListReport(follows_calendar=True, is_vouched=True)
    thin = ListReport(listed=3, new=3, median=20.0, follows_calendar=True, is_vouched=True)
    old = ListReport(listed=3, follows_calendar=True, is_vouched=True)
    said = {
        judge({"huggingface": report}, day, expects, patient, is_open).why
        for report in (dead, empty, thin, old)
        for expects in (True, False)
        for patient in (True, False)
        for is_open in (True, False)
    }
    said |= set(trouble_of({"huggingface": dead, "arxiv": empty, "deeplearn": thin}))
    assert len(said) > 6
    assert [text for text in sorted(said - {""}) if not is_korean(retell(text))] == []


def test_each_reason_of_choice_is_told():
    title = "A method for grounding answers in cells of large spreadsheets"
    earlier = [Earlier("2411.00009", dt.date(2024, 11, 20), terms(title))]
    close = "A method for grounding answers in rows of small spreadsheets"
    found = [
        Candidate(n, votes, ("huggingface", "deeplearn"), n, 1, votes_then, age, True, n == 5, f"2411.0000{n}", title)
        for n, votes, votes_then, age, title in [
            (1, 30, None, 0, "One on weather"), (2, 1, None, 2, "Two on proteins"), (3, 40, 3, 1, close),
            (4, 9, None, 0, "Four on robots"), (5, 9, None, 0, "Five on speech"), (6, 0, None, 0, "Six on graphs"),
            (7, 9, None, 0, title), (8, 8, None, 0, "One on weather"),
        ]
    ]  # fmt: skip
    wishes = [Wish("word", "weather", "boost", 5), Wish("word", "robots", "block")]
    said = {choice.reason for most in (1, 3) for choice in choose(found, most, wishes, earlier, least=1)}
    assert len(said) > 6
    assert [text for text in sorted(said) if not is_korean(retell(text))] == []


@pytest.mark.parametrize("what", PERMANENT.values())
def test_each_permanent_failure_of_a_model_is_told(what):
    assert is_korean(retell(f"The model was not asked again after this: The model's server {what} (status 401)."))


FAULTS = {
    "503": lambda request: httpx.Response(503, headers={"retry-after": "0"}),
    "away": lambda request: (_ for _ in ()).throw(httpx.ConnectError("refused", request=request)),
    "slow": lambda request: (_ for _ in ()).throw(httpx.ReadTimeout("slow", request=request)),
    "page": lambda request: httpx.Response(200, html="<p>no</p>"),
    "nothing": lambda request: httpx.Response(200, text=""),
    "zip": lambda request: httpx.Response(200, headers={"content-encoding": "br"}, content=b"x"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("broken", [("huggingface", "deeplearn"), ("arxiv", "deeplearn")])
def test_what_a_build_under_faults_leaves_is_told_in_korean(sources, settings, monkeypatch, fault, broken):
    monkeypatch.setattr("digests.build.draw_charts", lambda digest: None)
    settings.DIGEST_LANGUAGES = ["en"]
    sources.add(FakePaper("2411.00001", "A first paper of many words", votes=30))
    sources.add(FakePaper("2411.00002", "Another one on different things", votes=1))
    sources.broken = dict.fromkeys(broken, FAULTS[fault])
    with translation.override("en"):
        try:
            build_digest(DAY)
        except NoDigest:
            pass
    said = {note for digest in Digest.objects.all() for note in digest.notes}
    said |= set(Entry.objects.values_list("reason", flat=True)) | set(
        Consideration.objects.values_list("reason", flat=True)
    )
    for report in DayReport.objects.all():
        said |= {report.why} | {told[key] for told in report.sources.values() for key in ("failed", "why")}
    assert said - {""}
    assert [text for text in sorted(said - {""}) if not is_korean(retell(text))] == []
