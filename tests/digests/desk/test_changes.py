"""The history of a draft: readable, complete, and open to those who may see the digest."""

import pytest
from django.urls import reverse

from digests.desk.acts import Change
from digests.desk.difference import Piece, Step, as_text, between, difference
from digests.desk.history import note
from digests.models import Summary
from newsletter import audit
from newsletter.models import AuditLine
from tests.factories import make_digest, make_editor, make_staff

pytestmark = pytest.mark.django_db


def history(desk, query=""):
    return desk.client.get(reverse("admin:digests_digest_history", args=[desk.digest.pk]) + query)


def edit(desk, text):
    summary = Summary.objects.filter(language="en", section=desk.digest.sections.first()).get()
    desk.press("save", **{f"s{summary.pk}-impact-0": text})


def test_a_difference_shows_the_words_that_went_and_came():
    pieces = difference("It gains 12 points on the task.", "It gains 13 points on the task.")
    assert [piece for piece in pieces if piece.kind != "same"] == [Piece("gone", "12 "), Piece("new", "13 ")]


@pytest.mark.parametrize(
    ("before", "after"), [("", "new words"), ("old", ""), ("같은 말", "같은 말"), ("a\nb", "a\nc b")]
)
def test_a_difference_holds_both_texts(before, after):
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


def test_between_two_revisions_each_place_is_told_once():
    steps = [Step(1, "words", "a", "x", "y"), Step(2, "words", "a", "y", "z"), Step(3, "words", "a", "z", "x"), Step(3, "words", "b", "", "n")]  # fmt: skip
    assert between(steps, 0, 2) == [Step(2, "words", "a", "x", "z")]
    assert between(steps, 0, 3) == [Step(3, "words", "b", "", "n")]
    assert between(steps, 3, 3) == []


def test_what_was_kept_as_a_list_is_read_as_lines():
    assert (as_text(["a", "b"]), as_text(None), as_text("x")) == ("a\nb", "", "x")


def test_the_history_tells_who_changed_what(desk):
    edit(desk, "A sentence for the history.")
    page = history(desk).content.decode()
    assert "editor" in page and "history.</ins>" in page and "<del>" in page and "· en ·" in page


def test_two_revisions_are_compared(desk):
    for text in ("The first version.", "The second version.", "The third version."):
        edit(desk, text)
    compared = history(desk, "?since=1&until=3").context["compared"]
    [told] = compared
    assert [piece.text for piece in told["pieces"] if piece.kind != "same"] == ["first ", "third "]
    assert history(desk, "?since=3&until=3").context["compared"] == []
    assert history(desk, "?since=x&until=-1").context["compared"] is None


def test_markup_in_the_history_is_text(desk):
    desk.press(f"drop-{desk.digest.sections.first().entries.get().pk}", **{f"reason-{desk.digest.sections.first().entries.get().pk}": "<script>alert(1)</script>"})  # fmt: skip
    page = history(desk).content.decode()
    assert "<script>alert" not in page and "alert" in page


def test_a_digest_that_nobody_changed_says_so(desk):
    assert history(desk).context["shown"] == []


def test_the_history_is_for_those_who_may_see_the_digest(client, django_user_model):
    digest = make_digest()
    address = reverse("admin:digests_digest_history", args=[digest.pk])
    client.force_login(django_user_model.objects.create_user("clerk", password="x", is_staff=True))
    assert client.get(address).status_code == 403
    client.force_login(make_staff("viewer", "viewer"))
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 405


def test_a_long_change_is_kept_and_shown_whole(desk):
    summary = Summary.objects.filter(language="en").first()
    lines = [f"Statement {n} is about a thing that nobody had said in so many words before." for n in range(12)]
    desk.press("save", **{f"s{summary.pk}-impact-new": "\r\n".join(lines)})
    page = desk.client.get(reverse("admin:digests_digest_history", args=[desk.digest.pk])).content.decode()
    assert all(line in page for line in lines)
    assert sum(len(line) for line in AuditLine.objects.get(facts__what="words").facts["after"]) > 800


def test_a_text_of_many_thousand_words_is_kept_whole_and_compared_soon(desk):
    words = [f"word{n} of a very long text." for n in range(1_500)]
    before, after = "\n".join(words), "\n".join([*words[:700], "something else", *words[701:]])
    note(desk.digest, [Change("rewritten", "llm · en", before.split("\n"), after.split("\n"))], make_editor("kim"))
    line = AuditLine.objects.get(facts__what="rewritten")
    assert len(line.facts["after"]) == 1_500 and len(before) > 2_000
    changed = [piece for piece in difference(before, after) if piece.kind != "same"]
    assert [piece.text.strip() for piece in changed] == ["word700 of a very long text.", "something else"]


def test_two_texts_without_a_word_in_common_are_shown_one_after_the_other():
    before, after = " ".join(f"a{n}" for n in range(3_000)), " ".join(f"b{n}" for n in range(3_000))
    assert difference(before, after) == [Piece("gone", before), Piece("new", after)]


def test_the_pieces_of_a_difference_give_back_both_texts():
    before = "One line.\nTwo lines here.\nThree.\n\nFive"
    after = "One line.\nTwo other lines here.\nFour.\nFive and a half\nSix"
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


def test_what_does_not_fit_the_log_says_that_it_was_cut():
    line = audit.note(audit.Act.EDIT, "x", by="kim", text="y" * 5_000, names=[str(n) for n in range(200)])
    assert len(line.facts["text"]) == audit.LONGEST_FACT and line.facts["text"].endswith("…")
    assert len(line.facts["names"]) == audit.MOST_OF_A_LIST + 1 and line.facts["names"][-1] == "…"
