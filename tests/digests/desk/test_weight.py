"""The count of bytes on the review page, held against real mails."""

import copy

import pytest

from digests.content import snapshot
from digests.desk import weight
from digests.desk.weight import LINE_BYTES, weights_of
from digests.rehearsal import rehearse_all, whole_size
from tests.factories import make_digest

pytestmark = pytest.mark.django_db
LINE = "Zq" * 25


def test_the_count_is_of_the_mail_that_goes_out_and_the_largest_is_named():
    content = snapshot(make_digest())
    for part in content["sections"][0]["summaries"]["ko"]["parts"].values():
        part[0]["text"] += "한글" * 50
    sizes = {mail.language: mail.size for mail in rehearse_all(content)}
    weights = {each.language: each for each in weights_of(content)}
    assert {language: each.bytes for language, each in weights.items()} == sizes
    assert [language for language, each in weights.items() if each.is_largest] == [max(sizes, key=sizes.get)]
    assert {each.state for each in weights.values()} == {"fine"}
    assert all(each.whole == each.bytes for each in weights.values())


def test_a_mail_that_is_shortened_says_how_large_it_is_and_how_large_it_would_be(monkeypatch):
    content = snapshot(make_digest())
    limit = whole_size(content, "ko") - 100
    monkeypatch.setattr("digests.rendering.HTML_BYTES", limit)
    monkeypatch.setattr("digests.desk.weight.HTML_BYTES", limit)
    korean = next(each for each in weights_of(content) if each.language == "ko")
    assert korean.bytes <= limit < korean.whole and korean.state == "goal"
    monkeypatch.setattr(weight, "MOST_BYTES", korean.bytes - 1)
    assert korean.state == "most"


def test_a_draft_without_papers_has_no_mail_to_weigh():
    digest = make_digest()
    digest.sections.all().delete()
    assert weights_of(snapshot(digest)) == []


@pytest.mark.parametrize("part", sorted(set(LINE_BYTES) - {"note", "limits", "one_liners"}))
@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_one_more_line_weighs_is_about_what_the_page_counts(part, language):
    content = snapshot(make_digest())
    papers = content["sections"][0]["papers"]
    papers.append(papers[0] | {"id": "2411.99999", "url": "https://arxiv.org/abs/2411.99999"})  # then lines name theirs
    longer = copy.deepcopy(content)
    said = longer["sections"][0]["summaries"][language]["parts"][part]
    said.append(said[0] | {"text": LINE})
    markup = whole_size(longer, language) - whole_size(content, language) - len(LINE)
    assert abs(markup - LINE_BYTES[part]) <= 80
