"""What browsers are told about every answer, static files and errors included, beside Django's own headers and the content
policy: no page needs a sensor or a payment, and no other site has anything to embed but pictures, feeds and files."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock",
    "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
"""Those of https://github.com/w3c/webappsec-permissions-policy that browsers have; of others they complain in the console."""
PERMISSIONS = ", ".join(f"{feature}=()" for feature in FEATURES)
RESOURCE_POLICY = "Cross-Origin-Resource-Policy"


class AllowLittle:
    """Middleware, around all others: an answer that says nothing of its own is for our pages only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add what is missing."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault(RESOURCE_POLICY, "same-origin")
        return response


def for_other_sites(response: HttpResponse) -> HttpResponse:
    """Let other sites' pages show this: a mail program in the browser is another site."""
    response[RESOURCE_POLICY] = "cross-origin"
    return response


def for_other_programs(response: HttpResponse) -> HttpResponse:
    """Let scripts of other sites read this, such as a feed reader that runs in a browser (the Fetch standard, CORS)."""
    response["Access-Control-Allow-Origin"] = "*"
    return for_other_sites(response)
