"""A day's papers as they are stored: who is who, what wins, and what the editor is told."""

import datetime as dt
import json

import httpx
import pytest

from digests.collect import collect_papers
from digests.models import Paper, Sighting
from tests.factories import DAY
from tests.fakes import FakePaper, atom

pytestmark = pytest.mark.django_db
SUNDAY = dt.date(2024, 11, 24)
LISTED = FakePaper("2411.00001", "Daily matter", "We list it.", 7, ("cs.CV", "cs.LG"), ("Ada Example", "Bo Sample"), 3)
HOT = FakePaper("2411.00002", "Hot matter: a study", "It is hot.", 0, ("cs.RO",))


def refuse(request):
    raise httpx.ConnectError("refused", request=request)


def papers():
    return {paper.arxiv_id: paper for paper in Paper.objects.all()}


def sightings():
    rows = Sighting.objects.order_by("source", "rank").values_list("source", "paper__arxiv_id", "rank", "votes")
    return list(rows)


# ---- what is kept


def test_a_paper_is_kept_as_arxiv_describes_it(sources):
    sources.add(LISTED)
    harvest = collect_papers(DAY)
    paper = Paper.objects.get()
    assert (paper.arxiv_id, paper.version, paper.title) == ("2411.00001", 3, "Daily matter")
    assert (paper.abstract, paper.authors) == ("We list it.", ["Ada Example", "Bo Sample"])
    assert paper.arxiv_categories == ["cs.CV", "cs.LG"]
    assert paper.published_at == dt.datetime(2024, 11, 20, 10, tzinfo=dt.UTC)
    assert paper.has_record and not paper.is_sample
    assert sightings() == [("huggingface", "2411.00001", 1, 7)]
    assert (harvest.listed["huggingface"], harvest.listed["arxiv"]) == (1, 1)


def test_a_title_without_an_identifier_is_looked_up_and_recorded_by_the_same_answer(sources):
    sources.add(HOT, daily=False, hot=True)
    collect_papers(DAY)
    assert papers()["2411.00002"].abstract == "It is hot."
    assert sightings() == [("deeplearn", "2411.00002", 1, None)]
    assert len(sources.asked("arxiv")) == 1


def test_a_paper_in_two_lists_is_one_paper_and_two_sightings(sources):
    sources.add(LISTED, hot=True)
    collect_papers(DAY)
    assert sightings() == [("deeplearn", "2411.00001", 1, None), ("huggingface", "2411.00001", 1, 7)]
    assert Paper.objects.count() == 1
    assert len(sources.asked("arxiv")) == 1, "its identifier is known from the other list"


def test_a_title_that_we_have_is_not_asked_for_again(sources):
    sources.add(HOT, daily=False, hot=True)
    collect_papers(DAY)
    sources.calls.clear()
    collect_papers(DAY + dt.timedelta(days=1))
    assert sources.asked("arxiv") == []
    assert [s.day for s in Sighting.objects.order_by("day")] == [DAY, DAY + dt.timedelta(days=1)]


def test_a_title_of_another_paper_is_not_mistaken_for_one_that_we_have(sources):
    sources.add(FakePaper("2411.00001", "!!!"))
    sources.add(FakePaper("2411.00002", "???"), daily=False, hot=True)
    harvest = collect_papers(DAY)
    assert set(papers()) == {"2411.00001"}
    assert any("not found on arXiv: ???" in note for note in harvest.notes)


def test_collecting_again_changes_nothing_but_the_votes(sources):
    sources.add(LISTED)
    collect_papers(DAY)
    before = Paper.objects.values().get()
    sources.papers["2411.00001"].votes, sources.papers["2411.00001"].title = 90, "Renamed by the list"
    sources.calls.clear()
    collect_papers(DAY)
    assert Paper.objects.values().get() == before
    assert sightings() == [("huggingface", "2411.00001", 1, 90)]
    assert sources.asked("arxiv") == [], "a paper whose record we have is not asked for"
    LISTED.votes, LISTED.title = 7, "Daily matter"


def test_of_one_paper_under_two_titles_in_one_list_the_first_place_counts(sources):
    sources.add(HOT, daily=False, hot=True)
    shouted = '<div class="title"><a href="/arxiv/2/x">HOT MATTER — A STUDY</a></div></div>'
    sources.broken["deeplearn"] = lambda request: httpx.Response(
        200, html=sources.deeplearn(request).text.replace("</div></div>", "</div>" + shouted, 1)
    )
    harvest = collect_papers(DAY)
    assert harvest.listed["deeplearn"] == 2
    assert sightings() == [("deeplearn", "2411.00002", 1, None)]


# ---- what wins over what


def test_a_list_never_overwrites_what_arxiv_said(sources):
    sources.add(LISTED)
    collect_papers(DAY)
    rows = [{"paper": {"id": "2411.00001", "title": "Worse", "summary": "Worse", "upvotes": 1}}]
    sources.broken["huggingface"] = lambda _: httpx.Response(200, text=json.dumps(rows))
    collect_papers(DAY + dt.timedelta(days=1))
    assert Paper.objects.get().title == "Daily matter"


