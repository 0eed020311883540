"""/metrics: figures for Prometheus. Each app adds its gauges; who may read them is decided here."""

from __future__ import annotations

import hmac
import ipaddress
import logging
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

logger = logging.getLogger(__name__)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")

gauges: list[str] = []
"""Functions that yield metrics, by their dotted names."""


class _Gauges(Collector):
    def collect(self) -> Iterator[Metric]:
        for path in gauges:
            told: Iterable[Metric] = import_string(path)()
            yield from told


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for who has METRICS_TOKEN; without a token being set, for this machine itself only. 503 while the
    database is away."""
    if not _may_read(request):
        return HttpResponseForbidden("Metrics are for this machine, or for who has METRICS_TOKEN.\n", "text/plain")
    registry = CollectorRegistry()
    try:
        registry.register(_Gauges())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    except DatabaseError as error:  # every gauge asks it; a scrape that fails is an alarm of its own (up == 0)
        logger.warning("No metrics: the database does not answer (%s).", type(error).__name__)
        return HttpResponse("The database does not answer.\n", "text/plain", status=503)


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        kind, _blank, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if any(header in request.META for header in FORWARDED):
        return False  # somebody else asked, through a proxy on this machine
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
