"""The digests app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DigestsConfig(AppConfig):
    """Papers, categories and digests."""

    name = "digests"
    verbose_name = _("Digests")

    def ready(self) -> None:
        """Import the checks so that Django knows them."""
        from digests import checks  # noqa: F401
