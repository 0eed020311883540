"""What surrounds every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from newsletter import audit


class KnowTheRequest:
    """Lets the audit log see who is asking, from however deep it is called."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep the request while it is being answered."""
        token = audit.request_now.set(request)
        try:
            return self.get_response(request)
        finally:
            audit.request_now.reset(token)
