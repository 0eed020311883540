from django.db import migrations

INDEX = "digests_cataloguedpaper_titles"


def make_index(apps, schema_editor):
    """An index of the titles alone, in PostgreSQL; FTS5 has its columns apart. See digests.archive.fulltext."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {INDEX} ON digests_cataloguedpaper USING gin (ts_filter(terms, '{{a}}'))")


def drop_index(apps, schema_editor):
    """The reverse."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("digests", "0019_papers_to_be_fetched")]

    operations = [migrations.RunPython(make_index, drop_index)]
