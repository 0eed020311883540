"""A large archive, and reading in it, inside the product: tasks of `tests.bench.inside`."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from digests.archive.catalogue import catalogue
from digests.content import Content, hash_of, snapshot
from digests.models import CataloguedPaper, Digest, Paper

LAST = date(2024, 11, 22)
QUESTIONS = (
    "model",
    "언어 모델",
    "diffusion",
    "reasoning benchmark",
    "강화학습",
    "retrieval augmented generation",
    "robot",
)


def shelve(count: int) -> dict[str, Any]:
    """So many approved digests, one a day, each with the sample's words and papers of its own."""
    draft = Digest.objects.get(status=Digest.Status.DRAFT)
    pattern, abstracts = snapshot(draft), dict(Paper.objects.values_list("arxiv_id", "abstract"))
    editor, began = get_user_model().objects.get(), time.monotonic()
    for number in range(count):
        day = LAST - timedelta(days=number)
        content, papers = retold(pattern, abstracts, day, number)
        Paper.objects.bulk_create(papers)
        made = Digest.objects.create(
            day=day, status=Digest.Status.SENT, approved_by=editor, approved_at=timezone.now(),
            approved_content=content, content_hash=hash_of(content),
        )  # fmt: skip
        catalogue(made)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {"papers": CataloguedPaper.objects.count(), "seconds": time.monotonic() - began}


def retold(pattern: Content, abstracts: dict[str, str], day: date, number: int) -> tuple[Content, list[Paper]]:
    """The content as that day's, under other ids; and the rows of its papers."""
    draw, content = random.Random(number), {**pattern, "day": day.isoformat(), "is_sample": False, "sections": []}
    papers = []
    for section in pattern["sections"]:
        ids = {paper["id"]: f"2001.{number * 40 + len(papers) + n:05d}" for n, paper in enumerate(section["papers"])}
        text = json.dumps(section)
        for old, new in ids.items():
            text = text.replace(old, new)
        told: Content = json.loads(text)
        for old, paper in zip(ids, told["papers"], strict=True):
            words = abstracts[old].split()
            draw.shuffle(words)
            papers.append(Paper(arxiv_id=paper["id"], title=paper["title"], abstract=" ".join(words), has_record=True))
        content["sections"].append(told)
    return content, papers


def read(times: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of so many requests for each kind of page, on days, papers and questions drawn anew each time: by the
    clock, and of this process alone, which knows nothing of the machine's other work."""
    draw, client = random.Random(1), Client(headers={"host": "localhost"})
    days = list(Digest.objects.filter(status=Digest.Status.SENT).values_list("day", flat=True))
    papers = list(CataloguedPaper.objects.values_list("arxiv_id", flat=True)[:5000])
    slugs = list(CataloguedPaper.objects.values_list("category", flat=True).distinct().order_by("category"))
    pages = {
        "/": lambda: f"/?page={draw.randint(1, 10)}",
        "a digest": lambda: f"/{draw.choice(days)}/",
        "a month": lambda: f"/{draw.choice(days):%Y-%m}/",
        "a category": lambda: f"/category/{draw.choice(slugs)}/?page={draw.randint(1, 20)}",
        "a paper": lambda: f"/paper/{draw.choice(papers)}/",
        "search": lambda: f"/search/?{urlencode({'q': draw.choice(QUESTIONS)})}",
        "feed": lambda: draw.choice(["/feed/", "/feed.json", f"/feed/{draw.choice(slugs)}/"]),
    }
    return {name: [_read(client, page()) for _ in range(times + 5)][5:] for name, page in pages.items()}


def _read(client: Client, path: str) -> tuple[float, float]:
    return timed(lambda: client.get(path), path)


def timed(ask: Callable[[], HttpResponse], path: str) -> tuple[float, float]:
    """Milliseconds of an answer, by the clock and of this process alone. Raises RuntimeError for an answer other than 200."""
    began, used = time.perf_counter(), time.process_time()
    response = ask()
    took = 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)
    if response.status_code != 200:
        raise RuntimeError(f"{path} was answered by {response.status_code}")
    return took
