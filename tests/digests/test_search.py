"""Searching the archive; the same is found on SQLite and on PostgreSQL."""

from urllib.parse import urlencode

import pytest

from digests.approve import approve
from digests.archive.catalogue import catalogue, catalogue_missing
from digests.archive.question import as_fts5, as_tsquery, marked, read_question, snippet
from digests.archive.terms import terms_of
from digests.content import hash_of, snapshot
from digests.models import CataloguedDigest, Paper, Summary
from tests.digests.pages import days_ago, hrefs, page_of, words
from tests.factories import make_approved, make_approved_weekly, make_digest, make_editor, make_paper, make_week

pytestmark = pytest.mark.django_db


def told(title, text="", *, day=None, slug="llm", language="ko", abstract="", authors=()):
    """An approved digest of one paper with that title, of which it says that text; the paper's id."""
    digest = make_digest(**({"day": day} if day else {}), sections=[slug])
    paper = make_paper(slug, title=title, abstract=abstract, authors=list(authors), has_record=bool(abstract))
    digest.sections.first().entries.update(paper=paper)
    bullet = [{"text": text or "…", "papers": [paper.arxiv_id], "sentences": []}]
    Summary.objects.filter(section__digest=digest).update(parts={}, one_liners=[], limits=[])
    Summary.objects.filter(section__digest=digest, language=language).update(
        parts={"key_points": bullet}, one_liners=bullet
    )
    assert approve(digest, make_editor(f"editor{paper.pk}"), hash_of(snapshot(digest)))
    return paper.arxiv_id


def found(client, q="", **asked):
    """The ids of the papers found, in order."""
    response, page = page_of(client, f"/search/?{urlencode({'q': q} | asked)}")
    assert response.status_code == 200
    return [href.removeprefix("/paper/").rstrip("/") for href in hrefs(page, ".results a.name")]


# ---- what is found


@pytest.mark.parametrize(
    "q",
    [
        "diffusion",
        "DIFFUSION models",
        "model diffusion",
        "diffus",
        "ｄｉｆｆｕｓｉｏｎ",
        "GPT-4o",
        "gpt 4o",
        "Diffusion, (models)!",
    ],
)
def test_words_of_a_title_are_found_however_they_are_written(client, q):
    paper = told("Diffusion Models beyond GPT-4o")
    told("Something else", day=days_ago(1))
    assert found(client, q) == [paper]


@pytest.mark.parametrize("q", ["언어모델", "언어 모델", "모델을", "거대언어모델의", "환각", "각", "LLM 환각을 줄이는"])
def test_korean_is_found_without_regard_to_blanks_and_particles(client, q):
    paper = told("A paper", "LLM, 곧 거대 언어모델이 겪는 환각을 줄이는 방법")
    told("Another", "영상을 만드는 방법", day=days_ago(1), slug="computer-vision")
    assert found(client, q) == [paper]


@pytest.mark.parametrize(
    ("said", "q", "own"),
    [
        ("모델·데이터·기법 이름: ZebraNet, 얼룩말", "얼룩말", "모델"),
        ("Models, data and methods named: ZebraNet, StripeBench", "stripebench", "methods"),
        ("주요 용어: 얼룩말", "얼룩말", "용어"),
        ("초록에서 결과나 효과를 말한 문장을 찾지 못했습니다.", "", "결과"),
        ("The abstract does not say on what data or in what setting.", "", "abstract setting"),
    ],
)
def test_words_that_the_built_in_writer_puts_around_every_paper_find_none(client, said, q, own):
    paper = told("Zebras", said, slug="robotics")
    assert found(client, own) == []
    assert not q or found(client, q) == [paper]
    snippet = words(page_of(client, "/search/?q=zebras")[1].css_first(".results li"))
    assert own.split()[0] not in snippet


def test_every_word_must_be_there(client):
    told("Robots that walk")
    assert found(client, "robots swim") == []
    assert "Try fewer words" in words(page_of(client, "/search/?q=robots+swim")[1])


def test_authors_abstracts_ids_and_categories_are_found_as_well(client):
    paper = told("A title", abstract="We study zebrafish.", authors=["Grace Hopper"])
    for q in ("hopper", "zebrafish", paper, "거대 언어 모델"):
        assert found(client, q) == [paper], q


