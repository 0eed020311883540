"""A day's papers as they are stored: who is who, what wins, and what the editor is told."""

import dataclasses
import datetime as dt
import json

import httpx
import pytest

from digests.collecting import days
from digests.collecting.collect import collect_papers
from digests.collecting.day_state import Judgement
from digests.models import Paper, Rule, Sighting
from tests.factories import DAY
from tests.fakes import FakePaper, atom

pytestmark = pytest.mark.django_db
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
    assert (harvest.lists["huggingface"].listed, harvest.lists["huggingface"].new) == (1, 1)
    assert (harvest.records.asked, harvest.records.listed) == (1, 1)


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
    collect_papers(DAY)
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
    assert harvest.records.failed
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
    report = harvest.lists[source]
    assert report.failed.endswith("answered with status 503.")
    assert (report.listed, report.new) == (0, 0)
    assert f"{source}: {report.failed}" in harvest.notes
    assert not harvest.nothing_reached


def test_when_nothing_can_be_reached_the_harvest_says_so_and_what_we_had_stays(sources):
    sources.add(LISTED)
    collect_papers(DAY)
    sources.break_all()
    harvest = collect_papers(DAY)
    assert harvest.nothing_reached
    assert set(harvest.lists) == {"huggingface", "deeplearn"}
    assert len(harvest.notes) == 2
    assert sightings() == [("huggingface", "2411.00001", 1, 7)]


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
    assert Paper.objects.get().is_withdrawn


def test_titles_that_could_not_be_looked_up_are_a_failure_of_arxiv_and_not_lost(sources):
    sources.add(HOT, daily=False, hot=True)
    sources.broken["arxiv"] = refuse
    harvest = collect_papers(DAY)
    assert harvest.records.failed
    assert any("1 titles without an id could not be looked up" in note for note in harvest.notes)
    assert not any("not found" in note for note in harvest.notes)
    assert papers() == {}


def test_only_the_sources_of_the_settings_are_asked(sources, settings):
    settings.DIGEST_SOURCES = ["huggingface"]
    sources.add(LISTED, hot=True)
    harvest = collect_papers(DAY)
    assert [sources.source_of(call) for call in sources.calls] == ["huggingface"]
    assert not Paper.objects.get().has_record
    assert set(harvest.lists) == {"huggingface"}


# ---- arXiv's feed


@pytest.fixture
def feeds(sources, settings):
    settings.ARXIV_CATEGORIES = ["cs.AI"]
    return sources


def announce(sources, *papers, kind="new"):
    sources.add(*papers, daily=False)
    sources.feed |= {paper.id: kind for paper in papers}


def numbered(count, first=1):
    return [FakePaper(f"2411.{n:05d}", f"Announced number {n}") for n in range(first, first + count)]


def test_a_paper_that_only_the_feed_lists_is_kept_as_the_feed_describes_it(feeds):
    announce(feeds, LISTED)
    harvest = collect_papers(DAY)
    paper = Paper.objects.get()
    assert (paper.title, paper.abstract, paper.authors) == ("Daily matter", "We list it.", ["Ada Example", "Bo Sample"])
    assert (paper.version, paper.arxiv_categories, paper.has_record) == (3, ["cs.CV", "cs.LG"], False)
    assert Sighting.objects.get().announced == "new"
    assert feeds.asked("arxiv") == [], "the feed says enough of it"
    assert (harvest.lists["arxiv"].listed, harvest.lists["arxiv"].new) == (1, 1)


def test_a_cross_listing_is_told_from_a_new_paper(feeds):
    announce(feeds, LISTED, kind="cross")
    collect_papers(DAY)
    assert Sighting.objects.get().announced == "cross"


@pytest.mark.parametrize("kind", ["replace", "replace-cross"])
def test_a_replacement_is_never_a_new_paper(feeds, kind):
    announce(feeds, LISTED, kind=kind)
    harvest = collect_papers(DAY)
    assert not Paper.objects.exists()
    assert (harvest.lists["arxiv"].listed, harvest.lists["arxiv"].new) == (0, 0)


def test_a_replacement_of_a_paper_we_have_is_noted_as_its_version(feeds):
    ours = Paper.objects.create(arxiv_id=LISTED.id, title="Ours", version=1)
    announce(feeds, LISTED, kind="replace")
    collect_papers(DAY)
    ours.refresh_from_db()
    assert (ours.version, ours.title) == (3, "Ours")
    assert not Sighting.objects.exists()


def test_a_feed_of_hundreds_is_counted_whole_and_stored_in_part(feeds, monkeypatch):
    monkeypatch.setattr("digests.collecting.settle.MOST_OF_A_FEED", 3)
    Rule.objects.create(text="number 9")
    announce(feeds, *numbered(2), kind="cross")
    announce(feeds, *numbered(8, first=3))
    harvest = collect_papers(DAY)
    assert set(papers()) == {"2411.00009", "2411.00003", "2411.00004"}, "wished for, then new ones in their order"
    assert (harvest.lists["arxiv"].listed, harvest.lists["arxiv"].new) == (10, 10)
    days.report(DAY, harvest, Judgement("fresh", ""))
    again = collect_papers(DAY + dt.timedelta(days=1)).lists["arxiv"]
    assert (again.listed, again.new) == (10, 0), "those that were not stored are remembered too"


