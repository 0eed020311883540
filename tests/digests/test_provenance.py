"""What a digest's page says about how it was made."""

import pytest

from digests.approve import approve
from digests.content import hash_of, snapshot
from digests.models import Digest, Entry, Summary
from digests.writing.making import Making
from tests.digests.pages import page_of, words
from tests.factories import DAY, make_approved, make_digest, make_editor

pytestmark = pytest.mark.django_db


def told(client, language="en"):
    """The words of the part about its making."""
    return words(page_of(client, f"/{DAY}/", language)[1].css_first(".provenance"))


def test_it_says_who_wrote_what_was_checked_and_why_each_paper_is_in(client):
    digest = make_digest(sections=["llm"])
    flags = [{"kind": "withheld, number", "text": "x"}] * 2 + [{"kind": "number", "text": "y"}]
    making = Making(numbers=(3, 4), prompts="abcdef0123").as_json()
    Summary.objects.update(written_by="gpt-test", making=making, flags=flags, edited_by=make_editor("reviser"))
    assert approve(digest, make_editor("Kim"), hash_of(snapshot(digest)))
    digest.refresh_from_db()
    text = told(client)
    assert "AI-generated summary (gpt-test), revised by an editor Numbers checked 3/4" in text
    assert "2 statements were withheld: they did not hold against the abstract; 1 doubt was shown to the editor" in text
    assert "abcdef0123" in text
    assert digest.content_hash in text
    assert "#1: 7 votes" in text
    assert "KST, by an editor" in text
    assert "a day in Asia/Seoul; arXiv’s dates are UTC" in text
    assert "Kim" not in text and "reviser" not in text


def test_editors_are_named_where_the_installation_says_so(client, settings):
    settings.NAME_EDITORS = True
    digest = make_digest(sections=["llm"])
    editor = make_editor("kim", first_name="Ada", last_name="<b>Kim</b>")
    assert approve(digest, editor, hash_of(snapshot(digest)))
    assert "KST, Ada <b>Kim</b>." in told(client)


def test_content_frozen_before_there_was_provenance_still_shows(client):
    digest = make_approved(sections=["llm"])
    content = digest.approved_content
    for section in content["sections"]:
        for paper in section["papers"]:
            del paper["chosen"]
        for summary in section["summaries"].values():
            del summary["doubts"], summary["making"]["prompts"]
    Digest.objects.update(approved_content=content, content_hash=hash_of(content))
    text = told(client)
    assert "built-in writer" in text
    assert "Why these papers" not in text


@pytest.mark.parametrize(
    ("reason", "in_english", "in_korean"),
    [
        ("#3: 12 votes, listed by huggingface (rank 2)", "#3: 12 votes, listed by Hugging Face (rank 2)", "3위: 추천 12, Hugging Face 목록(순위 2)"),
        (
            "#1: late riser, had 4 when it was passed over, 30 votes in 2 days, listed by arxiv, deeplearn (rank 1)",
            "#1: late riser, had 4 when it was passed over, 30 votes in 2 days, listed by arXiv, deeplearn.org (rank 1)",
            "1위: 뒤늦게 오름(전에 지나쳤을 때 추천 4), 2일 동안 추천 30, arXiv, deeplearn.org 목록(순위 1)",
        ),
        ("added by an editor", "added by an editor", "편집자가 추가함"),
    ],
)  # fmt: skip
def test_why_a_paper_was_chosen_is_told_in_the_pages_language(client, reason, in_english, in_korean):
    digest = make_digest(sections=["llm"])
    Entry.objects.update(reason=reason)
    assert approve(digest, make_editor("Kim"), hash_of(snapshot(digest)))
    paper = Digest.objects.get().approved_content["sections"][0]["papers"][0]
    for language, expected in (("en", in_english), ("ko", in_korean)):
        for path, where in (
            (f"/{DAY}/", ".chosen li span.quiet"),
            (f"/paper/{paper['id']}/", f".facts dd[lang={language}]"),
        ):
            shown = page_of(client, path, language)[1].css_first(where)
            assert words(shown) == expected and shown.attributes["lang"] == language


def test_a_reason_that_nobody_can_tell_in_korean_is_marked_as_english(client):
    digest = make_digest(sections=["llm"])
    Entry.objects.update(reason="<b>because</b> of something new")
    assert approve(digest, make_editor("Kim"), hash_of(snapshot(digest)))
    shown = page_of(client, f"/{DAY}/", "ko")[1].css_first(".chosen li span.quiet")
    assert words(shown) == "<b>because</b> of something new" and shown.attributes["lang"] == "en"


def test_a_policys_approval_is_nobodys(client, settings):
    settings.NAME_EDITORS = True
    digest = make_approved(sections=["llm"])
    Digest.objects.update(approved_content=digest.approved_content | {"policy": "send"})
    assert "by an editor" not in told(client)
    assert digest.approved_by.get_username() not in told(client)


def test_the_paper_says_why_it_was_chosen(client):
    digest = make_approved(sections=["llm"])
    paper = digest.approved_content["sections"][0]["papers"][0]
    assert "Why it was chosen #1: 7 votes" in words(page_of(client, f"/paper/{paper['id']}/")[1].css_first(".facts"))
