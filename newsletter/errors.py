"""What is answered when something is wrong with us."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error

SECONDS_TO_COME_BACK = 60


def trouble(request: HttpRequest) -> HttpResponse:
    """The page for an exception that nobody caught: 503 while the database is away, which will pass; otherwise 500."""
    response = server_error(request)
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response.status_code = 503
        response["Retry-After"] = str(SECONDS_TO_COME_BACK)
    return response
