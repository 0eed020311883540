"""The rows that migrations made, for tests that empty the database: kept once, and put back in a statement a table.

Django keeps them as JSON and saves them one by one, which took such a test longer than all else that it does.
"""

from __future__ import annotations

from collections.abc import Callable

from django.apps import apps
from django.db import transaction
from django.db.models import Field


def keep() -> Callable[[object], None]:
    """How to put back what there is now, once the database was emptied; a function of one argument, which it has no use for,
    in the place of Django's."""
    models = [
        each for each in apps.get_models(include_auto_created=True) if each._meta.managed and not each._meta.proxy
    ]
    kept = {model: rows for model in models if (rows := list(model._base_manager.order_by("pk").values()))}
    for model in kept:
        assert not any(map(_dates_itself, model._meta.fields)), f"{model} would come back with another time"

    def put_back(_unused: object) -> None:
        with transaction.atomic():
            for model, rows in kept.items():
                # The first test to ask finds them there.
                model._base_manager.bulk_create([model(**row) for row in rows], ignore_conflicts=True)

    return put_back


def _dates_itself(field: Field) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
