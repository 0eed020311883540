"""Is this process alive, can it do its work, and is there something a person should look at?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from celery import current_app
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

BROKER_SECONDS = 1


class Finding(NamedTuple):
    """A figure of the health page, and what it makes us worry about; empty when all is well."""

    name: str
    value: object
    worry: str = ""


examiners: list[Callable[[], list[Finding]]] = []
"""The apps add theirs: what can be known of the work in the background."""


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is migrated, 503 with the reason otherwise.

    What else is wrong stands in `worries` and does not make it 503: a balancer that took the web away because the
    clock stands still would take the way to unsubscribe with it. Whoever watches asks for `/readyz?strict`, which is
    503 with any worry.
    """
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as error:  # noqa: BLE001 - whatever keeps the database away keeps us from being ready
        return JsonResponse({"ok": False, "database": type(error).__name__}, status=503)
    if waiting:
        return JsonResponse({"ok": False, "migrations": len(waiting)}, status=503)
    findings = [broker(), *(finding for examine in examiners for finding in examine())]
    worries = [finding.worry for finding in findings if finding.worry]
    strict = "strict" in request.GET and bool(worries)
    answer = {"ok": not strict, **{finding.name: finding.value for finding in findings}, "worries": worries}
    return JsonResponse(answer, status=503 if strict else 200)


def broker() -> Finding:
    """Whether the broker takes calls. While it does not, the clock cannot wake anybody."""
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except (OperationalError, OSError) as error:
        return Finding("broker", type(error).__name__, "The broker does not answer; nothing runs in the background.")
    return Finding("broker", "ok")
