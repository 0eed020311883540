"""What two editors changed on pages of their own, brought together: field by field, and never over unseen words."""

import pytest

from digests.desk.merging import Conflict, Place, merge, read, written
from digests.models import Entry, Summary
from tests.digests.desk.test_arranging import with_second_paper

pytestmark = pytest.mark.django_db
A, B, NEW = Place("a", ["about a"], "Said of a."), Place("b", ["about b"], "Said of b."), Place("new", ["new"], "")


def prints(*places):
    return {place.name: place.mark for place in places}


def sent(*places, **edits):
    return {place.name: place.text for place in places} | edits


@pytest.mark.parametrize("text", ["Said of a.", " Said of a. ", "Said of a.\r\n"])
def test_a_field_left_as_it_was_shown_has_what_others_saved(text):
    now = [A._replace(text="Said by others."), B]
    merged = merge(sent(A, B, a=text), prints(A, B), now)
    assert merged.words == {"a": "Said by others.", "b": "Said of b."}
    assert not merged.conflicts and not merged.homeless and merged.is_of_others


def test_a_field_that_nobody_else_changed_has_the_editors_words():
    merged = merge(sent(A, B, b="Mine."), prints(A, B), [A._replace(text="Said by others."), B])
    assert merged.words == {"a": "Said by others.", "b": "Mine."} and not merged.conflicts


def test_a_page_that_is_true_still_tells_of_nobody_else():
    assert not merge(sent(A, B, a="Mine."), prints(A, B), [A, B]).is_of_others


def test_a_field_that_both_changed_is_a_conflict_with_the_editors_words_in_it():
    merged = merge(sent(A, a="Mine."), prints(A), [A._replace(text="Said by others.")])
    assert merged.conflicts == {"a": Conflict("Said by others.", "Mine.")} and merged.words == {"a": "Mine."}


def test_the_same_change_by_two_is_no_conflict():
    assert not merge(sent(A, a="The same."), prints(A), [A._replace(text="The same.")]).conflicts


def test_an_editor_may_take_what_others_wrote():
    merged = merge(sent(A, a="Mine."), prints(A), [A._replace(text="Said by others.")], let_be=["a"])
    assert merged.words == {"a": "Said by others."} and not merged.conflicts


def test_words_follow_a_line_that_went_elsewhere():
    now = [A._replace(text="Came before."), B._replace(name="a-2"), A._replace(name="b")]
    merged = merge(sent(A, B, b="Mine."), prints(A, B), now)
    assert merged.words == {"a": "Came before.", "a-2": "Mine.", "b": "Said of a."} and not merged.conflicts


def test_words_for_a_line_that_is_gone_are_kept_for_the_page():
    merged = merge(sent(A, B, a="Mine."), prints(A, B), [B])
    assert merged.homeless == ["Mine."] and merged.words == {"b": "Said of b."}


def test_a_line_that_is_gone_and_was_left_alone_is_no_loss():
    assert not merge(sent(A, B), prints(A, B), [B]).homeless


def test_two_who_add_lines_both_get_them():
    now = [A, B, NEW]
    assert merge(sent(A, NEW, new="A new line."), prints(A, NEW), now).words["new"] == "A new line."


def test_a_field_that_the_browser_left_out_is_missing_and_not_taken_for_an_empty_one():
    assert merge(sent(A, B) | {"a": None}, prints(A, B), [A, B]).words == {"b": "Said of b."}


@pytest.mark.parametrize("shown", [{}, {"a": ""}, {"a": "."}, {"a": "0.0"}, {"x": "y"}])
def test_without_prints_no_words_are_overwritten(shown):
    assert merge(sent(A, a="Mine."), shown, [A]).conflicts == {"a": Conflict("Said of a.", "Mine.")}


def test_prints_come_back_as_they_went_and_anything_else_is_passed_over():
    assert read(written(prints(A, B))) == prints(A, B)
    assert read("= x a=b=c \x00 ==") == {"": "=", "a": "b=c"}


@pytest.fixture
def summary():
    """The first section's summary in English, as it is when it is called."""
    return lambda: Summary.objects.filter(language="en").order_by("section__position").first()


def test_the_second_of_two_keeps_what_the_first_saved_and_is_told(desk, summary):
    field, pk = "outlook-0", summary().pk
    mine = desk.shown() | {f"s{pk}-impact-0": "Mine."}
    desk.press("save", **{f"s{pk}-{field}": "Theirs.", "head-note_en": "A note."})
    page = desk.press("save", mine)
    parts = summary().parts
    assert (parts["impact"][0]["text"], parts["outlook"][0]["text"]) == ("Mine.", "Theirs.")
    assert page.status_code == 200 and len(page.context["messages"]) == 2


