"""The weights learnt from sorted papers: what is read of a paper, and what the numbers say."""

import math
from collections import Counter

import pytest

from digests.models.paper import OTHER
from digests.offline.keywords import KEYWORDS
from digests.offline.word_model import WEIGHTS, WordModel, features, log_probabilities, terms, word_model

MODEL = WordModel({"boat": {"sea": 2.0, "land": -2.0}, "long oar": {"sea": 1.0}}, {"sea": 0.0, "land": 0.0})


def test_terms_are_telling_words_and_pairs_that_stand_side_by_side() -> None:
    assert list(terms(["long", "oar", "of", "boat", "9", "x"])) == ["long", "oar", "boat", "long oar"]


def test_a_word_of_the_title_counts_twice_and_repeats_count_less_and_less() -> None:
    found = features(Counter({"boat": 1}), Counter({"boat": 1, "oar": 1}))
    assert found == pytest.approx({"boat": 1 + math.log(3), "oar": 1.0})


def test_the_probabilities_of_all_categories_make_one() -> None:
    chances = log_probabilities({"boat": 1.0, "long oar": 1.0}, MODEL)
    assert sum(math.exp(value) for value in chances.values()) == pytest.approx(1)
    assert chances["sea"] > chances["land"]


def test_words_it_does_not_know_say_nothing() -> None:
    assert log_probabilities({"boat": 1.0, "duck": 9.0}, MODEL) == log_probabilities({"boat": 1.0}, MODEL)
    assert log_probabilities({"duck": 1.0}, MODEL)["sea"] == pytest.approx(math.log(0.5))


def test_the_stored_weights_know_the_same_categories_as_the_keywords() -> None:
    model = word_model()
    assert model.start.keys() == KEYWORDS.keys() and OTHER in model.start
    assert all(weights for weights in model.terms.values())


def test_the_stored_weights_are_small_and_hold_no_sentence() -> None:
    assert WEIGHTS.stat().st_size < 320_000
    assert max(len(term.split()) for term in word_model().terms) == 2
