"""What readers are told about their data before they give it (GDPR, article 13; 개인정보 보호법 제30조), for everybody to read."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from newsletter.caching import for_everybody
from newsletter.imprint import imprint, own_words
from subscribers import links
from subscribers.privacy.keeping import days, kept
from subscribers.privacy.outside import carriers, counting


@for_everybody
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The page, or the operator's own one, where PRIVACY_URL names it: mails are kept for years, so their link leads here."""
    if settings.PRIVACY_URL:
        return redirect(settings.PRIVACY_URL)
    context = {
        "operator": imprint(),
        "since": settings.PRIVACY_SINCE,
        "kept": kept(),
        "carriers": carriers(),
        "counting": counting(),
        "has_second_factor": settings.ADMIN_SECOND_FACTOR,
        "has_captcha": bool(settings.SIGN_UP_CAPTCHA),
        "language_cookie": days(settings.LANGUAGE_COOKIE_AGE // 86400),
        "link_lives": days(links.LIFETIME[links.OWN].days),
        "own_words": own_words("privacy", get_language()),
    }
    return render(request, "web/privacy.html", context)
