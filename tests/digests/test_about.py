"""What this newsletter is, as its settings have it."""

import pytest

from tests.digests.pages import hrefs, page_of, words

pytestmark = pytest.mark.django_db


def about(client, language="en"):
    return words(page_of(client, "/about/", language)[1])


def test_it_tells_who_makes_it_and_when_it_comes(client, settings):
    settings.OPERATOR, settings.DIGEST_SEND_HOUR, settings.DIGEST_TIME_ZONE = "Papers & Co.", 7, "Europe/Berlin"
    told = about(client)
    assert "Papers & Co." in told and "at 07:00 on your own clock" in told and "a day in Europe/Berlin" in told


def test_it_names_the_lists_that_are_read_and_arxiv_always(client, settings):
    settings.DIGEST_SOURCES = ["huggingface"]
    _response, page = page_of(client, "/about/")
    assert hrefs(page, ".told li a[rel=external]") == ["https://huggingface.co/papers", "https://arxiv.org"]
    assert "announced in" not in words(page)
    settings.DIGEST_SOURCES, settings.ARXIV_CATEGORIES = ["arxiv"], ["cs.RO", "cs.LG"]
    assert "what is announced in cs.RO, cs.LG" in about(client)


def test_a_model_that_writes_is_named_and_a_program_that_picks_sentences_is_called_one(client, settings):
    assert "no language model takes part" in about(client)
    settings.OPENAI_API_KEY, settings.OPENAI_MODEL = "key", "some-model"
    told = about(client)
    assert "a language model (some-model)" in told and "no language model" not in told
    assert "언어 모델(some-model)" in about(client, "ko")


@pytest.mark.parametrize(
    ("policy", "approvals", "said"),
    [
        ("hold", 1, "before an editor has read and approved it"),
        ("hold", 2, "before 2 editors have read and approved it"),
        ("send", 1, "whose checks all passed is sent nevertheless"),
        ("titles", 1, "the titles are sent without summaries"),
    ],
)
def test_it_does_not_promise_an_editor_where_a_policy_sends(client, settings, policy, approvals, said):
    settings.APPROVAL_POLICY, settings.APPROVALS_NEEDED = policy, approvals
    assert said in about(client)


def test_arxiv_is_thanked(client):
    assert "Thank you to arXiv for use of its open access interoperability." in about(client, "ko")


def test_an_operators_own_words_stand_there(client, settings):
    settings.ABOUT_TEXT_KO = "우리는 <i>세 사람</i>입니다."
    assert "우리는 <i>세 사람</i>입니다." in about(client, "ko")


def test_search_engines_are_told_of_it(client, settings):
    assert f"{settings.SITE_URL}/about/" in client.get("/sitemap-pages.xml").content.decode()
