"""The plain value that an editor approves and readers see."""

import copy
import datetime as dt
import hashlib
import json

import pytest

from digests.content import distribution, hash_of, shown, snapshot
from digests.models import Chart, Digest, Entry, Paper, Section, Summary
from tests.factories import DAY, make_approved, make_digest, make_paper

pytestmark = pytest.mark.django_db


def test_a_snapshot_tells_the_whole_digest_and_survives_json():
    digest = make_digest(sections=["llm", "audio"])
    paper = digest.sections.last().entries.get().paper
    Paper.objects.filter(pk=paper.pk).update(authors=["Ada"], published_at=dt.datetime(2024, 11, 20, 23, tzinfo=dt.UTC))
    Chart.objects.create(digest=digest, language="ko", png=b"png", sha256="ab" * 32, width=600, height=144)
    content = snapshot(digest)
    assert json.loads(json.dumps(content)) == content
    assert (content["day"], content["kind"], content["is_sample"], content["languages"]) == (
        "2024-11-22",
        "daily",
        False,
        ["ko", "en"],
    )
    assert content["charts"] == {"ko": {"sha256": "ab" * 32, "width": 600, "height": 144}}
    assert [section["slug"] for section in content["sections"]] == ["llm", "audio"]
    section = content["sections"][1]
    assert section["name"].keys() == {"ko", "en"}
    assert section["papers"] == [
        {
            "id": paper.arxiv_id,
            "title": paper.title,
            "authors": ["Ada"],
            "url": f"https://arxiv.org/abs/{paper.arxiv_id}",
            "votes": 7,
            "is_late": False,
            "published": "2024-11-20",
            "chosen": "#1: 7 votes",
        }
    ]
    assert section["summaries"]["en"]["parts"]["topics"] == [
        {"text": "About a audio paper: topics", "papers": [paper.arxiv_id], "sentences": []}
    ]
    assert (section["summaries"]["ko"]["written_by"], section["summaries"]["ko"]["edited"]) == ("offline", False)


def test_a_snapshot_holds_nothing_of_editors_or_of_the_building():
    digest = make_digest(notes=["a private note"])
    Entry.objects.update(reason="#1: 7 votes, +20 for “private interest”, +5 for “another priv")
    told = snapshot(digest)
    assert "priv" not in json.dumps(told)
    assert told["sections"][0]["papers"][0]["chosen"] == (
        "#1: 7 votes, raised by a rule of the editors, raised by a rule of the editors"
    )


def test_sections_and_papers_stand_in_their_order():
    digest = make_digest(sections=["llm"])
    section = digest.sections.get()
    for position in (3, 2, 1):
        Entry.objects.create(section=section, paper=make_paper(title=f"Place {position}"), position=position)
    earlier = Section.objects.create(digest=digest, category=make_paper("audio").category, position=0)
    Section.objects.exclude(pk=earlier.pk).update(position=1)
    told = snapshot(digest)["sections"]
    assert [each["slug"] for each in told] == ["audio", "llm"]
    assert [paper["title"] for paper in told[1]["papers"]][1:] == ["Place 1", "Place 2", "Place 3"]


def test_the_distribution_has_the_fullest_category_first_and_equal_ones_as_they_stand():
    sections = [
        {"slug": slug, "emoji": "x", "name": {"ko": slug, "en": slug}, "papers": [{}] * count}
        for slug, count in (("a", 1), ("b", 3), ("c", 1), ("d", 3))
    ]
    assert [(share["slug"], share["papers"]) for share in distribution(sections)] == [
        ("b", 3),
        ("d", 3),
        ("a", 1),
        ("c", 1),
    ]


def test_equal_content_has_the_same_hash_whatever_order_its_keys_have():
    content = {"b": ["é", 1], "a": {"y": None, "x": True}}
    turned = {"a": {"x": True, "y": None}, "b": ["é", 1]}
    assert hash_of(content) == hash_of(turned)
    assert hash_of(content) == hashlib.sha256('{"a":{"x":true,"y":null},"b":["é",1]}'.encode()).hexdigest()


def test_the_hash_is_the_same_after_a_trip_through_the_database():
    digest = make_approved()
    assert hash_of(Digest.objects.get().approved_content) == digest.content_hash == hash_of(snapshot(digest))


def changed(digest, what):
    match what:
        case "a word":
            summary = Summary.objects.filter(section__digest=digest).first()
            parts = copy.deepcopy(summary.parts)
            parts["topics"][0]["text"] += "."
            Summary.objects.filter(pk=summary.pk).update(parts=parts)
        case "the limits" | "the lines" | "the making":
            fields = {"the limits": "limits", "the lines": "one_liners", "the making": "making"}
            Summary.objects.filter(section__digest=digest, language="en").update(**{fields[what]: []})
        case "a title":
            Paper.objects.filter(entries__section__digest=digest).update(title="Another title")
        case "a section's place":
            Section.objects.filter(pk=digest.sections.first().pk).update(position=9)
        case "a paper":
            Entry.objects.filter(section__digest=digest).first().delete()
        case "a chart":
            Chart.objects.create(digest=digest, language="en", png=b"x", sha256="cd" * 32, width=600, height=100)
        case "a category's name":
            category = digest.sections.first().category
            category.name_en = "Renamed"
            category.save()


CHANGES = [
    "a word",
    "the limits",
    "the lines",
    "the making",
    "a title",
    "a section's place",
    "a paper",
    "a chart",
    "a category's name",
]


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_readers_would_see_differently_changes_the_hash(what):
    digest = make_digest()
    before = hash_of(snapshot(digest))
    changed(digest, what)
    assert hash_of(snapshot(digest)) != before


@pytest.mark.parametrize("what", CHANGES)
def test_what_readers_see_is_the_approved_copy_whatever_the_rows_say_later(what):
    digest = make_approved()
    before = snapshot(digest)
    changed(digest, what)
    assert shown(Digest.objects.get()) == before


@pytest.mark.parametrize("status", ["building", "draft", "discarded"])
def test_nothing_is_shown_of_what_nobody_approved(status):
    with pytest.raises(ValueError, match="2024-11-22 is not approved"):
        shown(make_digest(status=status))


def test_a_snapshot_costs_the_same_queries_however_many_sections_there_are(django_assert_num_queries):
    small = make_digest(sections=["llm"])
    large = make_digest(day=DAY + dt.timedelta(days=1), sections=["llm", "audio", "robotics", "nlp"])
    for digest in (small, large):
        with django_assert_num_queries(5):
            snapshot(digest)
