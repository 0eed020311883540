"""What keeps the audit log from being changed, in the database itself."""

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
