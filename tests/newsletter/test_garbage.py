"""Collecting seldom, for a while."""

import gc

import pytest

from newsletter.garbage import NEW_OBJECTS, seldom_collected

pytestmark = pytest.mark.once


def test_the_usual_rhythm_comes_back_even_after_an_error() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_collected():
        assert gc.get_threshold()[0] == NEW_OBJECTS
        _ = 1 / 0
    assert gc.get_threshold() == usual
    assert gc.get_freeze_count() == 0
