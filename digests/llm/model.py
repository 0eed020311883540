"""Which model is asked."""

from django.conf import settings

LONGEST_NAME = 80  # what the columns for an author's name hold


def is_configured() -> bool:
    """Whether a model may be asked; without one the built-in writer and classifier work."""
    return bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL)


def name() -> str:
    """The model's name as it is stored beside what it wrote."""
    return str(settings.OPENAI_MODEL)[:LONGEST_NAME]
