"""The digests app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DigestsConfig(AppConfig):
    """Papers, categories and digests."""

    name = "digests"
    verbose_name = _("Digests")

    def ready(self) -> None:
        """Let Django know the checks, and the doctor what to examine."""
        from digests import checks  # noqa: F401
        from newsletter.doctor.findings import examiners

        examiners["sources"] = "digests.doctor.sources_answer"
        examiners["pictures"] = "digests.doctor.pictures_are_drawn"
        examiners["model"] = "digests.doctor.model_answers"
