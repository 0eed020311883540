"""The alarm clock and the crew. Tasks carry no payload; the database says what is due."""

import os
import warnings

from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")

app = Celery("newsletter")
app.config_from_object("newsletter.celery_settings")
app.autodiscover_tasks(["digests", "subscribers"])


@signals.worker_init.connect
@signals.worker_shutdown.connect
def unmark(**kwargs: object) -> None:
    """A new worker is not stopping, even if an old one with its process id was; an ended one leaves nothing behind."""
    from newsletter.stopping import mark

    mark(os.getpid()).unlink(missing_ok=True)


@signals.worker_shutting_down.connect
def mark_stopping(**kwargs: object) -> None:
    """Tell the children to finish the step in hand."""
    from newsletter.stopping import mark

    mark(os.getpid()).parent.mkdir(parents=True, exist_ok=True)
    mark(os.getpid()).touch()


@signals.worker_ready.connect
def expect_what_is_in_hand_to_go_on(**kwargs: object) -> None:
    """Celery warns, in seven lines whenever the broker is away for a moment, that it will not always let tasks end that are
    in hand then. Here, for it lets all such warnings through when it sets up its log."""
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning, module=r"celery\.worker\.consumer")
