"""Sentences by their numbers, and statements put down to them."""

from digests.parts import Abstract, Bullet
from digests.writing.evidence import found_by_overlap, numbered, sentence_ids
from digests.writing.limits import limits_line

PAPER = Abstract(
    "2411.00001",
    "A parser for tables",
    "Tables are everywhere. We present TabParse, a parser. Experiments on 12 datasets show gains of 3.5%. It may help.",
)
OTHER = Abstract("2411.00002", "Speech", "We recognise speech with 12 microphones in 40 languages.")


def test_an_abstracts_sentences_are_numbered_from_one():
    assert list(numbered(PAPER)) == [f"2411.00001#{n}" for n in (1, 2, 3, 4)]
    assert numbered(PAPER)["2411.00001#2"] == "We present TabParse, a parser."
    assert numbered(Abstract("2411.00003", "No abstract", "")) == {}


def test_numbers_that_no_sentence_has_are_dropped():
    assert sentence_ids(PAPER, [3, 0, 5, 3, -1, 1]) == ("2411.00001#3", "2411.00001#1")


def test_a_statement_finds_the_sentences_whose_numbers_and_names_it_has():
    korean = Bullet("TabParse는 12개 데이터셋에서 3.5% 앞선다", ("2411.00001",))
    assert found_by_overlap(korean, [PAPER, OTHER])[0] == "2411.00001#3"


def test_a_statement_finds_nothing_in_papers_that_it_does_not_rest_on():
    assert found_by_overlap(Bullet("speech in 40 languages", ("2411.00001",)), [PAPER, OTHER]) == ()
    assert found_by_overlap(Bullet("표를 읽는다", ("2411.00001",)), [PAPER]) == ()


def test_no_more_than_two_sentences_are_found():
    everything = Bullet(PAPER.text, ("2411.00001",))
    assert len(found_by_overlap(everything, [PAPER])) == 2


def test_the_limits_are_the_sentence_on_data_and_size():
    limits = limits_line(PAPER, "ko")
    assert limits.text == "Experiments on 12 datasets show gains of 3.5%."
    assert limits.sentences == ("2411.00001#3",)
