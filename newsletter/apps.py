"""The ground as a Django app: it holds commands, checks, translations and static files."""

from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    """Registers the start-up checks."""

    name = "newsletter"

    def ready(self) -> None:
        """Import the checks so that Django knows them."""
        from newsletter import checks  # noqa: F401
