"""What is old leaves the audit log: by AUDIT_DAYS, by the clock, and with a line that says so."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from newsletter import audit
from newsletter.models import AuditLine, AuditPruning

MOST_AT_ONCE = 5000  # lines in a transaction: nobody who wants to write one waits for long


def prune_audit_log(through: dt.datetime) -> int:
    """Forget lines from before `through`, MOST_AT_ONCE at most; returns how many, so that whoever gets a full number comes
    again. What was forgotten is noted in the same transaction. Raises DatabaseError when `through` reaches into the days
    that the database keeps."""
    with transaction.atomic():
        old = list(AuditLine.objects.filter(at__lt=through).order_by("at").values_list("pk", flat=True)[:MOST_AT_ONCE])
        if not old:
            return 0
        AuditPruning.objects.create(through=through)
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {AuditLine._meta.db_table} WHERE id = %s", [(pk,) for pk in old])
        audit.note(audit.Act.PRUNE, by="AUDIT_DAYS", count=len(old), before=through.isoformat())
    return len(old)
