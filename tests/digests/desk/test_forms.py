"""An editor's words: a field for each statement, and every line keeps the papers it rests on."""

import pytest

from digests.desk.forms import SPARE_LINES, SummaryForm
from digests.desk.kinds import kind_name
from digests.models import Summary
from digests.offline.writer import write_section
from digests.parts import PARTS, Abstract, Bullet, as_json
from digests.verify import LONGEST_BULLET

ONE, TWO, THREE = "2411.00001", "2411.00002", "2411.00003"
BEFORE = {
    "topics": [Bullet("첫째 주제", (ONE,)), Bullet("둘째 주제", (TWO,))],
    "keywords": [Bullet("키워드", (ONE, TWO))],
    "key_points": [Bullet("방법을 제안한다", (ONE,)), Bullet("방법을 제안한다", (TWO,)), Bullet("셋째", (THREE,))],
    "impact": [Bullet("도움이 된다", (ONE,))],
    "outlook": [Bullet("남은 과제가 있다", (TWO,))],
}


def form_of(parts=None, fields=None, **edits):
    """The form as posted: every field as shown, but for `edits` of whole parts, line by line in the fields that are there,
    the rest in the field for new lines; and for `fields`."""
    summary = Summary(language="ko", parts=as_json(parts or BEFORE))
    shown = SummaryForm(summary=summary)
    posted = {name: field.initial.replace("\n", "\r\n") for name, field in shown.fields.items()}
    for part, text in edits.items():
        names = [name for name, _lines in shown.fields_of(part)]
        lines = [text] if len(names) == 1 else text.split("\n", len(names) - 1)
        posted |= dict.fromkeys(names, "") | dict(zip(names, lines, strict=False))
    return SummaryForm(posted | (fields or {}), summary=summary)


def saved(form):
    assert form.is_valid(), form.errors
    return form.written().parts


def test_a_summary_shown_and_sent_back_is_unchanged():
    form = form_of()
    assert saved(form) == {part: list(BEFORE[part]) for part in PARTS}
    assert not form.has_changed()


def test_two_papers_with_the_same_words_keep_each_their_own():
    points = saved(form_of(key_points="방법을 제안한다\n방법을 제안한다\n셋째는 다르다"))["key_points"]
    assert [bullet.papers for bullet in points] == [(ONE,), (TWO,), (THREE,)]


def test_a_changed_line_keeps_the_papers_of_the_line_it_replaced():
    form = form_of(topics="첫째 주제\n고친 주제")
    assert saved(form)["topics"] == [Bullet("첫째 주제", (ONE,)), Bullet("고친 주제", (TWO,))]
    assert form.has_changed()


def test_lines_in_another_order_take_their_papers_along():
    assert saved(form_of(topics="둘째 주제\n첫째 주제"))["topics"] == BEFORE["topics"][::-1]


def test_a_removed_line_leaves_the_others_their_papers():
    assert saved(form_of(key_points="방법을 제안한다\n셋째"))["key_points"][1] == Bullet("셋째", (THREE,))


def test_a_new_line_rests_on_all_papers_of_its_part():
    topics = saved(form_of(topics="첫째 주제\n둘째 주제\n새 주제"))["topics"]
    assert topics == [*BEFORE["topics"], Bullet("새 주제", (ONE, TWO))]


@pytest.mark.parametrize("mark", ["- ", "• ", "* ", "  - ", "1. ", "2) "])
def test_list_marks_are_not_kept(mark):
    form = form_of(topics=f"{mark}첫째 주제\r\n\r\n{mark}둘째 주제\r\n-\r\n")
    assert saved(form)["topics"] == BEFORE["topics"]
    assert not form.has_changed()


def test_unseen_characters_are_not_kept():
    assert saved(form_of(impact="도움이\u200b 된다\u202e\t."))["impact"][0].text == "도움이 된다 ."


def test_an_emoji_may_be_mailed():
    assert saved(form_of(impact="연구자 👩\u200d🔬 에게"))["impact"][0].text == "연구자 👩\u200d🔬 에게"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("https://evil.example 참고", "link"),
        ("[여기](javascript:alert(1))", "markup"),
        ("<script>alert(1)</script>", "markup"),
        ("who@evil.example", "address"),
        ("가" * (LONGEST_BULLET + 1), "length"),
    ],
)
def test_a_line_unfit_to_be_mailed_is_refused_at_its_field(words, said):
    form = form_of(impact=f"도움이 된다\n{words}")
    assert not form.is_valid()
    assert list(form.errors) == ["impact-new"] and kind_name(said) in str(form.errors["impact-new"])


@pytest.mark.parametrize("words", ["", " \r\n ", "-\r\n•"])
def test_a_part_cannot_be_emptied(words):
    form = form_of(outlook=words)
    assert not form.is_valid()
    assert list(form.errors) == ["outlook-0"] and len(form.errors["outlook-0"]) == 1


def test_a_missing_field_is_refused_and_not_taken_for_an_empty_part():
    form = SummaryForm({"topics-0": "주제"}, summary=Summary(language="ko", parts=as_json(BEFORE)))
    assert not form.is_valid()
    assert set(form.errors) == set(form.fields) - {"topics-0"}


def test_a_long_section_can_be_saved_and_added_to():
    ids = [f"2411.{n:05d}" for n in range(1, 41)]
    long = BEFORE | {"key_points": [Bullet(f"{paper} " + "가" * (LONGEST_BULLET - 11), (paper,)) for paper in ids]}
    assert saved(form_of(long))["key_points"] == long["key_points"]
    more = "\r\n".join([bullet.text for bullet in long["key_points"]] + ["나" * LONGEST_BULLET] * SPARE_LINES)
    assert len(saved(form_of(long, key_points=more))["key_points"]) == len(ids) + SPARE_LINES


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_our_own_writer_wrote_can_be_saved_as_it_is(language):
    papers = [
        Abstract(ONE, "TabParse: a parser", "We present TabParse, a parser. It gains 12.5\\% on \\emph{TabBench}."),
        Abstract(TWO, "- 1. An odd title <b>", "1. We show that $x^2 < y$. See https://x.example for more."),
        Abstract(THREE, "No abstract at all", ""),
    ]
    form = form_of(write_section(papers, language))
    assert saved(form) and not form.has_changed()


def test_markup_in_a_stored_line_is_shown_as_text():
    shown = SummaryForm(
        summary=Summary(language="ko", parts=as_json(BEFORE | {"impact": [Bullet("</textarea><b>", ())]}))
    )
    assert "&lt;/textarea&gt;&lt;b&gt;" in str(shown["impact-0"]) and "<b>" not in str(shown["impact-0"])


def test_a_mended_line_keeps_its_sentences_and_one_written_anew_does_not():
    before = BEFORE | {"impact": [Bullet("It gains 12 points on the task.", (ONE,), (f"{ONE}#2",))]}
    mended = saved(form_of(before, {"impact-0": "It gains 13 points on the task."}))["impact"]
    anew = saved(form_of(before, {"impact-0": "Nobody had tried that."}))["impact"]
    assert (mended[0].sentences, anew[0].sentences) == ((f"{ONE}#2",), ())


def test_several_lines_in_one_field_are_several_statements_about_its_paper():
    points = saved(form_of(fields={"key_points-2": "셋째\r\n또 하나"}))["key_points"]
    assert points[2:] == [Bullet("셋째", (THREE,)), Bullet("또 하나", (THREE,))]


def test_a_part_that_was_empty_may_stay_empty():
    form = form_of(BEFORE | {"topics": [], "keywords": []})
    assert form.is_valid() and not form.has_changed()
