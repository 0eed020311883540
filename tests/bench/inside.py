"""What runs inside the product, in a process of its own: `python -m tests.bench.inside TASK ARGUMENTS`, JSON both ways.

CPU and memory are those of this process alone, and imports are over before a clock starts.
"""

from __future__ import annotations

import json
import os
import random
import resource
import smtplib
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.management import call_command
from django.db import connection
from django.template import Context, Template
from django.utils import timezone

from digests.content import Content, hash_of, snapshot
from digests.editions import bits_of, wanted_sections
from digests.models import Category, Digest
from digests.rendering import Links, render_edition
from subscribers.models import ALL_CATEGORIES, Delivery, Subscriber
from tests.bench import browse
from tests.bench.library import read, shelve
from tests.bench.visiting import visit
from tests.faults import prepare

WIDE = 64
ON_THE_WIRE = 4 / 3 * 78 / 76  # base64 in lines of 76 octets
HEADERS = 1000
ELSEWHERE = Links(
    "https://papers.example/u/" + "u" * 40, "https://papers.example/p/" + "p" * 40, "https://papers.example/"
)


def begin() -> None:
    """An editor and the sample as a draft, from which all digests are made."""
    get_user_model().objects.create_superuser(prepare.EDITOR, "editor@example.org", prepare.PASSWORD)
    prepare.draft_sample()


def fill(count: int, wide: bool) -> dict[str, float]:
    """Readers."""
    began = time.monotonic()
    call_command("make_subscribers", count, hour=prepare.this_hour(), stdout=sys.stderr)
    seconds = time.monotonic() - began
    if wide:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE subscribers_subscriber SET categories = (%s::bigint[])[1 + id %% %s]",
                           [wide_tastes(), WIDE])  # fmt: skip
            cursor.execute("VACUUM ANALYZE subscribers_subscriber")
    return {"seconds": seconds}


def wide_tastes() -> list[int]:
    """Choices of everything but at most two categories."""
    bits = list(Category.objects.order_by("bit").values_list("bit", flat=True))
    draw = random.Random(WIDE)
    return [ALL_CATEGORIES & ~sum(1 << bit for bit in draw.sample(bits, draw.randint(0, 2))) for _ in range(WIDE)]


def digest(size: int) -> dict[str, Any]:
    """An approved digest whose mails have about `size` octets on the wire; 0 for the sample as it is."""
    draft = Digest.objects.get(status=Digest.Status.DRAFT)
    content = snapshot(draft)
    if size:
        content = fitted(content, size)
    day = draft.day - timedelta(days=Digest.objects.count())
    content["day"] = day.isoformat()
    made = Digest.objects.create(
        day=day,
        status=Digest.Status.APPROVED,
        approved_by=get_user_model().objects.get(),
        approved_at=timezone.now(),
        approved_content=content,
        content_hash=hash_of(content),
    )
    editions = {(reader[0], wanted_sections(content, reader[1])) for reader in wishes()}
    return {"digest": made.pk, "bytes": mean_size(content), "editions": len({key for key in editions if key[1]})}


def wishes() -> list[tuple[str, int]]:
    """What readers want: language and categories, each combination once."""
    return list(Subscriber.objects.order_by().values_list("language", "categories").distinct())


def fitted(content: Content, size: int) -> Content:
    """The content with fewer sections and shorter, or longer, texts, so that a mail has about `size` octets."""
    sections = content["sections"] if size > 80_000 else content["sections"][:2]
    shortest, longest = 5, 650
    while longest - shortest > 4:
        middle = (shortest + longest) // 2
        tried = content | {"sections": [with_texts(section, middle) for section in sections]}
        shortest, longest = (middle, longest) if mean_size(tried) < size else (shortest, middle)
    return content | {"sections": [with_texts(section, shortest) for section in sections]}


def with_texts(section: Content, length: int) -> Content:
    """The section with every bullet of that length."""

    def fitting(bullets: list[Content]) -> list[Content]:
        return [bullet | {"text": stretched(bullet["text"], length)} for bullet in bullets]

    summaries = {
        language: summary | {"parts": {part: fitting(bullets) for part, bullets in summary["parts"].items()}}
        for language, summary in section["summaries"].items()
    }
    return section | {"summaries": summaries}


