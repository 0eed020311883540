"""The terms a paper is filed under."""

from digests.offline.key_terms import key_terms

TITLE = "OarNet: Retrieval-Augmented Rowing for Small Boats"
TEXT = (
    "Rowing is slow. We propose OarNet, which rows with Retrieval-Augmented Generation (RAG) and a wave predictor. "
    "A wave predictor reads LakeBench, and the wave predictor is fast. RAG helps small boats on LakeBench."
)


def keys(title: str = TITLE, text: str = TEXT, **options: int) -> list[str]:
    return [term.key for term in key_terms(title, text, **options)]


def test_short_forms_written_out_names_and_recurring_phrases_come_first() -> None:
    assert {"retrieval augmented generation", "lakebench", "wave predictor"} <= set(keys())


def test_no_term_is_a_part_of_another() -> None:
    found = keys(most=20)
    assert not [one for one in found for other in found if one != other and f" {one} " in f" {other} "]


def test_there_are_no_more_than_asked_for_and_none_without_words() -> None:
    assert len(keys()) == 5 and len(keys(most=2)) == 2
    assert keys("", "") == []


def test_terms_are_spelled_as_the_abstract_spells_them() -> None:
    spelled = {term.key: term.text for term in key_terms(TITLE, TEXT, most=20)}
    assert spelled["wave predictor"] == "wave predictor" and spelled["lakebench"] == "LakeBench"


def test_the_same_text_gives_the_same_terms() -> None:
    assert key_terms(TITLE, TEXT) == key_terms(TITLE, TEXT)
