"""Every way in which a source can fail, and what becomes of the day."""

import datetime as dt
import json
import os
from pathlib import Path

import httpx
import pytest

from digests.build import NoDigest, build_digest
from digests.models import DayReport, Digest, Entry, Paper
from tests.factories import DAY
from tests.fakes import FakePaper, Pieces

pytestmark = pytest.mark.django_db
MONDAY = DAY + dt.timedelta(days=3)
DAILY = [FakePaper(f"2411.0000{n}", f"Daily matter number {n}", votes=10 * n) for n in range(1, 6)]
HOT = FakePaper("2411.00006", "Hot matter")
ANNOUNCED = FakePaper("2411.00007", "Announced matter")
PAGE = "<!DOCTYPE html>\n<html><head><title>Error</title></head><body><h1>Something went wrong<br></h1></body></html>"


@pytest.fixture(autouse=True)
def few_words_and_no_picture(settings, monkeypatch):
    """What is written and drawn is not looked at here."""
    settings.DIGEST_LANGUAGES = ["en"]
    monkeypatch.setattr("digests.build.draw_charts", lambda digest: None)


@pytest.fixture
def world(sources, settings):
    """A day with something new in each source."""
    settings.ARXIV_CATEGORIES = ["cs.AI"]
    sources.add(*DAILY)
    sources.add(HOT, daily=False, hot=True)
    sources.add(ANNOUNCED, daily=False)
    sources.feed = {paper.id: "new" for paper in (*DAILY, ANNOUNCED)}
    return sources


RIGHT = {"huggingface": "daily_papers", "arxiv": "arxiv", "feed": "announcements", "deeplearn": "deeplearn"}
NAME = {"huggingface": "huggingface", "arxiv": "arxiv", "feed": "arxiv", "deeplearn": "deeplearn"}


class Flood(httpx.SyncByteStream):
    """A body without end."""

    def __init__(self, start):
        self.start = start

    def __iter__(self):
        yield self.start
        while True:
            yield b" " * 100_000


def with_body(answer, body, **headers):
    kept = {"content-type": answer.headers["content-type"], **headers}
    return httpx.Response(200, content=body, headers=kept)


def lost(error):
    def lose(answer):
        raise error("gone", request=httpx.Request("GET", "https://source.example"))

    return lose


