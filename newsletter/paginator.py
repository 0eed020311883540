"""Pages of tables that may have millions of rows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class FirstPages(Paginator):
    """Counts so many rows and no further: counting millions takes longer than showing them."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, or a little more than MOST."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # admin paginates nothing else
        return rows.order_by()[: self.MOST + 1].count()