def test_what_people_list_is_stored_however_long_the_feed_is(feeds, monkeypatch):
    monkeypatch.setattr("digests.collecting.settle.MOST_OF_A_FEED", 0)
    announce(feeds, *numbered(3), LISTED)
    feeds.daily.append(LISTED.id)
    collect_papers(DAY)
    assert sorted(Sighting.objects.values_list("source", "paper__arxiv_id")) == [
        ("arxiv", LISTED.id),
        ("huggingface", LISTED.id),
    ]


# ---- votes of the days before


def vote(sources, paper_id, votes):
    sources.papers[paper_id] = dataclasses.replace(sources.papers[paper_id], votes=votes)


def test_votes_of_the_days_before_are_asked_for_again(sources):
    sources.add(LISTED)
    sources.lists = {"2024-11-21": [LISTED.id], "2024-11-22": []}
    collect_papers(DAY - dt.timedelta(days=1))
    vote(sources, LISTED.id, 90)
    collect_papers(DAY)
    assert list(Sighting.objects.values_list("day", "votes")) == [(DAY - dt.timedelta(days=1), 90)]


def test_an_answer_that_lost_its_votes_takes_none_away(sources):
    sources.add(LISTED)
    collect_papers(DAY)
    rows = [{"paper": {"id": LISTED.id, "title": "Daily matter", "upvotes": None}}]
    sources.broken["huggingface"] = lambda _: httpx.Response(200, text=json.dumps(rows))
    collect_papers(DAY)
    assert Sighting.objects.get().votes == 7


def test_only_recorded_days_are_polled_again_and_few_of_them(sources):
    sources.add(LISTED)
    for back in (20, 6, 5, 3, 2):
        collect_papers(DAY - dt.timedelta(days=back))
    sources.calls.clear()
    collect_papers(DAY)
    asked = [call.url.params["date"] for call in sources.asked("huggingface")]
    assert asked == ["2024-11-22", "2024-11-20", "2024-11-19", "2024-11-17"]


def test_votes_are_asked_for_once_however_often_the_day_is(sources):
    sources.add(LISTED)
    collect_papers(DAY - dt.timedelta(days=1))
    for asked in (2, 1):
        sources.calls.clear()
        days.report(DAY, collect_papers(DAY), Judgement("waiting", ""))
        assert len(sources.asked("huggingface")) == asked


def test_a_paper_that_joined_an_earlier_list_is_found_there(sources):
    sources.add(LISTED)
    sources.lists = {"2024-11-21": [LISTED.id], "2024-11-22": []}
    collect_papers(DAY - dt.timedelta(days=1))
    sources.add(FakePaper("2411.00003", "A late entry"), daily=False)
    sources.lists["2024-11-21"].append("2411.00003")
    collect_papers(DAY)
    assert Sighting.objects.get(paper__arxiv_id="2411.00003").day == DAY - dt.timedelta(days=1)


def test_votes_that_cannot_be_asked_for_cost_nothing_else(sources):
    sources.add(LISTED)
    collect_papers(DAY - dt.timedelta(days=1))

    def only_today(request):
        return sources.daily_papers(request) if request.url.params["date"] == "2024-11-22" else httpx.Response(503)

    sources.broken["huggingface"] = only_today
    report = collect_papers(DAY).lists["huggingface"]
    assert (report.listed, report.failed) == (1, "")
    assert "votes of 2024-11-21" in report.why


# ---- what is new, and what is usual


def test_a_paper_is_new_by_its_identifier_and_not_by_its_day(sources):
    sources.add(LISTED)
    assert collect_papers(DAY).lists["huggingface"].new == 1
    assert collect_papers(DAY).lists["huggingface"].new == 1, "asking again makes nothing old"
    assert collect_papers(DAY + dt.timedelta(days=3)).lists["huggingface"].new == 0


def test_a_paper_of_one_list_is_new_in_another_one(sources):
    sources.add(LISTED, daily=False, hot=True)
    sources.add(FakePaper("2411.00004", "Something else"))
    collect_papers(DAY)
    sources.hot.clear()
    sources.daily = [LISTED.id]
    assert collect_papers(DAY + dt.timedelta(days=3)).lists["huggingface"].new == 1


def test_what_is_usual_is_learnt_from_earlier_days(sources):
    sources.add(*numbered(10))
    for back in range(6, 0, -1):
        day = DAY - dt.timedelta(days=back)
        days.report(day, collect_papers(day), Judgement("fresh", ""))
    sources.daily = sources.daily[:2]
    report = collect_papers(DAY).lists["huggingface"]
    assert (report.median, report.is_thin) == (10, True)