def test_a_title_counts_more_than_an_abstract(client):
    less = told("A title", abstract="On quantum things.", day=days_ago(1))
    more = told("Quantum things", day=days_ago(2))
    assert found(client, "quantum") == [more, less]


def test_the_newest_come_first_when_asked_for(client):
    older = told("Quantum things", day=days_ago(2))
    newer = told("A title", abstract="On quantum things.", day=days_ago(1))
    assert found(client, "quantum") == [older, newer]
    assert found(client, "quantum", order="newest") == [newer, older]


def test_category_and_days_narrow_a_search_and_do_without_words(client):
    first = told("Robots one", day=days_ago(3))
    second = told("Robots two", day=days_ago(1), slug="robotics")
    assert found(client, "robots", category="robotics") == [second]
    assert found(client, "robots", until=days_ago(2)) == [first]
    assert found(client, "robots", since=days_ago(2)) == [second]
    assert found(client, "", date=days_ago(3)) == [first]
    assert found(client, "robots", date=days_ago(2)) == []


def test_a_paper_is_found_once_though_a_weekly_digest_repeats_it(client):
    make_week(sections=["llm"])
    make_approved_weekly()
    assert catalogue_missing() == 0
    results = found(client, "paper")
    assert len(results) == len(set(results)) == 7


def test_drafts_and_what_was_sent_back_are_not_found(client):
    make_digest()
    digest = make_approved(day=days_ago(1))
    assert len(found(client, "paper number")) == 2
    digest.touch()
    assert found(client, "paper number") == []


def test_what_is_catalogued_again_is_found_by_its_new_words_only(client):
    paper = told("Animals", abstract="On zebras.")
    Paper.objects.filter(arxiv_id=paper).update(abstract="On giraffes.")
    catalogue(CataloguedDigest.objects.get().digest)
    assert found(client, "giraffe") == [paper]
    assert found(client, "zebra") == []


def test_results_come_twenty_a_page_and_keep_the_question(client):
    for ago in range(21):
        make_approved(day=days_ago(ago), sections=["llm"])
    page = page_of(client, "/search/?q=paper&order=newest")[1]
    assert len(page.css(".results .name")) == 20
    assert hrefs(page, "a[rel=next]") == ["/search/?q=paper&order=newest&page=2"]
    assert len(page_of(client, "/search/?q=paper&page=2")[1].css(".results .name")) == 1


def test_of_very_many_answers_the_newest_are_weighed_and_the_page_says_so(client, monkeypatch):
    monkeypatch.setattr("digests.archive.search.MOST_WEIGHED", 2)
    papers = [told("Robots", day=days_ago(ago)) for ago in range(1, 4)]
    assert found(client, "robots") == papers[:2]
    assert "the newest of more" in words(page_of(client, "/search/?q=robots")[1])
    assert found(client, "robots", order="newest") == papers
    assert "the newest of more" not in words(page_of(client, "/search/?q=robots&order=newest")[1])


def test_an_old_paper_with_the_words_in_its_title_is_among_very_many_answers_and_stands_first(client, monkeypatch):
    monkeypatch.setattr("digests.archive.search.MOST_WEIGHED", 2)
    old = told("Robots that 학습하다", day=days_ago(9))
    newer = [told("Something else", "robots 학습", language="en", day=days_ago(ago)) for ago in range(4)]
    assert found(client, "robots") == [old, *newer[:2]]
    assert found(client, "robots 학습") == [old, *newer[:2]]
    assert found(client, "robots", since=days_ago(5)) == newer[:2]


def test_a_search_costs_the_same_however_much_it_finds(client, django_assert_max_num_queries):
    for ago in range(12):
        make_approved(day=days_ago(ago), sections=["llm"])
    with django_assert_max_num_queries(8):
        client.get("/search/?q=paper")


# ---- what is shown


def test_what_was_asked_for_is_marked_and_text_stays_text(client):
    told("Prompt <script>alert(1)</script> injection", "주입 공격 <img src=x onerror=alert(2)> 막기", abstract="x")
    page = page_of(client, "/search/?q=inject+주입", "ko")[1]
    assert [mark.text() for mark in page.css("mark")] == ["injection", "주입"]
    assert not page.css("script, .results img, [onerror]")
    assert "<script>alert(1)</script>" in words(page.css_first(".results"))