def test_a_list_adds_nothing_to_a_record_without_an_abstract(sources):
    sources.add(FakePaper("2411.00001", "Right", ""))
    collect_papers(DAY)
    rows = [{"paper": {"id": "2411.00001", "title": "Worse", "summary": "Worse", "upvotes": 1}}]
    sources.broken["huggingface"] = lambda _: httpx.Response(200, text=json.dumps(rows))
    collect_papers(DAY + dt.timedelta(days=1))
    assert (Paper.objects.get().title, Paper.objects.get().abstract) == ("Right", "")


def test_while_arxiv_is_away_papers_carry_the_lists_words_and_get_the_record_later(sources):
    sources.add(LISTED)
    sources.broken["arxiv"] = refuse
    harvest = collect_papers(DAY)
    paper = Paper.objects.get()
    assert (paper.title, paper.abstract, paper.authors) == ("Daily matter", "We list it.", ["Ada Example", "Bo Sample"])
    assert (paper.has_record, paper.arxiv_categories, paper.version) == (False, [], 1)
    assert "arxiv" in harvest.failed
    assert any("Papers carry what the lists said" in note for note in harvest.notes)
    assert not harvest.nothing_reached
    sources.broken.clear()
    collect_papers(DAY)
    paper.refresh_from_db()
    assert (paper.has_record, paper.arxiv_categories, paper.version) == (True, ["cs.CV", "cs.LG"], 3)


def test_a_list_fills_in_the_abstract_that_another_list_did_not_have(sources, settings):
    settings.DIGEST_SOURCES = ["deeplearn", "huggingface"]
    sources.add(LISTED, hot=True)
    collect_papers(DAY)
    assert Paper.objects.get().abstract == "We list it."


def test_a_list_without_abstracts_takes_none_away(sources, settings):
    settings.DIGEST_SOURCES = ["huggingface", "deeplearn"]
    sources.add(LISTED, hot=True)
    collect_papers(DAY)
    assert Paper.objects.get().abstract == "We list it."


def test_a_samples_stand_in_gives_way_to_the_real_paper(sources):
    Paper.objects.create(arxiv_id="2411.00001", title="Stand-in", abstract="Rewritten.", is_sample=True)
    sources.add(LISTED)
    collect_papers(DAY)
    paper = Paper.objects.get()
    assert (paper.title, paper.abstract, paper.is_sample) == ("Daily matter", "We list it.", False)


def test_a_category_that_an_editor_chose_outlives_collecting(sources):
    sources.add(LISTED)
    collect_papers(DAY)
    Paper.objects.update(decided_by="editor", confidence=1.0, has_record=False)
    collect_papers(DAY)
    assert Paper.objects.get().decided_by == "editor"


# ---- hostile words


def test_hostile_words_are_cleaned_and_kept_raw_beside(sources):
    title = "<script>alert(1)</script>\r\nBcc: x {{ y }} \u202etxet\u200b \x07"
    rows = [
        {
            "paper": {
                "id": "2411.00001",
                "title": f"{title}\ud800\0",
                "summary": "half\ud800 nul\0",
                "authors": [{"name": "A\nB\0"}],
            }
        }
    ]
    sources.broken = {"huggingface": lambda _: httpx.Response(200, text=json.dumps(rows)), "arxiv": refuse}
    collect_papers(DAY)
    paper = Paper.objects.get()
    assert paper.title == "<script>alert(1)</script> Bcc: x {{ y }} txet"
    assert paper.raw_title == f"{title}?"
    assert (paper.abstract, paper.raw_abstract) == ("half nul", "half? nul")
    assert paper.authors == ["A B"]


def test_words_without_end_are_cut(sources):
    rows = [{"paper": {"id": "2411.00001", "title": "t" * 10_000, "summary": "s" * 200_000,
                       "authors": [{"name": "n" * 1000}, *[{"name": "n"}] * 5000]}}]  # fmt: skip
    sources.broken = {"huggingface": lambda _: httpx.Response(200, text=json.dumps(rows)), "arxiv": refuse}
    collect_papers(DAY)
    paper = Paper.objects.get()
    assert (len(paper.title), len(paper.raw_title)) == (500, 2000)
    assert (len(paper.abstract), len(paper.raw_abstract)) == (20_000, 80_000)
    assert (len(paper.authors), len(paper.authors[0])) == (4000, 120)


def test_a_title_of_nothing_visible_is_replaced_by_the_identifier(sources):
    rows = [{"paper": {"id": "2411.00001", "title": "\u200b\u202e", "summary": "x"}}]
    sources.broken = {"huggingface": lambda _: httpx.Response(200, text=json.dumps(rows)), "arxiv": refuse}
    collect_papers(DAY)
    assert Paper.objects.get().title == "2411.00001"


