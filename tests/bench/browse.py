"""Rows made by the database itself, and admin's pages over them. Runs inside the product, see `tests.bench.inside`."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests.models import Digest
from subscribers.models import Subscriber
from subscribers.statistics import counting

DELIVERIES = """
INSERT INTO subscribers_delivery (digest_id, subscriber_id, status, edition, send_at, expires_at, error, provider_id,
                                  attempts, opened_at, finished_at)
SELECT %s, id,
       CASE WHEN mod(id, 200) = 0 THEN 'bounced' WHEN mod(id, 1001) = 0 THEN 'failed' WHEN mod(id, 20011) = 0 THEN 'complained'
            WHEN mod(id, 50021) = 0 THEN 'unknown' WHEN mod(id, 7) = 0 THEN 'skipped' ELSE 'sent' END,
       0, now(), now(), CASE WHEN mod(id, 200) = 0 THEN '550 5.1.1 no such user' ELSE '' END, 'id-' || id, 1, now(), now()
FROM subscribers_subscriber ORDER BY id
"""
EVENTS = """
INSERT INTO subscribers_deliveryevent (key, delivery_id, digest_id, provider, kind, state, detail, occurred_at, received_at,
                                       delivery_was, reader_was)
SELECT md5('event' || id), id, digest_id, 'bench', CASE WHEN mod(id, 200) = 0 THEN 'bounced' ELSE 'delivered' END,
       CASE WHEN mod(id, 100000) = 0 THEN 'held' ELSE 'applied' END, '', now(), now() - mod(id, 30) * interval '1 day', '', ''
FROM subscribers_delivery WHERE mod(id, 10) = 0
"""
REPORTED = """
UPDATE subscribers_delivery SET status = 'delivered' WHERE digest_id = %s AND status = 'sent' AND mod(subscriber_id, 40009) <> 0
"""
SUPPRESSIONS = """
INSERT INTO subscribers_suppression (address_hash, reason, suppressed_at)
SELECT md5('a' || n) || md5('b' || n), CASE WHEN mod(n, 50) = 0 THEN 'complained' ELSE 'bounced' END, now()
FROM generate_series(1, %s) AS n
"""
STATUSES = """
UPDATE subscribers_subscriber SET status = CASE WHEN mod(id, 5003) = 0 THEN 'complained' WHEN mod(id, 100) = 0 THEN 'bounced'
    ELSE 'unsubscribed' END, left_at = now() WHERE mod(id, 11) = 0
