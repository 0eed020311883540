"""`python -m tests.faults.hammer THREADS` takes rows until there are none, from several threads, and prints ids. Every
other thread claims them, the others take them straight from the queue, as sending does with limits and without."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor


def main(threads: int) -> None:
    """Take, and print what was taken."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    import django

    django.setup()
    from django.utils import timezone

    from subscribers.delivery.ledger import claim
    from subscribers.delivery.queue import Queue

    def work(number: int) -> list[int]:
        owner = f"hammer-{os.getpid()}-{number}"
        queue, mine = Queue(owner, timezone.now()), list[int]()
        while chunk := queue.take(7) if number % 2 else claim(owner, 7, timezone.now()):
            mine += [due.pk for due in chunk]
        return mine

    with ThreadPoolExecutor(threads) as crowd:
        for taken in crowd.map(work, range(threads)):
            print(*taken)


if __name__ == "__main__":
    main(int(sys.argv[1]))
