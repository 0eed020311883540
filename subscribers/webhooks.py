"""The door for what mail providers report: `/events/<provider>/`.

Anymail reads the providers' formats and checks their signatures. Here is what comes before that (who may knock, how much
they may bring) and after: the answer 200 is given when the reports are committed, never sooner.
"""

from __future__ import annotations

import hmac
import logging
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, cast

from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailWebhookValidationFailure
from anymail.utils import get_anymail_setting
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailBasicAuthMixin
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter.http import FetchFailed
from subscribers.checks import webhook_secret_problem
from subscribers.delivery import sns
from subscribers.delivery.events import record
from subscribers.delivery.reports import Report, report_of

logger = logging.getLogger(__name__)
MOST_BYTES = 1_000_000
MOST_EVENTS = 1000  # what providers put into one call at most

NOT_A_REPORT = (
    AnymailError,  # a false signature or secret, or what Anymail itself finds odd
    AnymailConfigurationError,  # reports of incoming mail, which nobody asked for
    SuspiciousOperation,
    ArithmeticError,  # and whatever else its readers stumble over when JSON is not of the shape they know
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class AmazonSESView(AmazonSESTrackingWebhookView):
    """Anymail's reading of SES, with the signature checked, and without boto3, which it wants only to confirm
    subscriptions."""

    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)
        self.auto_confirm_enabled = True

    def validate_request(self, request: HttpRequest) -> None:
        """Raise AnymailWebhookValidationFailure for a message that Amazon did not sign."""
        try:
            sns.verify(self._parse_sns_message(request))
        except sns.Forged as error:
            raise AnymailWebhookValidationFailure(str(error)) from error

    def auto_confirm_sns_subscription(self, sns_message: Mapping[str, object]) -> None:
        """Confirm that we want the messages of a topic of ours."""
        sns.confirm(sns_message)


class ResendView(ResendTrackingWebhookView):
    """Anymail's reading of Resend. It would check the signature with a library of its own; the scheme is three lines."""

    _svix_webhook = None  # what Anymail's own check, which is run too, would use

    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def validate_request(self, request: HttpRequest) -> None:
        """Raise AnymailWebhookValidationFailure unless the body is signed as Svix does it for Resend: HMAC-SHA256 over
        id, time and body, any of several signatures."""
        secret = b64decode(get_anymail_setting("signing_secret", esp_name="resend").removeprefix("whsec_"))
        headers = [request.headers.get(name, "") for name in ("svix-id", "svix-timestamp")]
        signed = ".".join(headers).encode() + b"." + request.body
        true = "v1," + b64encode(hmac.digest(secret, signed, "sha256")).decode()
        given = request.headers.get("svix-signature", "").split()
        if not any(constant_time_compare(each, true) for each in given):
            raise AnymailWebhookValidationFailure("The signature is not Resend's.")


VIEWS: dict[str, type[AnymailBaseWebhookView]] = {
    "amazon_ses": AmazonSESView,
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "resend": ResendView,
}


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def events(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a provider's reports.

    404 for a provider we do not use; 413 for too much; 400 for whoever does not know the secret, signs falsely or sends
    what no provider sends; 503 when we cannot tell yet, which like any error of ours makes the provider try again.
    """
    if provider not in settings.EVENT_PROVIDERS or provider not in VIEWS:
        raise Http404
    if problem := webhook_secret_problem():
        logger.error("A report of %s was refused: %s", provider, problem)
        return HttpResponse(status=503)
    if request.method == "HEAD":  # some providers try the address so when it is set up
        return HttpResponse()
    if provider == "amazon_ses" and "Authorization" not in request.headers:
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="events"'})  # SNS waits to be asked
    try:
        reports = _reports(provider, request)
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except FetchFailed as error:
        logger.warning("A report of %s could not be checked: %s", provider, error)
        return HttpResponse(status=503)
    except NOT_A_REPORT as error:
        strange = not isinstance(error, AnymailError)  # whose words may hold the whole body, and need no trace
        logger.warning("A report of %s was refused: %s", provider, str(error)[:200], exc_info=strange)
        return HttpResponse(status=400)
    logger.debug("Events of %s: %s", provider, record(reports))
    return HttpResponse()


def _reports(provider: str, request: HttpRequest) -> list[Report]:
    """The reports in a request whose sender knows the secret. Raises one of NOT_A_REPORT, RequestDataTooBig, FetchFailed."""
    view = VIEWS[provider]()
    AnymailBasicAuthMixin.validate_request(view, request)  # ahead of everything that looks into the body
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise RequestDataTooBig
    view.run_validators(request)
    found = cast(list[Any], view.parse_events(request))
    if len(found) > MOST_EVENTS:
        raise ValueError(f"{len(found)} events in one request")
    reports = [report_of(provider, event) for event in found]
    return [report for report in reports if report is not None]