def test_a_source_that_is_silent_for_days_is_told_to_the_editor(sources):
    sources.add(LISTED)
    silent = []
    for number in range(4):
        day = DAY + dt.timedelta(days=number)
        harvest = collect_papers(day)
        days.report(day, harvest, Judgement("fresh", ""))
        silent.append((harvest.lists["deeplearn"].days_silent, any("may have changed" in n for n in harvest.notes)))
    assert silent == [(1, False), (2, False), (3, True), (4, True)]


# ---- how much arXiv is asked


def test_a_title_that_arxiv_does_not_know_is_not_asked_for_every_day(sources):
    sources.add(FakePaper("2411.00009", "Unknown to arXiv"), daily=False, hot=True)
    titles = sources.deeplearn(httpx.Request("GET", "https://x")).text
    sources.broken["deeplearn"] = lambda _: httpx.Response(200, html=titles)
    sources.papers.clear()
    asked = []
    for number in range(5):
        sources.calls.clear()
        day = DAY + dt.timedelta(days=number)
        days.report(day, collect_papers(day), Judgement("fresh", ""))
        asked.append(len(sources.asked("arxiv")))
    assert asked == [1, 0, 0, 0, 0]


def test_a_second_try_of_a_day_asks_arxiv_for_nothing_it_did_not_know(feeds):
    announce(feeds, LISTED)
    feeds.add(FakePaper("2411.99999", "Unknown"))
    feeds.broken["arxiv"] = lambda _: httpx.Response(200, text=atom([]))
    days.report(DAY, collect_papers(DAY), Judgement("waiting", ""))
    feeds.calls.clear()
    again = collect_papers(DAY)
    assert (feeds.asked("arxiv"), feeds.asked("feed")) == ([], [])
    assert (again.lists["arxiv"].listed, again.lists["arxiv"].new) == (1, 1)


# ---- days gone by


def test_a_past_day_gets_nothing_of_a_list_that_shows_a_later_one(sources):
    sources.add(LISTED)
    sources.add(HOT, FakePaper("2412.00001", "Announced in December"), daily=False, hot=True)
    harvest = collect_papers(DAY)
    assert set(papers()) == {LISTED.id}
    assert "deeplearn" not in harvest.lists
    assert "deeplearn: shows the list of a later day, which was left out." in harvest.notes


def test_a_list_is_later_by_the_day_its_youngest_paper_was_published(sources):
    sources.add(HOT, daily=False, hot=True)
    assert "deeplearn" in collect_papers(dt.date(2024, 11, 20)).lists
    assert "deeplearn" not in collect_papers(dt.date(2024, 11, 19)).lists


def test_a_list_that_was_seen_on_a_later_day_is_not_asked_for_an_earlier_one(sources):
    sources.add(HOT, daily=False, hot=True)
    collect_papers(DAY)
    sources.calls.clear()
    assert "deeplearn" not in collect_papers(DAY - dt.timedelta(days=1)).lists
    assert sources.asked("deeplearn") == []


# ---- LaTeX


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (r"Erd\H{o}s numbers of $\alpha$-stable maps", "Erdős numbers of α-stable maps"),
        (r"\textbf{Bold} claims at $10^{-3}$", "Bold claims at 10⁻³"),
        (r"$\href{javascript:alert(1)}{x}$ and \input{/etc/passwd}", "x and"),
        ("A price of $5 and $10", "A price of $5 and $10"),
        ("0", "0"),
        ("{{ settings.SECRET_KEY }}{% load %}", "{{ settings.SECRET_KEY }}{% load %}"),
        ("<think>step by step</think>", "<think>step by step</think>"),
    ],
)
def test_latex_reads_as_text_and_the_source_is_kept(sources, raw, read):
    sources.add(FakePaper("2411.00001", raw, f"In short: {raw}"))
    collect_papers(DAY)
    paper = Paper.objects.get()
    assert (paper.title, paper.raw_title) == (read, raw)
    assert (paper.abstract, paper.raw_abstract) == (f"In short: {read}", f"In short: {raw}")


def test_a_title_of_nothing_but_latex_stays_as_it_is(sources):
    sources.add(FakePaper("2411.00001", "$$"))
    collect_papers(DAY)
    assert Paper.objects.get().title == "$$"


def test_authors_of_a_feed_lose_their_tex_accents(feeds):
    announce(feeds, dataclasses.replace(LISTED, authors=("Andr\\'e Example",)))
    collect_papers(DAY)
    assert Paper.objects.get().authors == ["André Example"]


def test_three_thousand_authors_are_kept(sources):
    names = tuple(f"Author {n}" for n in range(3000))
    sources.add(dataclasses.replace(LISTED, authors=names))
    collect_papers(DAY)
    assert Paper.objects.get().authors == list(names)