def stretched(text: str, length: int) -> str:
    """The text, cut or repeated to `length` characters."""
    return (f"{text} " * (length // len(text) + 1))[:length].strip() or "…"


def mean_size(content: Content) -> float:
    """Roughly how many octets a mail of this content has, over some of its editions."""
    some = [wish for wish in wishes() if wanted_sections(content, wish[1])]
    some = random.Random(1).sample(sorted(some), min(10, len(some))) or [("ko", ALL_CATEGORIES), ("en", ALL_CATEGORIES)]
    sizes = []
    for language, mask in some:
        mail = render_edition(content, language, wanted_sections(content, mask), ELSEWHERE)
        sizes.append(len(mail.html.encode()) + len(mail.text.encode()))
    return sum(sizes) / len(sizes) * ON_THE_WIRE + HEADERS


def send(seconds: float = 1e9) -> dict[str, Any]:
    """One tick of sending: what came of it, and what it cost."""
    from newsletter import mjml
    from subscribers.delivery.send import send_due

    compiled = 0
    compile_once: Callable[..., str] = mjml.mjml2html

    def counted(*words: Any, **options: Any) -> str:
        nonlocal compiled
        compiled += 1
        return compile_once(*words, **options)

    mjml.mjml2html = counted  # type: ignore[assignment]
    began, used = time.monotonic(), time.process_time()
    counts = send_due(seconds=seconds)
    took, cpu = time.monotonic() - began, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": took, "cpu": cpu, "memory": memory, "mjml": compiled, "counts": dict(counts)}


def usual_loop(count: int) -> dict[str, float]:
    """What a Django project usually does: fill and build each reader's mail, send it over one open connection, save.
    To its advantage the words are there already, and only the reader's links are filled in by Django's templates."""
    found = Digest.objects.filter(status=Digest.Status.APPROVED).get()
    content = found.approved_content
    readers = [reader for reader in Subscriber.objects.order_by("pk")[: count * 2]
               if wanted_sections(content, reader.categories)][:count]  # fmt: skip
    rows = Delivery.objects.bulk_create(
        Delivery(digest=found, subscriber=reader, send_at=timezone.now(), expires_at=timezone.now())
        for reader in readers
    )
    editions = {(reader.language, reader.categories): templates(content, reader) for reader in readers}
    began, used = time.monotonic(), time.process_time()
    wire = get_connection()
    wire.open()
    for row, reader in zip(rows, readers, strict=True):
        subject, text, html = editions[reader.language, reader.categories]
        own = Context({"unsubscribe": f"https://papers.example/u/{reader.key}"})
        mail = EmailMultiAlternatives(subject, text.render(own), to=[reader.email], connection=wire)
        mail.attach_alternative(html.render(own), "text/html")
        mail.send()
        row.status = Delivery.Status.SENT
        row.save()
    wire.close()
    result = {"seconds": time.monotonic() - began, "cpu": time.process_time() - used, "sent": len(rows)}
    Delivery.objects.all().delete()
    return result


def templates(content: Content, reader: Subscriber) -> tuple[str, Template, Template]:
    """A reader's edition as templates that want the link."""
    words = render_edition(content, reader.language, wanted_sections(content, reader.categories), ELSEWHERE)
    text, html = (part.replace(ELSEWHERE.unsubscribe, "{{ unsubscribe }}") for part in (words.text, words.html))
    return words.subject, Template(text), Template(html)


def plain_smtplib(port: int, size: int, count: int) -> dict[str, float]:
    """The same finished mail over one connection of the standard library, as fast as that goes."""
    mail = ("Subject: x\r\n\r\n" + ("x" * 76 + "\r\n") * (size // 78)).encode()
    with smtplib.SMTP("127.0.0.1", port) as wire:
        wire.ehlo()
        began = time.monotonic()
        for number in range(count):
            wire.sendmail("a@papers.example", [f"reader{number}@example.org"], mail)
        return {"seconds": time.monotonic() - began, "sent": count}


def group() -> dict[str, float]:
    """Readers into editions, as opening does it, without writing."""
    content = Digest.objects.filter(status=Digest.Status.APPROVED).get().approved_content
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ((categories & {bits_of(content)}) << 1) + CASE WHEN language = 'en' THEN 1 ELSE 0 END, count(*)"
            " FROM subscribers_subscriber WHERE status = 'active' GROUP BY 1"
        )
        editions = len(cursor.fetchall())
    return {"seconds": time.monotonic() - began, "editions": editions}


def open_rows() -> dict[str, float]:
    """Open the rows of the approved digest."""
    from subscribers.delivery.opening import open_deliveries

    found = Digest.objects.get(status=Digest.Status.APPROVED)
    began = time.monotonic()
    opened = open_deliveries(found)
    return {"seconds": time.monotonic() - began, "opened": opened}


def claim(times: int, most: int) -> dict[str, list[float]]:
    """Claim and mark chunks; the seconds that each took."""
    from subscribers.delivery import ledger

    took, begun = [], []
    for _ in range(times):
        began = time.perf_counter()
        if not (dues := ledger.claim("bench", most, timezone.now())):
            break
        took.append(time.perf_counter() - began)
        began = time.perf_counter()
        ledger.begin(dues, "bench")
        begun.append(time.perf_counter() - began)
    return {"claim": took, "begin": begun}


def take(times: int, most: int) -> list[float]:
    """Take chunks straight from the queue and write the results of the one before, as sending does where no limit holds;
    the seconds that each took."""
    from subscribers.delivery.ledger import Finished
    from subscribers.delivery.queue import Queue

    queue, took = Queue("bench", timezone.now()), []
    accepted: list[Finished] = []
    for _ in range(times):
        began = time.perf_counter()
        if not (dues := queue.take(most, accepted)):
            break
        took.append(time.perf_counter() - began)
        accepted = [Finished(due.pk, Delivery.Status.SENT) for due in dues]
    return took


TASKS: dict[str, Callable[..., Any]] = {
    task.__name__: task
    for task in (begin, fill, digest, send, usual_loop, plain_smtplib, group, open_rows, claim, take, shelve, read)
}

TASKS |= {"history": browse.history, "browse": browse.browse, "visit": visit}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))))
