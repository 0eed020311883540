"""Give a new installation its first terms."""

from django.db import migrations

from digests.writing.seed_terms import TERMS


def plant(apps, schema_editor):
    """Add the terms that are missing; those an editor already has stay as they are."""
    Term = apps.get_model("digests", "Term")
    for english, korean, variants in TERMS:
        Term.objects.get_or_create(english=english, defaults={"korean": korean, "variants": "\n".join(variants)})


class Migration(migrations.Migration):
    dependencies = [("digests", "0003_answers_terms_and_making")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
