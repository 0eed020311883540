"""Django admin with our own site in place of its default one."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Makes `django.contrib.admin.site` a DeskSite."""

    default_site = "newsletter.signing_in.site.DeskSite"
