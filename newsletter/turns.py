"""One at a time: long work of which a worker should do only one, so that its other children stay free for short work."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def only_child(name: str) -> Iterator[bool]:
    """Whether this process may do what `name` stands for while the block runs: no other child of the same parent does.

    The system gives the turn back however a process ends. Workers in other containers, which share the folder and
    repeat each other's process ids, have turns of their own.
    """
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}-{socket.gethostname()}-{os.getppid()}").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
