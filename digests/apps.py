"""The digests app."""

import os

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class DigestsConfig(AppConfig):
    """Papers, categories and digests."""

    name = "digests"
    verbose_name = _("Digests")

    def ready(self) -> None:
        """Let Django know the checks, the doctor what to examine, and Matplotlib where to keep what it found out about
        fonts: its own choice is the home folder, which a service mostly has not."""
        os.environ.setdefault("MPLCONFIGDIR", str(settings.VAR_DIR / "matplotlib"))
        from digests import checks  # noqa: F401
        from newsletter.doctor.findings import examiners

        examiners["sources"] = "digests.doctor.sources_answer"
        examiners["pictures"] = "digests.doctor.pictures_are_drawn"
        examiners["model"] = "digests.doctor.model_answers"
