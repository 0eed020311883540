"""Terms kept to one spelling, and the particles after them."""

import pytest
from django.core.exceptions import ValidationError

from digests.models import Term
from digests.writing.seed_terms import TERMS
from digests.writing.term_bank import KeptTerm, keep_terms, told_terms

BANK = [
    KeptTerm("fine-tuning", "미세 조정", ("파인튜닝", "조정")),
    KeptTerm("hallucination", "환각", ("할루시네이션",)),
    KeptTerm("supervised learning", "지도 학습", ("감독 학습",)),
    KeptTerm("dataset", "데이터", ("데이터셋들",)),
    KeptTerm("model", "모델", ("모형",)),
    KeptTerm("transformer", "Transformer", ("변환기",)),
]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("파인튜닝을 한다", "미세 조정을 한다"),
        ("할루시네이션은 준다", "환각은 준다"),
        ("데이터셋들은 크고 데이터셋들을 모은다", "데이터는 크고 데이터를 모은다"),
        ("데이터셋들과 데이터셋들이 있다", "데이터와 데이터가 있다"),
        ("모형으로 모형으로서 모형으로만", "모델로 모델로서 모델로만"),
        ("모형이다 모형의 모형에서", "모델이다 모델의 모델에서"),
        ("파인튜닝하는", "미세 조정하는"),
        ("변환기는 변환기를", "Transformer는 Transformer를"),
        ("미세 조정을 한다", "미세 조정을 한다"),
        ("비감독 학습은", "비감독 학습은"),
        ("pre모형", "pre모형"),
        ("LLM 모형", "LLM 모델"),
        ("", ""),
    ],
)
def test_spellings_give_way_and_particles_follow(given, wanted):
    assert keep_terms(given, BANK) == wanted
    assert keep_terms(wanted, BANK) == wanted, "a text that is right stays as it is"


def test_without_terms_nothing_changes():
    assert keep_terms("파인튜닝", []) == "파인튜닝"


def test_a_writer_is_told_the_terms_that_an_abstract_has():
    text = "We study Fine Tuning of models by self-supervised-learning."
    assert [term.english for term in told_terms(text, BANK)] == ["fine-tuning", "supervised learning", "model"]


@pytest.mark.django_db
def test_an_installation_begins_with_terms_that_do_not_contradict_each_other():
    assert Term.objects.count() == len(TERMS) > 30
    for term in Term.objects.all():
        term.full_clean()
    bank = [KeptTerm(term.english, term.korean, tuple(term.replaced)) for term in Term.objects.all()]
    spellings = [spelling for term in bank for spelling in term.replaced]
    assert len(spellings) == len(set(spellings))
    for term in bank:
        assert keep_terms(term.korean, bank) == term.korean
        assert all(keep_terms(spelling, bank) == term.korean for spelling in term.replaced)


@pytest.mark.django_db
def test_a_spelling_that_another_term_keeps_is_refused():
    with pytest.raises(ValidationError, match="환각"):
        Term(english="illusion", korean="착각", variants="환각\n망상").full_clean()
