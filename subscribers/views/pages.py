"""What all pages behind a signed link share: who is meant, in which language, and that nobody else learns the link."""

from collections.abc import Callable
from email.utils import parseaddr
from functools import wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import pgettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods

from subscribers import links
from subscribers.delivery.upcoming import next_mail_at
from subscribers.models import Subscriber

Page = Callable[..., HttpResponse]
MOST_BYTES = 20_000  # every category ticked, with room
page_methods = require_http_methods(["GET", "HEAD", "POST"])


def private(page: Page) -> Page:
    """Keep a page whose address holds a token out of caches, search engines and other sites' logs. A proxy is asked not to
    pack it either: the length of what is packed tells something of what is in it (BREACH)."""

    @never_cache
    @cache_control(no_transform=True)
    @wraps(page)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = page(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"  # "no-referrer" would make browsers send `Origin: null`
        return response

    return shown


def brief(page: Page) -> Page:
    """Refuse a body that is larger than any of our forms, before it is read."""

    @wraps(page)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            return HttpResponse(status=413)
        return page(request, *args, **kwargs)

    return shown


def is_scripted(request: HttpRequest) -> bool:
    """Whether the page's own script says that no hand pressed its button (`pressing.js`); the page is shown once more then,
    without the script. It says so in the address: a body is not read where mail providers press."""
    return request.method == "POST" and request.GET.get("pressed") == "script"


def reader_of(purpose: links.Purpose, token: str) -> Subscriber | None:
    """Whom the link was sent to; None when it is not valid or that subscriber is no more."""
    try:
        return Subscriber.objects.filter(key=links.read(purpose, token)).first()
    except links.BadLink:
        return None


def speak(request: HttpRequest, subscriber: Subscriber) -> None:
    """Answer in the language of the subscriber's mails, whatever the browser's is."""
    speak_in(request, subscriber.language)


def speak_in(request: HttpRequest, language: str) -> None:
    """Answer in this language."""
    translation.activate(language)
    request.LANGUAGE_CODE = language


def next_mail(subscriber: Subscriber) -> str:
    """When the next mail can come, in words, on the reader's own clock."""
    local = next_mail_at(subscriber, timezone.now()).astimezone(ZoneInfo(subscriber.time_zone))
    return date_format(local, pgettext("date with weekday and time", "l, F j, Y, H:i"))


def bad_link(request: HttpRequest, template: str = "web/bad_link.html") -> HttpResponse:
    """404, and an address for people whose mail program broke the link: leaving must always be possible."""
    contact = settings.UNSUBSCRIBE_MAILBOX or parseaddr(settings.REPLY_TO or settings.FROM_EMAIL)[1]
    return render(request, template, {"contact": contact}, status=404)
