"""A digest as a file, in the shape of the reports that came before it."""

import json
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from digests.content import snapshot
from digests.exports import WRITERS, chart_name, escaped, to_html, to_json, to_markdown
from digests.models import Category, Chart, Paper, Summary
from digests.parts import PARTS
from tests.factories import make_digest

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> [x](javascript:y) ![z](http://t/p.png) **b** `c` # d | e &lt; ~~f~~ {{ g }} \\*"


@pytest.fixture
def content():
    digest = make_digest(sections=["llm", "audio"])
    Chart.objects.create(digest=digest, language="ko", png=b"x", sha256="ab" * 32, width=600, height=144)
    return snapshot(digest)


def hostile_content():
    digest = make_digest(sections=["llm"])
    Paper.objects.update(title=HOSTILE)
    parts = {part: [{"text": f"{HOSTILE}\n# {part}", "papers": []}] for part in PARTS}
    Summary.objects.update(parts=parts)
    Category.objects.filter(slug="llm").update(name_ko=HOSTILE[:60], name_en=HOSTILE[:60])
    return snapshot(digest)


# ---- Markdown


def test_markdown_begins_with_the_title_line_and_the_chart(content):
    first = to_markdown(content, "ko").splitlines()[0]
    assert first == (
        "# Daily Artificial Intelligence Insights : Papers![Category Distribution Graph](paper_2024-11-22.png)"
    )


def test_a_language_without_a_chart_has_none_in_the_title(content):
    assert to_markdown(content, "en").splitlines()[0] == "# Daily Artificial Intelligence Insights : Papers"


def test_a_sample_says_so_in_the_title(content):
    content["is_sample"] = True
    assert (
        to_markdown(content, "ko")
        .splitlines()[0]
        .startswith("# Daily Artificial Intelligence Insights : Papers [샘플]!")
    )


def test_each_section_has_its_heading_five_numbered_parts_and_sources(content):
    _, *sections = re.split(r"^## ", to_markdown(content, "ko"), flags=re.MULTILINE)
    assert len(sections) == 2
    for told, section in zip(sections, content["sections"], strict=True):
        heading, summary, sources = re.split(r"\n\n\*\*(?:요약|출처):\*\*\n\n", told)
        assert heading == f"{section['emoji']} {section['name']['ko']}"
        assert re.findall(r"^(\d)\. .+:$", summary, re.MULTILINE) == ["1", "2", "3", "4", "5"]
        assert re.findall(r"^   - (.+)$", summary, re.MULTILINE) == [
            f"{section['slug']} 논문을 소개한다: {escaped(part)}" for part in PARTS
        ]
        assert re.findall(r"^ - (.+) \((https://arxiv\.org/abs/\S+)\)$", sources, re.MULTILINE) == [
            (paper["title"], paper["url"]) for paper in section["papers"]
        ]


def test_the_english_report_is_english(content):
    text = to_markdown(content, "en")
    assert "**Summary:**" in text and "**Sources:**" in text
    assert not re.search("[가-힣]", text)


def test_headings_are_in_the_reports_language_whatever_the_commands_is(content):
    headings = re.findall(r"^\d\. (.+):$", to_markdown(content, "ko"), re.MULTILINE)
    assert all(re.search("[가-힣]", heading) for heading in headings)


def test_a_section_without_a_summary_says_so_and_keeps_its_sources(content):
    content["sections"][0]["summaries"].pop("ko")
    text = to_markdown(content, "ko")
    assert text.count("요약이 준비되지 않았습니다.") == 1
    assert content["sections"][0]["papers"][0]["url"] in text


def test_nothing_in_a_title_name_or_summary_becomes_markdown():
    text = to_markdown(hostile_content(), "ko")
    own = r"^# Daily .*$|^## |\*\*(?:요약|출처):\*\*$"
    strange = re.sub(r"\\.", "", re.sub(own, "", text, flags=re.MULTILINE))
    assert not re.search(r"[<>\[\]`*#|&~\\]", strange)
    assert len(re.findall(r"^#", text, re.MULTILINE)) == 2, "a line of a summary became a heading"


def test_escaped_text_is_the_text_with_backslashes():
    assert re.sub(r"\\(.)", r"\1", escaped(HOSTILE)) == HOSTILE
    assert escaped("plain words, 5% (and more)") == "plain words, 5% (and more)"


def test_what_the_results_rest_on_and_who_wrote_it_stand_behind_the_shape_of_old(content):
    _, first, _second = re.split(r"^## ", to_markdown(content, "en"), flags=re.MULTILINE)
    *_sources, limits, making = [line for line in first.splitlines() if line]
    assert limits == "What the results rest on: About a llm paper: line"
    assert making.startswith("Summary: sentences picked") and making.endswith("Numbers checked 2/2")


# ---- HTML


def test_the_page_has_every_section_part_and_source(content):
    page = LexborHTMLParser(to_html(content, "ko"))
    assert page.css_first("html").attributes["lang"] == "ko"
    assert [h2.text() for h2 in page.css("h2")] == [f"{s['emoji']} {s['name']['ko']}" for s in content["sections"]]
    assert len(page.css("h3")) == 2 * 6
    assert [(a.text(), a.attributes["href"]) for a in page.css("a")] == [
        (paper["title"], paper["url"]) for section in content["sections"] for paper in section["papers"]
    ]


def test_the_charts_numbers_are_in_its_alternative_text(content):
    image = LexborHTMLParser(to_html(content, "ko")).css_first("img")
    assert image.attributes["src"] == chart_name(content, "ko")
    for share in content["distribution"]:
        assert f"{share['name']['ko']} {share['papers']}" in image.attributes["alt"]
    assert LexborHTMLParser(to_html(content, "en")).css_first("img") is None


def test_nothing_in_a_title_name_or_summary_becomes_html():
    text = to_html(hostile_content(), "ko")
    page = LexborHTMLParser(text)
    assert page.css("script, iframe, object, [onerror]") == []
    assert page.css_first("a").text() == HOSTILE
    assert {a.attributes["href"].partition("/abs/")[0] for a in page.css("a")} == {"https://arxiv.org"}


# ---- JSON, and what they have in common


def test_json_is_the_content_itself(content):
    assert json.loads(to_json(content, "ko")) == content
    assert "\\u" not in to_json(content, "en")


@pytest.mark.parametrize("form", sorted(WRITERS))
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_form_has_every_paper_with_its_address_once(content, form, language):
    write, _ending = WRITERS[form]
    text = write(content, language)
    for section in content["sections"]:
        for paper in section["papers"]:
            assert paper["title"] in text
            assert text.count(paper["url"]) == 1
