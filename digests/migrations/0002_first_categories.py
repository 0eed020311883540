"""Give a new installation its first categories."""

from django.db import migrations

from digests.seed import CATEGORIES


def plant(apps, schema_editor):
    """Add the categories that are missing; those an editor already has stay as they are."""
    Category = apps.get_model("digests", "Category")
    for place, seed in enumerate(CATEGORIES):
        Category.objects.get_or_create(
            slug=seed.slug,
            defaults={
                "emoji": seed.emoji,
                "name_ko": seed.name_ko,
                "name_en": seed.name_en,
                "guidance": seed.guidance,
                "position": (place + 1) * 10,
                "bit": place,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("digests", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
