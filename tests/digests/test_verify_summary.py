"""A summary that stands by itself: kinship with its source, language, end, contacts, a model's talk; and the command."""

import io
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from digests.verification.forbidden import talks_of_itself, talks_to_reader
from digests.verification.language import foreign_letters
from digests.verification.vocabulary import korean_terms, terms_in
from digests.verify import check

SOURCE = (
    "SpeechRoom: noise-robust speech recognition for hospitals\n"
    "We present SpeechRoom, a speech recognition model for noisy hospital wards. It is pre-trained on 3.6 million hours "
    "of audio in 40 languages and fine-tuned with reinforcement learning from the feedback of nurses. SpeechRoom lowers "
    "the word error rate by 12.5% against Whisper and runs three times faster on mobile devices. See "
    "https://speech.example/room for code."
)
FAITHFUL = (
    "목적: 소음이 많은 병원에서 음성 인식의 강건성을 높이는 연구\n"
    "방법:\n- 40개 언어의 오디오 360만 시간으로 사전 학습한 SpeechRoom을 제안함\n"
    "- 간호사의 피드백을 활용한 강화 학습으로 미세 조정함\n"
    "결론: Whisper보다 단어 오류율을 12.5% 낮추고 모바일 기기에서 3배 빠르게 실행됨."
)
OTHER = (
    "목적: 단백질 구조 예측을 위한 그래프 신경망 연구\n방법:\n- 분자 그래프에 등변 어텐션을 적용함\n"
    "결론: 유전자 데이터에서 확산 모델보다 정확한 단백질 구조를 예측함."
)
ENGLISH = "SpeechRoom recognises noisy hospital speech in 40 languages and lowers the word error rate by 12.5% against Whisper."


def kinds(summary, language="ko", source=SOURCE):
    return {finding.kind for finding in check(source, summary, language).flags}


def test_a_faithful_summary_is_ok_and_its_risk_is_small():
    for summary, language in ((FAITHFUL, "ko"), (ENGLISH, "en")):
        verdict = check(SOURCE, summary, language)
        assert verdict.ok and verdict.flags == []
        assert verdict.score < 0.2


def test_a_report_with_headings_lists_and_the_sources_own_link_is_ok():
    report = (
        "### 보고서\n\n1. **주제**:\n   - 병원 음성 인식\n\n2. **핵심**:\n   - 'SpeechRoom: noise-robust speech recognition for "
        "hospitals': 40개 언어의 음성 인식을 다룸\n\n3. 결론:\n   - 코드는 https://speech.example/room에 공개되었습니다."
    )
    assert kinds(report) == set()


def test_a_summary_of_several_papers_may_use_each():
    both = f"{SOURCE}\n\nProtNet: protein folding\nWe predict protein structures with graph networks on 1,200 chains."
    assert kinds(FAITHFUL[:-1] + ", ProtNet은 1,200개 사슬에서 단백질 구조를 예측함.", source=both) == set()


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        (OTHER, "about another paper"),
        ("We present SpeechRoom, a speech recognition model for noisy hospital wards.", "wrong language"),
        (
            FAITHFUL.replace("- 간호사의", "- It is trained with feedback of the nurses in wards\n- 간호사의"),
            "wrong language",
        ),
        (FAITHFUL.replace("피드백", "フィードバック"), "letters of another language"),
        (FAITHFUL.replace("피드백", "обратной"), "letters of another language"),
        (FAITHFUL[:-20], "cut off"),
        (FAITHFUL[: FAITHFUL.index("결론")].strip() + ".", "missing part"),
        (FAITHFUL + " 문의: 010-2345-6789.", "telephone"),
        (FAITHFUL + " 자세히는 https://evil.example/x.", "link"),
        (FAITHFUL + " github.com/evil/code 참고.", "link"),
        (FAITHFUL + " info (at) evil (dot) com.", "address"),
        (FAITHFUL + " 텔레그램 @evil_deals 로.", "handle"),
        ("```markdown\n" + FAITHFUL, "markup"),
        ("AI 언어 모델로서 원문에 접근할 수 없습니다.\n" + FAITHFUL, "speaks of itself"),
        (FAITHFUL + " 지금 구매하세요.", "speaks to the reader"),
        (FAITHFUL.replace("360만", "3.6억"), "number not in the abstract"),
        (FAITHFUL.replace("12.5%", "12.5%p"), "percent for percentage points"),
        (FAITHFUL.replace("Whisper", "WhisperNet"), "name not in the abstract"),
        (FAITHFUL.replace("Whisper보다", "Whisper가 SpeechRoom보다"), "beaten by another"),
        (FAITHFUL.replace("실행됨", "실행되나 정확도를 저하시킴"), "decline not in the abstract"),
    ],
)
def test_an_unfaithful_summary_is_not_ok(summary, kind):
    if kind == "decline not in the abstract":
        assert kinds(summary, source=SOURCE.replace("lowers the word error rate", "improves the result")) >= {kind}
    else:
        assert kind in kinds(summary)
        assert check(SOURCE, summary, "ko").score > 0.5