"""


def history(digests: int) -> dict[str, Any]:
    """So many digests that were sent to everybody, what came back, and readers who left. Of one digest the provider told that
    nearly all of it was delivered."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(STATUSES)
        for _ in range(digests):
            last = _digest().pk
            cursor.execute(DELIVERIES, [last])
        cursor.execute(REPORTED, [last - 1])
        cursor.execute(EVENTS)
        cursor.execute(SUPPRESSIONS, [Subscriber.objects.count() // 20])
        for table in ("subscriber", "delivery", "deliveryevent", "suppression"):
            cursor.execute(f"VACUUM ANALYZE subscribers_{table}")
    return {"seconds": time.monotonic() - began}


def _digest() -> Digest:
    draft = Digest.objects.get(status=Digest.Status.DRAFT)
    return Digest.objects.create(
        day=draft.day - timedelta(days=Digest.objects.count()),
        status=Digest.Status.SENT,
        approved_by=get_user_model().objects.get(),
        approved_at=timezone.now(),
        approved_content={"sections": [], "languages": [], "charts": {}},
        content_hash="x",
    )


def browse(rounds: int) -> dict[str, dict[str, float]]:
    """The median milliseconds of each page by kind, after the clock has counted once."""
    counting.count()
    browser = Client(headers={"host": "localhost"})
    browser.force_login(get_user_model().objects.get())
    return {
        kind: {name: _median(browser, path, rounds) for name, path in pages.items()}
        for kind, pages in (("lists", _pages()), ("counts", _counting_pages()))
    }


def _pages() -> dict[str, str]:
    """Lists, filters and searches."""
    middle = Subscriber.objects.order_by("pk")[Subscriber.objects.count() // 2]
    old, new = (Digest.objects.filter(status="sent").order_by(order).first() for order in ("pk", "-pk"))
    told = Digest.objects.get(pk=new.pk - 1)
    lists = "/admin/subscribers/"
    domain = middle.email.partition("@")[2]
    return {
        "today": "/admin/",
        "subscribers": f"{lists}subscriber/",
        "subscribers, page 190": f"{lists}subscriber/?p=190",
        "subscribers, bounced": f"{lists}subscriber/?status__exact=bounced",
        "subscribers, complained": f"{lists}subscriber/?status__exact=complained",
        "subscribers, pending (none)": f"{lists}subscriber/?status__exact=pending",
        "subscribers, English": f"{lists}subscriber/?language__exact=en",
        "subscribers, weekly (none)": f"{lists}subscriber/?cadence__exact=weekly",
        "subscribers, an address": f"{lists}subscriber/?q={middle.email}",
        "subscribers, nobody's address": f"{lists}subscriber/?q=nobody@nowhere.example",
        "subscribers, a beginning": f"{lists}subscriber/?q={middle.email[:8]}",
        "subscribers, a rare beginning": f"{lists}subscriber/?q=zzz",
        "subscribers, a domain": f"{lists}subscriber/?q=@{domain}",
        "subscribers, a rare domain": f"{lists}subscriber/?q=@nowhere.example",
        "a reader's story": f"{lists}subscriber/{middle.pk}/change/",
        "deliveries": f"{lists}delivery/",
        "deliveries, bounced": f"{lists}delivery/?status__exact=bounced",
        "deliveries, complained": f"{lists}delivery/?status__exact=complained",
        "deliveries, unknown": f"{lists}delivery/?status__exact=unknown",
        "deliveries, queued (none)": f"{lists}delivery/?status__exact=queued",
        "deliveries, delivered (none)": f"{lists}delivery/?status__exact=delivered",
        "deliveries, an address": f"{lists}delivery/?q={middle.email}",
        "deliveries of the latest digest": f"{lists}delivery/?digest__id__exact={new.pk}",
        "deliveries of the first digest": f"{lists}delivery/?digest__id__exact={old.pk}",
        "first digest, bounced": f"{lists}delivery/?digest__id__exact={old.pk}&status__exact=bounced",
        "first digest, complained": f"{lists}delivery/?digest__id__exact={old.pk}&status__exact=complained",
        "first digest, unknown": f"{lists}delivery/?digest__id__exact={old.pk}&status__exact=unknown",
        "first digest, delivered (none)": f"{lists}delivery/?digest__id__exact={old.pk}&status__exact=delivered",
        "reported digest, delivered": f"{lists}delivery/?digest__id__exact={told.pk}&status__exact=delivered",
        "reported digest, sent (rare)": f"{lists}delivery/?digest__id__exact={told.pk}&status__exact=sent",
        "reported digest, bounced": f"{lists}delivery/?digest__id__exact={told.pk}&status__exact=bounced",
        "first digest, readers who complained": f"{lists}delivery/?digest__id__exact={old.pk}&reader=complained",
        "first digest, readers who wait (none)": f"{lists}delivery/?digest__id__exact={old.pk}&reader=pending",
        "events": f"{lists}deliveryevent/",
        "events, held": f"{lists}deliveryevent/?state__exact=held",
        "events, bounced": f"{lists}deliveryevent/?kind__exact=bounced",
        "events, complained (none)": f"{lists}deliveryevent/?kind__exact=complained",
        "events of an address": f"{lists}deliveryevent/?q={middle.email}",
        "suppressions": f"{lists}suppression/",
        "suppressions, complained": f"{lists}suppression/?reason__exact=complained",
        "suppressions, an address": f"{lists}suppression/?q={middle.email}",
        "papers": "/admin/digests/paper/",
        "audit log": "/admin/newsletter/auditline/",
    }


def _counting_pages() -> dict[str, str]:
    """Pages that count a whole digest, or all readers, at each look."""
    draft = Digest.objects.get(status="draft")
    old, *_others, told, new = Digest.objects.filter(status="sent").order_by("pk")
    lists = "/admin/subscribers/"
    return {
        "receipt": f"{lists}delivery/receipt/{old.pk}/",
        "receipt of the reported": f"{lists}delivery/receipt/{told.pk}/",
        "sending page": f"{lists}delivery/progress/{new.pk}/",
        "sending page, renewed": f"{lists}delivery/progress/{new.pk}/counts/",
        "approving": f"{lists}delivery/approve/{draft.pk}/",
        "statistics": reverse("statistics"),
        "metrics": "/metrics",
    }


def _median(browser: Client, path: str, rounds: int) -> float:
    seconds = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        answer = browser.get(path)
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return round(1000 * statistics.median(seconds[1:]), 1)  # the first one warms up
