"""What a reader wants marked, and where it is found."""

import pytest

from digests.highlights import Highlights, Searched, from_text, marks_in, papers_in, terms_in

pytestmark = pytest.mark.once


def content(title="Diffusion Models for X", authors=("Geoffrey E. Hinton", "김철수"), line="확산 모델을 소개한다"):
    summary = {"one_liners": [{"text": line, "papers": ["2411.00001"]}], "parts": {}}
    paper = {"id": "2411.00001", "title": title, "authors": list(authors)}
    return {"sections": [{"slug": "llm", "papers": [paper], "summaries": {"ko": summary}}]}


def found(wanted, **of):
    return marks_in(papers_in(content(**of), ["llm"]), wanted.as_text())


@pytest.mark.parametrize(
    ("keyword", "title"),
    [
        ("diffusion", "Diffusion Models for X"),
        ("diffusion model", "Diffusion Models for X"),
        ("DIFFUSION", "A diffusion-based way"),
        ("in-context learning", "In Context Learning"),
        ("C++", "Writing C++ by model"),
        ("확산", "무엇이든"),
        ("diffusion", "Diffusion은 무엇인가"),
    ],
)
def test_a_keyword_is_found_as_a_word_whatever_its_case_number_or_ending(keyword, title):
    assert found(Highlights((keyword,)), title=title) == (("2411.00001", keyword),)


@pytest.mark.parametrize(
    ("keyword", "title"), [("rag", "Storage of things"), ("llm", "LLMOps"), (".*", "Anything"), ("a(", "Call a() now")]
)
def test_part_of_another_word_and_an_expression_are_not_found(keyword, title):
    marks = found(Highlights((keyword,)), title=title)
    assert marks == ((("2411.00001", keyword),) if keyword == "a(" else ())


@pytest.mark.parametrize("name", ["Hinton", "geoffrey hinton", "Hinton, Geoffrey", "김철수"])
def test_an_author_is_found_by_the_parts_of_the_name(name):
    assert found(Highlights((), (name,))) == (("2411.00001", name),)


@pytest.mark.parametrize("name", ["Hint", "Yann LeCun", "Geoffrey LeCun", "김철"])
def test_another_author_is_not_found(name):
    assert found(Highlights((), (name,))) == ()


def test_sections_that_are_not_in_the_mail_are_not_searched():
    assert papers_in(content(), ["robotics"]) == ()


def test_highlights_survive_being_kept_as_text():
    wanted = Highlights(("diffusion", "RLHF"), ("Geoffrey Hinton",))
    assert from_text(wanted.as_text()) == wanted
    assert from_text("") == Highlights()


def test_what_is_typed_is_cleaned_and_each_term_counts_once():
    typed = " diffusion ,\u202eRLHF\x00, Diffusion;\nagents\u200b,, "
    assert terms_in(typed) == ["Diffusion", "RLHF", "agents"]


def test_empty_lines_ask_for_nothing():
    assert from_text("\n agents\n\n") == from_text(" agents")
    assert marks_in((Searched("1", "some words", ()),), "\n\n") == ()
