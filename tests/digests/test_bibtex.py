"""The papers of a digest as BibTeX."""

import re

import pytest

from digests.bibtex import escaped, to_bibtex


def paper(title="Attention is all you need", authors=("Ashish Vaswani", "Noam Shazeer"), id_="1706.03762", **fields):
    given = {"id": id_, "title": title, "authors": list(authors), "url": f"https://arxiv.org/abs/{id_}"}
    return given | {"published": "2017-06-12"} | fields


def bibtex(*papers):
    return to_bibtex({"day": "2024-11-22", "sections": [{"papers": list(papers)}]})


def keys(text):
    return re.findall(r"^@misc\{(.*),$", text, flags=re.MULTILINE)


def test_a_paper_is_a_misc_of_arxiv():
    text = bibtex(paper())
    assert text.startswith("% 1 papers of 2024-11-22. Encoding: UTF-8\n\n@misc{vaswani2017attention,\n")
    for line in (
        "  title = {{Attention is all you need}},",
        "  author = {Ashish Vaswani and Noam Shazeer},",
        "  year = {2017},",
        "  eprint = {1706.03762},",
        "  archiveprefix = {arXiv},",
        "  url = {https://arxiv.org/abs/1706.03762},",
        "  month = jun,",
    ):
        assert line in text.splitlines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("50% of $x_1$ & #2", r"50\% of \$x\_1\$ \& \#2"),
        ("\\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("a^b~c", r"a\textasciicircum{}b\textasciitilde{}c"),
        ("거대 언어 모델 Ł é", "거대 언어 모델 Ł é"),
        ("two\nlines", "two lines"),
    ],
)
def test_nothing_of_a_text_is_a_command(text, shown):
    assert escaped(text) == shown


@pytest.mark.parametrize("title", ["}}", "{{{", '"}, evil = {x', "@misc{x,", "\\", "%"])
def test_no_title_closes_its_field(title):
    text = bibtex(paper(title=title))
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert len(keys(text)) == 1


def test_keys_are_each_given_once():
    same = [paper(id_=f"1706.0376{n}") for n in range(4)]
    tricky = paper(title="Attention-2 attention", id_="1706.03769")
    found = keys(bibtex(*same, tricky))
    assert found[:3] == ["vaswani2017attention", "vaswani2017attention-2", "vaswani2017attention-3"]
    assert len(set(found)) == 5


def test_a_paper_without_what_a_key_is_made_of_goes_by_its_id():
    assert keys(bibtex(paper(title="사고의 사슬", authors=()), paper(title="…", authors=["김"], id_="cs/0112017"))) == [
        "arxiv170603762",
        "arxivcs0112017",
    ]


def test_the_month_comes_from_the_id_where_arxiv_gave_no_date():
    text = bibtex(paper(published=None, id_="cs/0112017"))
    assert "  year = {2001}," in text and "  month = dec," in text


def test_a_collaboration_stays_one_author():
    assert "author = {{ATLAS and CMS} and {Smith, Jr.} and Ann Andrews}" in bibtex(
        paper(authors=["ATLAS and CMS", "Smith, Jr.", "Ann Andrews"])
    )