@pytest.mark.parametrize(
    "published",
    ["yesterday", "", "2024-13-45T00:00:00Z", "2024-11-20", "2024-11-20T10:00:00", "0001-01-01T00:00:00+05:00",
     "9999-12-31T23:59:59-05:00", "1066-10-14T09:00:00Z", "\ud800", "x" * 100_000, "2024-11-20T10:00:00+99:99"],
)  # fmt: skip
def test_a_wrong_date_costs_no_paper(sources, published):
    rows = [{"paper": {"id": "2411.00001", "title": "A paper", "summary": "x", "publishedAt": published}}]
    sources.broken = {"huggingface": lambda _: httpx.Response(200, text=json.dumps(rows)), "arxiv": refuse}
    collect_papers(DAY)
    assert Paper.objects.get().published_at is None


def test_a_title_in_a_note_cannot_mislead_the_editor(sources):
    sources.add(FakePaper("2411.00009", "Lost\u202e title\u200b" + "x" * 1000), daily=False, hot=True)
    sources.papers.clear()
    page = '<div class="panel"><h3 class="panel-title">Hot Papers</h3><div class="title"><a href="/arxiv/1/x">%s</a></div></div>'
    sources.broken["deeplearn"] = lambda _: httpx.Response(200, html=page % ("Lost\u202e title\u200b" + "x" * 1000))
    [note] = [note for note in collect_papers(DAY).notes if "not found" in note]
    assert "not found on arXiv: Lost title" in note
    assert len(note) < 500


# ---- dead and degraded sources


@pytest.mark.parametrize("source", ["huggingface", "deeplearn"])
def test_a_dead_source_is_a_note_and_the_other_one_is_kept(sources, source):
    sources.add(LISTED)
    sources.add(HOT, daily=False, hot=True)
    sources.broken[source] = lambda _: httpx.Response(503)
    harvest = collect_papers(DAY)
    assert len(papers()) == 1
    assert source not in harvest.listed
    assert harvest.failed[source].endswith("answered with status 503.")
    assert f"{source}: {harvest.failed[source]}" in harvest.notes
    assert not harvest.nothing_reached


def test_when_nothing_can_be_reached_the_harvest_says_so_and_what_we_had_stays(sources):
    sources.add(LISTED)
    collect_papers(DAY)
    sources.break_all()
    harvest = collect_papers(DAY)
    assert harvest.nothing_reached
    assert set(harvest.failed) == {"huggingface", "deeplearn"}
    assert len(harvest.notes) == 2
    assert sightings() == [("huggingface", "2411.00001", 1, 7)]


@pytest.mark.parametrize(
    ("day", "is_told"),
    [(DAY, True), (DAY + dt.timedelta(days=1), False), (SUNDAY, False), (SUNDAY + dt.timedelta(days=1), True)],
)
def test_an_empty_list_is_told_to_the_editor_unless_it_is_a_weekend(sources, day, is_told):
    sources.add(HOT, daily=False, hot=True)
    harvest = collect_papers(day)
    assert harvest.listed["huggingface"] == 0
    assert any("huggingface: lists no papers" in note for note in harvest.notes) == is_told


def test_identifiers_that_arxiv_does_not_know_are_told_to_the_editor(sources):
    sources.add(LISTED, FakePaper("2411.99999", "Unknown"))
    sources.broken["arxiv"] = lambda _: httpx.Response(200, text=atom([LISTED]))
    harvest = collect_papers(DAY)
    assert "arxiv: no record of 2411.99999." in harvest.notes
    assert not papers()["2411.99999"].has_record


def test_an_empty_answer_of_arxiv_costs_no_paper(sources):
    sources.add(LISTED)
    sources.broken["arxiv"] = lambda _: httpx.Response(200, text=atom([]))
    harvest = collect_papers(DAY)
    assert papers()["2411.00001"].abstract == "We list it."
    assert "arxiv: no record of 2411.00001." in harvest.notes
    assert len(sources.asked("arxiv")) == 2


def test_withdrawn_papers_are_told_to_the_editor(sources):
    sources.add(LISTED)
    withdrawn = atom([LISTED]).replace("</entry>", "<arxiv:comment>This paper is withdrawn.</arxiv:comment></entry>")
    sources.broken["arxiv"] = lambda _: httpx.Response(200, text=withdrawn)
    assert "arxiv: its authors seem to have withdrawn 2411.00001." in collect_papers(DAY).notes


def test_titles_that_could_not_be_looked_up_are_a_failure_of_arxiv_and_not_lost(sources):
    sources.add(HOT, daily=False, hot=True)
    sources.broken["arxiv"] = refuse
    harvest = collect_papers(DAY)
    assert "arxiv" in harvest.failed
    assert any("1 titles without an id could not be looked up" in note for note in harvest.notes)
    assert not any("not found" in note for note in harvest.notes)
    assert papers() == {}


def test_only_the_sources_of_the_settings_are_asked(sources, settings):
    settings.DIGEST_SOURCES = ["huggingface"]
    sources.add(LISTED, hot=True)
    harvest = collect_papers(DAY)
    assert [sources.source_of(call) for call in sources.calls] == ["huggingface"]
    assert not Paper.objects.get().has_record
    assert harvest.listed == {"huggingface": 1}