DEAD = {
    "503": lambda answer: httpx.Response(503, html=PAGE),
    "404": lambda answer: httpx.Response(404, html=PAGE),
    "429": lambda answer: httpx.Response(429, headers={"Retry-After": "30"}),
    "timeout": lost(httpx.ReadTimeout),
    "reset": lost(httpx.ReadError),
    "short_read": lost(httpx.RemoteProtocolError),
    "empty_body": lambda answer: with_body(answer, b""),
    "truncated": lambda answer: with_body(answer, answer.content[: len(answer.content) * 6 // 10]),
    "html": lambda answer: httpx.Response(200, html=PAGE),
    "charset": lambda answer: with_body(answer, answer.text.encode("utf-16-le")),
    "gzip_bomb": lambda answer: with_body(answer, b"\x1f\x8b\x08", **{"content-encoding": "gzip"}),
    "huge": lambda answer: httpx.Response(
        200, headers={"content-type": answer.headers["content-type"]}, stream=Flood(answer.content)
    ),
    "redirect": lambda answer: httpx.Response(302, headers={"Location": "http://localhost:9/internal"}),
    "deep": lambda answer: with_body(answer, b"[" * 30_000 if b"[" in answer.content[:1] else b"<a>" * 30_000),
}


def spoil(sources, target, mode, first=None):
    """Let a source answer wrongly; only the `first` times where that is given."""
    right = getattr(sources, RIGHT[target])

    def answer(request):
        if first is not None and len(sources.asked(target)) > first:
            return right(request)
        made = right(request)
        made.read()
        return DEAD[mode](made)

    sources.broken[target] = answer


def chosen():
    return set(Entry.objects.values_list("paper__arxiv_id", flat=True))


def ids(*papers):
    return {paper.id for paper in papers}


# A web page that was cut off is read as far as it goes; XML in UTF-16 shows by its first bytes what it is.
READ_ALL_THE_SAME = {("deeplearn", "truncated"), ("arxiv", "charset"), ("feed", "charset")}
CASES = [(target, mode) for target in RIGHT for mode in DEAD if (target, mode) not in READ_ALL_THE_SAME]


@pytest.mark.parametrize(("target", "mode"), CASES)
def test_a_source_that_fails_costs_its_own_papers_and_leaves_a_note(world, target, mode):
    spoil(world, target, mode)
    digest = build_digest(DAY).digest
    assert digest.status == Digest.Status.DRAFT
    left = {
        "huggingface": ids(HOT, ANNOUNCED, *DAILY[:3]),  # the feed fills a poor day up to five
        "arxiv": ids(*DAILY),  # nothing is known of a hot title
        "feed": ids(*DAILY, HOT),
        "deeplearn": ids(*DAILY),
    }
    expected = left[target]
    if target == "huggingface":
        assert HOT.id in chosen() and len(chosen()) == len(expected)
    else:
        assert chosen() == expected
    assert any(note.startswith(f"{NAME[target]}: ") for note in digest.notes)
    assert all("internal" not in str(call.url) for call in world.calls)
    assert Paper.objects.exclude(arxiv_id__in=world.papers).count() == 0, "nothing is made up"


@pytest.mark.parametrize(
    ("target", "mode"),
    [(target, mode) for target in ("huggingface", "arxiv", "feed") for mode in ("503", "truncated", "reset", "html")]
    + [("deeplearn", "503"), ("deeplearn", "reset")],
)
def test_a_failure_that_passes_is_not_even_a_note(world, target, mode):
    spoil(world, target, mode, first=2)
    digest = build_digest(DAY).digest
    assert chosen() == ids(*DAILY, HOT)
    assert digest.notes == []


@pytest.mark.parametrize("mode", ["503", "timeout", "empty_body", "html"])
def test_when_everything_fails_there_is_no_digest_and_the_next_day_is_normal(world, mode):
    for target in RIGHT:
        spoil(world, target, mode)
    with pytest.raises(NoDigest) as caught:
        build_digest(DAY)
    assert caught.value.state == "failed"
    assert (Digest.objects.count(), Paper.objects.count()) == (0, 0)
    world.broken.clear()
    assert build_digest(MONDAY).digest.status == "draft"
    assert chosen() == ids(*DAILY, HOT)


@pytest.mark.parametrize("target", ["arxiv", "feed"])
def test_xml_in_another_encoding_than_expected_is_read_and_never_garbled(world, target):
    spoil(world, target, "charset")
    build_digest(DAY)
    assert chosen() == ids(*DAILY, HOT)
    assert set(Paper.objects.values_list("title", flat=True)) == {paper.title for paper in world.papers.values()}


# ---- answers that are well-formed and wrong


def test_lists_that_are_empty_on_a_weekday_are_a_failure_and_make_no_empty_digest(world):
    world.daily, world.hot, world.feed = [], [], {}
    with pytest.raises(NoDigest) as caught:
        build_digest(DAY)
    assert caught.value.state == "failed"


def test_an_empty_main_list_is_a_note_on_the_digest_of_the_others(world):
    world.daily = []
    digest = build_digest(DAY).digest
    assert HOT.id in chosen()
    assert "huggingface: lists no papers, though new ones were to be expected." in digest.notes


def test_yesterdays_lists_make_a_stalled_day(world):
    build_digest(DAY)
    world.feed_day = DAY
    with pytest.raises(NoDigest) as caught:
        build_digest(MONDAY)
    assert caught.value.state == "stalled"


def test_a_feed_without_the_entries_that_were_asked_for_is_asked_again(world):
    right = world.arxiv
    world.broken["arxiv"] = lambda request: (
        httpx.Response(200, text='<feed xmlns="http://www.w3.org/2005/Atom"/>')
        if "id_list" in request.url.params
        else right(request)
    )
    digest = build_digest(DAY).digest
    assert chosen() == ids(*DAILY, HOT), "the lists' own words do"
    assert any(note.startswith("arxiv: no record of ") for note in digest.notes)
    assert not Paper.objects.filter(arxiv_id=DAILY[0].id, has_record=True).exists()
    asked = [call for call in world.asked("arxiv") if "id_list" in call.url.params]
    assert len(asked) == 2


def test_a_list_with_entries_gone_is_taken_for_what_it_is(world):
    world.daily, world.feed = world.daily[::2], {}
    build_digest(DAY)
    assert chosen() == {*world.daily, HOT.id}


def test_papers_listed_twice_are_one_paper_under_its_first_title(world):
    world.add(*DAILY[:2])
    build_digest(DAY)
    assert Entry.objects.filter(paper__arxiv_id__in=ids(*DAILY[:2])).count() == 2


def test_a_source_that_refuses_a_day_is_not_asked_again_at_once(world):
    spoil(world, "huggingface", "404")
    build_digest(DAY)
    assert len(world.asked("huggingface")) == 1


# ---- word for word, from the recorded world


def odd(name):
    folder = os.environ.get("RECORDED_DATA")
    if not folder:
        pytest.skip("RECORDED_DATA names no folder: the odd answers are not part of this repository")
    return (Path(folder) / "world" / "data" / "odd" / name).read_bytes()


@pytest.mark.parametrize("name", ["nan.json", "other_ids.json"])
def test_odd_lists_are_read_as_far_as_they_make_sense(world, name):
    body = odd(name)
    world.broken["huggingface"] = lambda _: httpx.Response(
        200, content=body, headers={"Content-Type": "application/json"}
    )
    assert build_digest(DAY).digest.status == "draft"
    assert not Paper.objects.exclude(arxiv_id__regex=r"^\d{4}\.\d{5}$").exists()


def test_a_list_nested_without_end_is_a_failure_of_its_source(world):
    body = odd("deep.json")
    world.broken["huggingface"] = lambda _: httpx.Response(200, content=body)
    build_digest(DAY)
    assert "not JSON" in DayReport.objects.get().sources["huggingface"]["failed"]


@pytest.mark.parametrize("target", ["arxiv", "feed"])
@pytest.mark.parametrize("name", ["laughs.xml", "entity.xml", "control_characters.xml"])
def test_hostile_xml_is_refused_and_reads_no_file(world, target, name):
    body = odd(name)
    world.broken[target] = lambda _: httpx.Response(200, content=body, headers={"Content-Type": "application/atom+xml"})
    digest = build_digest(DAY).digest
    assert any("not an Atom feed" in note or "not an RSS feed" in note for note in digest.notes)
    host = Path("/etc/hostname").read_text(encoding="utf-8").strip()
    assert not Paper.objects.filter(title__contains=host).exists()


def test_an_error_in_the_form_of_a_paper_becomes_none(world):
    body = odd("error_1234.12345.xml")
    world.broken["arxiv"] = lambda _: httpx.Response(
        200, content=body, headers={"Content-Type": "application/atom+xml"}
    )
    digest = build_digest(DAY).digest
    assert any("arXiv refused the question" in note for note in digest.notes)
    assert not Paper.objects.filter(title="Error").exists()


def test_an_answer_about_other_papers_changes_none(world):
    body = odd("typical_all_electron.xml")
    world.broken["arxiv"] = lambda _: httpx.Response(
        200, content=body, headers={"Content-Type": "application/atom+xml"}
    )
    build_digest(DAY)
    assert not Paper.objects.filter(arxiv_id__startswith="hep-ex").exists()


def test_hostile_words_are_cleaned_and_stay_words(world):
    body = odd("hostile_text.xml")
    world.add(FakePaper("2411.10958", "A harmless title", votes=99))
    world.broken["arxiv"] = lambda _: httpx.Response(
        200, content=body, headers={"Content-Type": "application/atom+xml"}
    )
    build_digest(DAY)
    paper = Paper.objects.get(arxiv_id="2411.10958")
    assert paper.title.startswith("<script>alert(1)</script> {{ settings.SECRET_KEY }}")
    assert not {"\u202e", "\u200b", "\u2066", "\u2069"} & set(paper.title + paper.abstract)


def test_pieces_of_an_answer_are_put_together(world):
    whole = world.daily_papers(httpx.Request("GET", "https://x/?date=2024-11-22")).content
    pieces = [whole[start : start + 16] for start in range(0, len(whole), 16)]
    world.broken["huggingface"] = lambda _: httpx.Response(200, stream=Pieces(*pieces))
    build_digest(DAY)
    assert ids(*DAILY) <= chosen()
    assert json.loads(whole)
