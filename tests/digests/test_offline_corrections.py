"""What editors correct teaches the built-in classifier, and nothing else changes."""

import pytest

from digests.classify import EDITOR, classify_papers, decide
from digests.llm import Conversation
from digests.models import Category, Paper
from digests.offline.classifier import Correction, classify, learn_from
from digests.offline.corrections import NOTHING_LEARNT, Lesson, learn
from digests.parts import Abstract
from tests.factories import make_paper

ALLOWED = ["computer-vision", "multimodal", "audio", "llm", "other"]
NEW_VIDEO = (
    "Controllable Video Generation from Sketches",
    "This paper presents a video generation method in which users draw the motion of objects in the image.",
)
SPEECH = ("Speech Recognition for Calls", "We recognise speech in noisy telephone calls with a new acoustic model.")
VIDEOS = [
    Correction(
        f"{what} Video Generation", f"We propose {what.lower()} video generation with a diffusion model.", "multimodal"
    )
    for what in ("Smooth", "Long", "Controllable", "Interactive", "Human", "Fast", "Faithful", "Panoramic")
]


def test_papers_like_the_corrected_ones_follow_them() -> None:
    assert classify(*NEW_VIDEO, ALLOWED).slug == "computer-vision"
    assert classify(*NEW_VIDEO, ALLOWED, learnt=learn_from(VIDEOS, ALLOWED)).slug == "multimodal"


def test_papers_with_other_words_stay_where_they_were() -> None:
    learnt = learn_from(VIDEOS, ALLOWED)
    assert classify(*SPEECH, ALLOWED, learnt=learnt) == classify(*SPEECH, ALLOWED)


def test_what_the_classifier_had_right_and_clear_teaches_nothing() -> None:
    assert learn_from([Correction(*SPEECH, "audio")], ALLOWED).shifts == {}


def test_a_category_without_keywords_is_learnt_from_corrections() -> None:
    allowed = [*ALLOWED, "rowing"]
    boats = [
        Correction(f"Rowing {what} with Oars", f"We study rowing {what} on lakes, with long oars.", "rowing")
        for what in ("boats", "canoes", "rafts", "ships")
    ]
    paper = ("Rowing Gondolas with Oars", "We study rowing gondolas on canals, with long oars.")
    assert classify(*paper, allowed).slug != "rowing"
    assert classify(*paper, allowed, learnt=learn_from(boats, allowed)).slug == "rowing"


def test_a_paper_that_says_nothing_stays_other_whatever_was_corrected() -> None:
    learnt = learn_from([*VIDEOS, Correction("Rowing Boats", "", "rowing")], [*ALLOWED, "rowing"])
    assert classify("A Short Note", "We add one remark.", [*ALLOWED, "rowing"], learnt=learnt).slug == "other"


def test_a_category_out_of_use_is_not_chosen_however_often_it_was() -> None:
    learnt = learn_from(VIDEOS, ALLOWED)
    allowed = [slug for slug in ALLOWED if slug != "multimodal"]
    assert classify(*NEW_VIDEO, allowed, learnt=learnt).slug == "computer-vision"
    assert learn_from(VIDEOS, allowed).shifts == {}


def test_the_same_corrections_teach_the_same() -> None:
    assert learn_from(VIDEOS, ALLOWED) == learn_from(VIDEOS, ALLOWED[::-1])


def test_no_corrections_change_no_score() -> None:
    scores = {"llm": 1.0, "audio": 0.5}
    assert learn([]).applied(scores, {"a": 1.0}, ALLOWED) == scores == NOTHING_LEARNT.applied(scores, {}, ALLOWED)


def test_a_lesson_moves_its_own_words_just_as_far_as_needed() -> None:
    learnt = learn([Lesson({"oar": 0.8, "boat": 0.6}, {"llm": 2.0, "audio": 1.0}, "audio")])
    after = learnt.applied({"llm": 2.0, "audio": 1.0}, {"oar": 0.8, "boat": 0.6}, ["llm", "audio"])
    assert after == pytest.approx({"llm": 1.0, "audio": 2.0})
    assert set(learnt.shifts) == {"oar", "boat"}


# ---- with the database


@pytest.mark.django_db
def test_the_editors_latest_corrections_are_learnt_from() -> None:
    for correction in VIDEOS:
        make_paper("multimodal", title=correction.title, abstract=correction.abstract, decided_by=EDITOR)
    paper = Abstract("2411.00009", *NEW_VIDEO)
    decisions, _ = decide([paper], list(Category.objects.all()), offline=True)
    assert decisions[paper.id].slug == "multimodal"


@pytest.mark.django_db
def test_an_editor_who_decides_meanwhile_is_not_overruled() -> None:
    paper = make_paper("audio")
    Paper.objects.filter(pk=paper.pk).update(category=None)
    paper.refresh_from_db()
    robotics = Category.objects.get(slug="robotics")
    Paper.objects.filter(pk=paper.pk).update(category=robotics, decided_by=EDITOR, confidence=1.0)
    with Conversation() as conversation:
        classify_papers([paper], conversation)  # `paper` is as it was read before the editor came
    stored = Paper.objects.get(pk=paper.pk)
    assert (stored.category, stored.decided_by, stored.confidence) == (robotics, EDITOR, 1.0)
    assert (paper.category, paper.decided_by) == (robotics, EDITOR)