@pytest.mark.parametrize("summary", ["이 논문은 방법을 제안한다.", "It works 잘 한다 for all."])
def test_korean_in_an_english_summary_is_the_wrong_language(summary):
    assert "wrong language" in kinds(summary, "en")


def test_an_english_summary_that_stops_without_an_end_is_cut_off():
    assert kinds(ENGLISH[:-12], "en") == {"cut off"}


@pytest.mark.parametrize(
    "text",
    [
        "상업용 모델의 성능에 접근할 수 없었던 공개 모델과 달리",
        "언어 모델로서의 기능을 평가한다",
        "이전 지식을 무시하지 않는다",
        "Agents that act as an AI tutor can help",
        "사용자의 프롬프트에 따라 이미지를 생성한다",
        "요약 모델이 생성한 요약을 평가한다",
    ],
)
def test_words_of_the_trade_are_no_talk_of_itself(text):
    assert not talks_of_itself(text) and not talks_to_reader(text)


@pytest.mark.parametrize(
    "text",
    [
        "요청하신 요약입니다:",
        "Sure! Here is the summary:",
        "I cannot access the full paper.",
        "도움이 되셨기를 바랍니다.",
        "이 요약은 AI가 생성했습니다.",
        "초록이 제공되지 않아 제목만 보고 작성했습니다.",
        "### Summary Report in Korean",
    ],
)
def test_a_model_that_talks_of_itself_is_found(text):
    assert talks_of_itself(text)


def test_hanja_in_brackets_is_korean_spelling():
    assert foreign_letters("비(非) 웹 도메인") == []
    assert foreign_letters("경쟁数学 질문") == ["数学"]
    assert foreign_letters("경쟁数学 질문", ["数学 contest"]) == []


def test_a_term_is_found_with_and_without_its_spaces_and_the_longest_first():
    assert [term.korean for term in terms_in("강화학습과 강화 학습")] == ["강화학습", "강화 학습"]
    assert [term.korean for term in terms_in("양자화")] == ["양자화"]
    assert terms_in("주의미세") == terms_in("주의")  # 의미 stands across a border of words


def test_every_line_of_the_vocabulary_can_be_read():
    terms = korean_terms()
    assert len(terms) > 1000
    assert all(term.stems and term.for_it >= 0 >= term.against for term in terms.values())


def run(*rows):
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows)))
        call_command("verify_summary", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_command_answers_each_line_in_its_order():
    good = {"id": "a", "source": SOURCE, "summary": FAITHFUL, "language": "ko"}
    bad = {"id": "b", "source": SOURCE, "summary": FAITHFUL.replace("40개", "41개"), "language": "ko"}
    first, second = run(bad, "", good)
    assert second == {"id": "a", "ok": True, "score": second["score"], "flags": []}
    assert (first["id"], first["ok"]) == ("b", False)
    assert first["score"] > second["score"]
    assert [flag["kind"] for flag in first["flags"]] == ["number not in the abstract"]
    assert first["flags"][0]["text"].startswith("41: ")


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "a"}', json.dumps({"id": "a", "source": "", "summary": ""})])
def test_the_command_names_a_line_that_it_cannot_read(line):
    with pytest.raises(CommandError, match="Line 1 is not a JSON object"):
        run(line)


def test_the_command_refuses_a_language_it_does_not_know():
    with pytest.raises(CommandError, match="Line 1: the language is 'fr'"):
        run({"id": "a", "source": SOURCE, "summary": FAITHFUL, "language": "fr"})


UNSEEN_BY_RULES = {"negation", "role_swap", "natural_semantic"}


def test_the_recorded_summaries_are_told_apart():
    folder = os.environ.get("RECORDED_DATA")
    if not folder:
        pytest.skip("RECORDED_DATA names no folder: the recorded summaries are not part of this repository")
    rows = [json.loads(line) for line in (Path(folder) / "gold/faith_dev.jsonl").read_text("utf-8").splitlines()]
    flagged = defaultdict(list)
    for row in rows:
        kind = row["kind"] if row["label"] == "unfaithful" or row["kind"] == "hard_faithful" else "faithful"
        flagged[kind].append(not check(row["source"], row["summary"], row["lang"]).ok)
    caught = {kind: sum(each) / len(each) for kind, each in flagged.items()}
    assert caught.pop("faithful") <= 0.01
    assert caught.pop("hard_faithful") <= 0.10
    assert caught.pop("cross_wired_near") >= 0.8
    assert {kind: share for kind, share in caught.items() if share < 0.95 and kind not in UNSEEN_BY_RULES} == {}