def test_both_versions_stand_side_by_side_and_a_second_press_decides(desk, summary):
    name = f"s{summary().pk}-impact-0"
    mine = desk.shown() | {name: "Mine.", "head-note_en": "My note."}
    desk.press("save", **{name: "Theirs."})
    page = desk.press("save", mine)
    html = page.content.decode()
    assert page.status_code == 409 and f'id="conflict-{name}"' in html
    assert "Theirs." in html and desk.shown(page)[name] == "Mine." and desk.shown(page)["head-note_en"] == "My note."
    assert summary().parts["impact"][0]["text"] == "Theirs."
    desk.press("save", desk.shown(page))
    desk.digest.refresh_from_db()
    assert summary().parts["impact"][0]["text"] == "Mine." and desk.digest.editor_notes == {"en": "My note."}


def test_taking_theirs_saves_the_rest(desk, summary):
    name = f"s{summary().pk}-impact-0"
    mine = desk.shown() | {name: "Mine.", "head-note_en": "My note."}
    desk.press("save", **{name: "Theirs."})
    page = desk.press("save", mine)
    assert desk.press("save", desk.shown(page), theirs=[name]).status_code == 200
    desk.digest.refresh_from_db()
    assert summary().parts["impact"][0]["text"] == "Theirs." and desk.digest.editor_notes == {"en": "My note."}


def test_a_third_save_after_the_conflict_was_shown_is_a_conflict_again(desk, summary):
    name = f"s{summary().pk}-impact-0"
    mine = desk.shown() | {name: "Mine."}
    desk.press("save", **{name: "Theirs."})
    page = desk.press("save", mine)
    desk.press("save", **{name: "A third's."})
    assert desk.press("save", desk.shown(page)).status_code == 409
    assert summary().parts["impact"][0]["text"] == "A third's."


def test_words_go_with_a_paper_that_somebody_moves_meanwhile(desk, summary):
    entry = with_second_paper(desk)
    mine = desk.shown()
    [name] = [name for name, text in mine.items() if "one_liners" in name and text and _is_of(entry, name)]
    desk.press(f"move-{entry.pk}", **{f"category-{entry.pk}": "security"})
    assert desk.press("save", mine | {name: "Mine, of the moved paper."}).status_code == 200
    there = Summary.objects.get(section__category__slug="security", language=_summary_of(name).language)
    assert (
        there.one_liners == [{"text": "Mine, of the moved paper.", "papers": [entry.paper.arxiv_id], "sentences": []}]
        or there.one_liners[0]["text"] == "Mine, of the moved paper."
    )


def test_one_drops_a_paper_while_another_writes_of_a_neighbour(desk, summary):
    second = with_second_paper(desk)
    mine = desk.shown()
    desk.press(f"drop-{second.pk}", **{f"reason-{second.pk}": "no news"})
    pk = summary().pk
    assert desk.press("save", mine | {f"s{pk}-limits-0": "Mine, of the first."}).status_code == 200
    assert [line["text"] for line in summary().limits] == ["Mine, of the first."]
    assert not Entry.objects.filter(pk=second.pk).exists()


def test_a_paper_whose_words_somebody_changed_meanwhile_is_not_dropped_over_them(desk, summary):
    entry, mine = Entry.objects.first(), desk.shown()
    desk.press("save", **{f"s{summary().pk}-key_points-0": "Written meanwhile."})
    assert desk.press(f"hold-{entry.pk}", mine).status_code == 409
    assert Entry.objects.filter(pk=entry.pk).exists()


def test_two_who_hold_back_different_papers_both_get_their_way(desk):
    second, first = with_second_paper(desk), Entry.objects.first()
    mine = desk.shown()
    desk.press(f"hold-{second.pk}")
    assert desk.press(f"hold-{first.pk}", mine).status_code == 200
    assert not Entry.objects.filter(pk__in=[first.pk, second.pk]).exists()


def test_a_page_without_prints_changes_no_words(desk, summary):
    sent = desk.shown() | {f"s{summary().pk}-impact-0": "Mine."}
    del sent["shown"]
    assert desk.press("save", sent).status_code == 409
    assert summary().edited_by is None


def _summary_of(name):
    return Summary.objects.get(pk=name[1:].partition("-")[0])


def _is_of(entry, name):
    place = name.rpartition("-")[2]
    summary = _summary_of(name)
    return (
        summary.language == "en"
        and place.isdecimal()
        and summary.one_liners[int(place)]["papers"] == [entry.paper.arxiv_id]
    )
