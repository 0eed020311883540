"""Is this worker being shut down? Long work asks between two steps and leaves the rest to the next worker.

Celery tells the main process, not the children that do the work; the main process leaves a mark that they can see.
"""

import os
import socket
from pathlib import Path

from django.conf import settings


def mark(pid: int) -> Path:
    """The file that says that the worker with this process id is stopping. Containers share the folder, not the ids."""
    return Path(_mark(pid))


def is_stopping() -> bool:
    """Whether the worker whose child this process is, or that it is itself, was told to stop. Asked many times a second."""
    return os.path.exists(_mark(os.getppid())) or os.path.exists(_mark(os.getpid()))


def _mark(pid: int) -> str:
    return f"{settings.VAR_DIR}/stopping-{socket.gethostname()}-{pid}"
