"""What keeps the audit log from being changed, in the database itself.

The one road on which lines leave it is pruning (`newsletter.pruning`): a row of `AuditPruning` says up to when, and the
database takes none that would reach into the last KEPT_DAYS, whoever writes it.
"""

from __future__ import annotations

from typing import Any

TABLE = "newsletter_auditline"
REFUSED = "the audit log is added to and never changed"

SQLITE = [
    f"CREATE TRIGGER audit_line_{act.lower()} BEFORE {act} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    for act in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"""CREATE FUNCTION audit_line_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{REFUSED}'; END $$""",
    f"CREATE TRIGGER audit_line_stays BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION audit_line_stays()",
]

KEPT_DAYS = 90
"""The least that is kept of the audit log, whatever anybody sets."""

PRUNINGS = "newsletter_auditpruning"
TOO_YOUNG = f"the last {KEPT_DAYS} days of the audit log are kept"
PRUNABLE = f"EXISTS (SELECT 1 FROM {PRUNINGS} WHERE OLD.at < through)"

SQLITE_PRUNING = [
    "DROP TRIGGER audit_line_delete",
    f"""CREATE TRIGGER audit_line_delete BEFORE DELETE ON {TABLE} WHEN NOT {PRUNABLE}
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""",
    f"""CREATE TRIGGER audit_pruning_kept BEFORE INSERT ON {PRUNINGS}
    WHEN NEW.through > datetime('now', '-{KEPT_DAYS} days') BEGIN SELECT RAISE(ABORT, '{TOO_YOUNG}'); END""",
    f"CREATE TRIGGER audit_pruning_update BEFORE UPDATE ON {PRUNINGS} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
]
POSTGRESQL_PRUNING = [
    f"""CREATE OR REPLACE FUNCTION audit_line_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF TG_OP = 'DELETE' THEN IF {PRUNABLE} THEN RETURN OLD; END IF; END IF;
        RAISE EXCEPTION '{REFUSED}';
    END $$""",
    f"""CREATE FUNCTION audit_pruning_keeps() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION '{REFUSED}'; END IF;
        IF NEW.through > now() - interval '{KEPT_DAYS} days' THEN RAISE EXCEPTION '{TOO_YOUNG}'; END IF;
        RETURN NEW;
    END $$""",
    f"""CREATE TRIGGER audit_pruning_keeps BEFORE INSERT OR UPDATE ON {PRUNINGS}
    FOR EACH ROW EXECUTE FUNCTION audit_pruning_keeps()""",
]


def create(apps: Any, schema_editor: Any) -> None:
    """Refuse UPDATE and DELETE from now on. For a migration."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement)


def drop(apps: Any, schema_editor: Any) -> None:
    """Take the refusal away. For a migration that is undone, and for one that remakes the table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION audit_line_stays() CASCADE")
    else:
        for act in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER audit_line_{act}")


def allow_pruning(apps: Any, schema_editor: Any) -> None:
    """Let old lines go that a row of `AuditPruning` names, and no others. For a migration."""
    for statement in {"sqlite": SQLITE_PRUNING, "postgresql": POSTGRESQL_PRUNING}.get(
        schema_editor.connection.vendor, []
    ):
        schema_editor.execute(statement)


def forbid_pruning(apps: Any, schema_editor: Any) -> None:
    """Refuse every DELETE again. For a migration that is undone."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION audit_pruning_keeps() CASCADE")
        schema_editor.execute(POSTGRESQL[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    else:
        for name in ("audit_pruning_kept", "audit_pruning_update", "audit_line_delete"):
            schema_editor.execute(f"DROP TRIGGER {name}")
        schema_editor.execute(SQLITE[1])
