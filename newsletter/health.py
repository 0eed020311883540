"""Is this process alive, and can it do its work?"""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and is migrated, 503 with the reason otherwise."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Exception as error:  # noqa: BLE001 - whatever keeps the database away keeps us from being ready
        return JsonResponse({"ok": False, "database": type(error).__name__}, status=503)
    if waiting:
        return JsonResponse({"ok": False, "migrations": len(waiting)}, status=503)
    return JsonResponse({"ok": True})
