"""The product's addresses, and some at which it goes wrong: the URL configuration of the site that is looked at."""

from __future__ import annotations

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.csrf import csrf_failure

from newsletter.signing_in.lockout import locked_out
from newsletter.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]


def broken(request: HttpRequest, status: int) -> HttpResponse:
    """Go wrong so that the product answers with this status."""
    if status == 403:
        return csrf_failure(request)
    if status == 429:
        return locked_out(request)
    raise OperationalError("away") if status == 503 else RuntimeError("a fault")


urlpatterns = [path("wrong/<int:status>/", broken), *urlpatterns]
