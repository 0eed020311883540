"""The subscribers app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SubscribersConfig(AppConfig):
    """Subscribers and deliveries."""

    name = "subscribers"
    verbose_name = _("Subscribers")

    def ready(self) -> None:
        """Let Django know the checks and the roles; the health page and the doctor what there is to know of sending."""
        from newsletter import metrics, roles
        from newsletter.doctor import findings
        from newsletter.health import examiners
        from subscribers import checks, health  # noqa: F401

        examiners.append(health.examine)
        metrics.gauges.append("subscribers.statistics.gauges.gauges")
        findings.examiners["mail"] = "subscribers.doctor.mail_goes_out"
        findings.examiners["readers"] = "subscribers.doctor.readers_are_real"
        findings.examiners["clock"] = "subscribers.doctor.clock_ticks"
        post_migrate.connect(
            roles.give, sender=self, dispatch_uid="roles"
        )  # the last app: all permissions exist by now
