"""What the crew takes from the broker."""

import pickle
import warnings

import pytest
from celery import signals
from celery.exceptions import CPendingDeprecationWarning
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads

from newsletter.celery import app

pytestmark = pytest.mark.once


def test_only_json_is_taken_and_no_results_are_kept() -> None:
    assert (app.conf.task_serializer, app.conf.task_ignore_result) == ("json", True)
    with pytest.raises(ContentDisallowed):
        loads(pickle.dumps("a task"), "application/x-python-serialize", "binary", accept=app.conf.accept_content)


def test_celery_does_not_warn_of_the_default_that_is_wanted():
    where = "celery.worker.consumer.consumer"
    with warnings.catch_warnings(record=True) as told:
        warnings.filterwarnings("always", category=CPendingDeprecationWarning)  # as Celery does when it begins to log
        signals.worker_ready.send(sender=None)
        warnings.warn_explicit("tasks go on", CPendingDeprecationWarning, "consumer.py", 1, module=where)
        warnings.warn_explicit("another", CPendingDeprecationWarning, "other.py", 1, module="other")
    assert [str(each.message) for each in told] == ["another"]
