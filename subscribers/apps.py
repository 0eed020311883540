"""The subscribers app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubscribersConfig(AppConfig):
    """Subscribers and deliveries."""

    name = "subscribers"
    verbose_name = _("Subscribers")
