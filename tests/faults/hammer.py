"""`python -m tests.faults.hammer THREADS` claims rows until there are none, from several threads, and prints ids."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor


def main(threads: int) -> None:
    """Claim, and print what was claimed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    import django

    django.setup()
    from django.utils import timezone

    from subscribers.delivery.ledger import claim

    def work(number: int) -> list[int]:
        mine: list[int] = []
        while chunk := claim(f"hammer-{os.getpid()}-{number}", 7, timezone.now()):
            mine += [due.pk for due in chunk]
        return mine

    with ThreadPoolExecutor(threads) as crowd:
        for taken in crowd.map(work, range(threads)):
            print(*taken)


if __name__ == "__main__":
    main(int(sys.argv[1]))
