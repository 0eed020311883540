"""How much room is left, and when it is too little."""

from types import SimpleNamespace

import pytest

from newsletter import disk

GB = 10**9


@pytest.mark.parametrize(
    ("used", "free", "is_scarce", "is_full"),
    [
        (50, 50, False, False),
        (79, 21, False, False),
        (20, 5, True, False),
        (18, 1.1, True, False),
        (17.1, 0.9, True, True),
        (99, 0.01, True, True),
        (800, 200, False, False),
        (97_000, 3_000, False, False),  # the last twentieth of a large disk is much
    ],
)
def test_a_disk_is_full_when_both_share_and_bytes_say_so(monkeypatch, used, free, is_scarce, is_full):
    usage = SimpleNamespace(used=int(used * GB), free=int(free * GB))
    monkeypatch.setattr("newsletter.disk.shutil", SimpleNamespace(disk_usage=lambda place: usage))
    room = disk.tightest()
    assert (room.is_scarce, room.is_full) == (is_scarce, is_full)
    assert bool(disk.refusal()) == is_full


def test_a_folder_that_is_not_there_yet_is_asked_for_where_it_will_be(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "not" / "yet"
    assert disk.tightest().place == "VAR_DIR"


def test_places_on_one_disk_count_once(monkeypatch, tmp_path):
    monkeypatch.setattr("newsletter.disk._places", lambda: {"VAR_DIR": tmp_path, "the database": tmp_path.parent})
    assert len(disk.rooms()) == 1


def test_the_sentence_says_what_is_full_and_that_nothing_need_be_pressed(room):
    room(97)
    assert disk.refusal() == (
        "The disk is full: 97% of the disk under VAR_DIR is used, 0.0 GB are free. "
        "Nothing is sent until there is room; then it goes on by itself."
    )
