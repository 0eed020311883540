"""`make eval`: what is read as gold, what the figures mean, and what an operator sees."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from digests.evaluation import classification, extraction, faithfulness
from digests.evaluation.gold import Case, Labelled, NotGold, Reference, read_gold
from digests.evaluation.rouge import rouge
from digests.offline.classifier import Verdict

SPEECH = {
    "title": "Speech Recognition for Calls",
    "abstract": "We recognise speech in noisy telephone calls with a new acoustic model.",
    "primary": "audio",
    "acceptable": [],
}
VISION = {
    "title": "Object Detection in Crowded Images",
    "abstract": "This paper proposes a detector for crowded images. It finds 80% of 30,000 pedestrians.",
    "primary": "computer-vision",
    "acceptable": ["multimodal"],
}
FAITHFUL = {
    "source": f"{VISION['title']}\n{VISION['abstract']}",
    "summary": "A detector for crowded images finds 80% of 30,000 pedestrians.",
    "lang": "en",
    "label": "faithful",
    "kind": "original_en",
}
WRONG = FAITHFUL | {
    "summary": "A detector for crowded images finds 95% of 30,000 pedestrians.",
    "label": "unfaithful",
    "kind": "number_multi",
}
SUMMED_UP = {
    "title": SPEECH["title"],
    "abstract": SPEECH["abstract"],
    "summary": "An acoustic model recognises speech in noisy calls.",
    "keywords": ["acoustic model", "speech recognition"],
}


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    folder = tmp_path / "gold"
    folder.mkdir()
    for name, rows in (("papers", [SPEECH, VISION]), ("cases", [FAITHFUL, WRONG]), ("sums", [SUMMED_UP])):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def test_rows_are_told_apart_by_their_fields(gold: Path) -> None:
    found = read_gold(gold)
    assert [paper.primary for paper in found.labelled] == ["computer-vision", "audio"][::-1]
    assert [case.is_faithful for case in found.cases] == [True, False]
    assert [reference.title for reference in found.references] == [VISION["title"], SPEECH["title"]]


def test_one_file_is_read_as_well_as_a_folder(gold: Path) -> None:
    found = read_gold(gold / "papers.jsonl")
    assert len(found.labelled) == 2 and found.cases == [] and found.references == []


@pytest.mark.parametrize("content", ["", '{"title": "A boat"}', "[1, 2]"])
def test_a_path_without_gold_is_refused_with_a_reason(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content)
    with pytest.raises(NotGold, match="holds no labelled papers"):
        read_gold(path)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"title": "A boat"}\n{"title":\n')
    with pytest.raises(NotGold, match=r"rows\.jsonl, line 2, is not JSON"):
        read_gold(path)


def test_rouge_of_the_same_words_is_a_hundred_and_of_others_nought() -> None:
    assert rouge("The boat floats.", "the BOAT floats") == pytest.approx((100, 100, 100))
    assert rouge("The boat floats.", "ducks swim") == (0, 0, 0)
    assert rouge("", "ducks") == (0, 0, 0)


def test_rouge_counts_words_pairs_and_the_common_order() -> None:
    # Three of four words on each side; one pair of three ("a b"); in order "a b d".
    one, two, longest = rouge("a b c d", "a b d e")
    assert (one, two, longest) == (pytest.approx(75), pytest.approx(100 / 3), pytest.approx(75))


def paper(primary: str, *acceptable: str) -> Labelled:
    return Labelled(primary, "", primary, frozenset(acceptable))


def test_acceptable_answers_count_as_accepted_but_not_as_exact() -> None:
    answers = iter([Verdict("llm", 0.9), Verdict("nlp", 0.2)])
    figures = classification.score([paper("llm"), paper("audio", "nlp")], lambda *_: next(answers))
    assert (figures["accepted"], figures["strict"], figures["surer_half_accepted"]) == (1.0, 0.5, 1.0)


def test_the_surer_half_is_the_half_with_the_higher_confidence() -> None:
    answers = iter([Verdict("llm", 0.1), Verdict("nlp", 0.9)])
    figures = classification.score([paper("llm"), paper("audio")], lambda *_: next(answers))
    assert (figures["accepted"], figures["surer_half_accepted"]) == (0.5, 0.0)


def test_macro_f1_weighs_each_category_the_same() -> None:
    assert classification.macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx((6 / 7 + 0) / 2)


def test_the_classifier_is_measured_with_its_ablations() -> None:
    figures = classification.measure(
        [
            Labelled(row["title"], row["abstract"], row["primary"], frozenset(row["acceptable"]))
            for row in (SPEECH, VISION)
        ]
    )
    assert figures["methods"]["title and abstract"]["accepted"] == 1
    assert {"title only", "keywords alone", "learnt words alone"} <= figures["methods"].keys()
    assert figures["confusion"] == {"audio": {"audio": 1}, "computer-vision": {"computer-vision": 1}}


def test_the_checks_are_measured_by_kind_and_by_rule() -> None:
    cases = [
        Case(row["source"], row["summary"], row["lang"], row["label"] == "faithful", row["kind"])
        for row in (FAITHFUL, WRONG)
    ]
    figures = faithfulness.measure(cases)
    assert figures["caught_by_kind"] == {"number_multi": [1, 1]}
    assert figures["false_alarms"] == [0, 1]
    assert sum(rule["caught"] for rule in figures["without_rule"].values()) == 1


def test_the_writer_is_measured_beside_the_best_possible_sentence() -> None:
    reference = Reference(SUMMED_UP["title"], SUMMED_UP["abstract"], SUMMED_UP["summary"], tuple(SUMMED_UP["keywords"]))
    figures = extraction.measure([reference])
    best = figures["sentence"]["best possible sentence"]
    assert 0 < figures["sentence"]["chosen sentence"]["rouge_1"] <= best["rouge_1"] <= 100
    assert figures["keywords_precision_at_5"]["key terms"] > 0


def test_an_operator_sees_the_tables_and_finds_the_figures(
    gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    call_command("evaluate", str(gold), "--out", str(tmp_path / "eval"))
    told = capsys.readouterr().out
    for title in (
        "Category, built-in classifier, 2 papers",
        "Faithfulness, local rules, 2 cases",
        "One sentence for a paper",
    ):
        assert title in told
    written = {path.name: json.loads(path.read_text("utf-8")) for path in (tmp_path / "eval").iterdir()}
    assert written.keys() == {"classification.json", "faithfulness.json", "extraction.json"}
    assert written["classification.json"]["papers"] == 2


def test_a_missing_path_is_a_sentence_and_no_trace() -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate", "/nowhere/gold")
