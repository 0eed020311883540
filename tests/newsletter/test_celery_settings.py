"""What the crew takes from the broker."""

import pickle

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads

from newsletter.celery import app

pytestmark = pytest.mark.once


def test_only_json_is_taken_and_no_results_are_kept() -> None:
    assert (app.conf.task_serializer, app.conf.task_ignore_result) == ("json", True)
    with pytest.raises(ContentDisallowed):
        loads(pickle.dumps("a task"), "application/x-python-serialize", "binary", accept=app.conf.accept_content)