def test_the_question_is_shown_as_it_was_and_escaped(client):
    q = '"><script>alert(1)</script>'
    page = page_of(client, f"/search/?{urlencode({'q': q})}")[1]
    assert page.css_first("#search-words").attributes["value"] == q
    assert not page.css("script")
    assert hrefs(page, "link[rel=canonical]")[0].endswith("/search/"), "search engines need one of them only"


def test_a_snippet_is_about_the_first_hit_and_not_longer_than_a_glance():
    text = "Long before it. " * 40 + "Here is the needle in it. " + "Long after it. " * 40
    pieces = snippet([text], read_question("needle"))
    assert [piece.text for piece in pieces if piece.is_hit] == ["needle"]
    assert len("".join(piece.text for piece in pieces)) < 220


@pytest.mark.parametrize(
    ("text", "q", "hits"),
    [
        ("언어 모델과 언어모델", "언어모델", ["언어 모델", "언어모델"]),
        ("Transformers transform", "transformer", ["Transformers", "transform"]),
        ("ﬁne-tuning", "fine", ["ﬁne"]),
        ("a.b(c[d", "a.b(c[d", ["a", "b", "c", "d"]),
        ("nothing here", "else", []),
    ],
)
def test_marks_stand_where_the_words_stand(text, q, hits):
    pieces = marked(text, read_question(q))
    assert [piece.text for piece in pieces if piece.is_hit] == hits
    assert "".join(piece.text for piece in pieces) == text


# ---- what cannot be asked


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "x" * 10_000},
        {"q": "a\0b"},
        {"q": "x", "since": "2026-02-30"},
        {"q": "x", "until": "yesterday"},
        {"q": "x", "date": "2026-02-30"},
        {"q": "x", "category": "astrology"},
        {"q": "x", "category": "' OR 1=1 --"},
        {"q": "x", "order": "random"},
        {"q": "x", "since": "9" * 10_000},
    ],
)
def test_what_makes_no_sense_is_answered_by_a_sentence_beside_the_field(client, asked):
    response, page = page_of(client, f"/search/?{urlencode(asked)}")
    assert response.status_code == 400
    assert len(page.css(".error")) >= 1
    assert len(response.content) < 20_000


@pytest.mark.parametrize("page", ["0", "-1", "2", "1e9", "x", "9" * 400])
def test_a_page_of_results_that_is_not_there_is_not_found(client, page):
    told("Robots")
    assert client.get("/search/", {"q": "robots", "page": page}).status_code == 404


HOSTILE = [
    "' OR 1=1 --", '"; DROP TABLE digests_digest; --', "robots & !x | (y <-> z):*", "NEAR(a b) OR title:x*", "%_\\",
    "(((((((((", "* ** *", "(a+)+$" * 30, "\u202e\u200b", "🤖🤖", "a" * 200, "가" * 200, "a " * 100, "'a':*A",
    "{{ 7*7 }}{% debug %}", "../../etc/passwd", "\ud83d",
]  # fmt: skip


@pytest.mark.parametrize("q", HOSTILE)
def test_nothing_that_is_typed_is_taken_for_anything_but_words(client, q):
    told("Robots that walk")
    response = client.get(f"/search/?{urlencode({'q': q}, errors='surrogatepass')}")
    assert response.status_code == 200
    assert found(client, "robots"), "the table is still there"


def test_a_question_without_words_says_what_it_needs(client):
    assert "no letter or digit" in words(page_of(client, "/search/?q=%3F%21")[1])
    assert "every word must be there" in words(page_of(client, "/search/")[1])


@pytest.mark.parametrize("q", HOSTILE)
def test_what_reaches_a_database_has_letters_and_digits_only(q):
    question = read_question(q)
    assert len(question) <= 12
    for text, marks in ((as_tsquery(question), "':*& "), (as_fts5(question), '"* ')):
        bare = text.replace(" AND ", " ")
        assert all(c.isalnum() or c in marks for c in bare), bare


def test_terms_are_stems_and_pairs():
    assert terms_of("Language Models, GPT-4o") == ["languag", "model", "gpt", "4o"]
    assert terms_of("언어 모델") == ["언어", "어", "어모", "모델", "델"]
    assert terms_of("x의 값") == ["x", "의", "의값", "값"]
    assert terms_of("!? …") == []
