"""The ground as a Django app: it holds commands, checks, translations and static files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    """Registers the start-up checks, and listens to what belongs into the audit log."""

    name = "newsletter"
    verbose_name = _("People and records")

    def ready(self) -> None:
        """Import the checks and the listeners so that Django knows them."""
        from newsletter import checks, overhear  # noqa: F401
        from newsletter.signing_in import limits  # noqa: F401
