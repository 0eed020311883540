"""What every page template may use."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The site's name, its address as mails carry it, and whether this is a trial installation."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "debug_site": settings.DEBUG}
