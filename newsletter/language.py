"""The reader's choice of language: a cookie of two letters, for a year."""

from django.http import HttpRequest, HttpResponse
from django.views.csrf import csrf_failure
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from newsletter.visitors import is_from_elsewhere


@csrf_exempt  # a token would belong to one visitor, and the form stands on pages that caches keep; see is_from_elsewhere
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the language and go back to the page. A form on another site is refused."""
    return csrf_failure(request) if is_from_elsewhere(request) else set_language(request)
