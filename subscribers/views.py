"""Pages for people who subscribe, choose and leave. They work without scripts, a login and (but for two forms) cookies.

Mail programs and scanners open links, so no page changes anything on GET. What a page may do is in its signed link;
`subscribers.lifecycle` does it.
"""

from collections.abc import Callable
from email.utils import parseaddr
from functools import partial, wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers import lifecycle, links
from subscribers.delivery.upcoming import next_mail_at
from subscribers.forms import PreferencesForm, SubscribeForm
from subscribers.masking import masked
from subscribers.models import Subscriber

Page = Callable[..., HttpResponse]
page_methods = require_http_methods(["GET", "HEAD", "POST"])


def private(page: Page) -> Page:
    """Keep a page whose address holds a token out of caches, search engines and other sites' logs."""

    @never_cache
    @wraps(page)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = page(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"  # "no-referrer" would make browsers send `Origin: null`
        return response

    return shown


@page_methods
def subscribe(request: HttpRequest) -> HttpResponse:
    """The sign-up form. Whatever is known of a well-formed address, the answer is the same."""
    form = SubscribeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "web/subscribe.html", {"form": form})
    lifecycle.sign_up(form.cleaned_data["email"], form.cleaned_data["language"], form.mask)
    transaction.on_commit(partial(lifecycle.wake, "subscribers.confirmations"))
    return render(request, "web/check_mail.html")


@private
@csrf_exempt  # the token is the permission: nobody else has it, and the page must work where cookies are refused
@page_methods
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One button; pressing it makes a pending subscriber active."""
    subscriber = _reader(links.CONFIRM, token)
    if subscriber is None:
        return _bad_link(request, "web/bad_confirm.html")
    _speak(request, subscriber)
    if subscriber.status == Subscriber.Status.PENDING and request.method != "POST":
        return render(request, "web/confirm.html")
    just_now = request.method == "POST" and lifecycle.confirm(subscriber.key)
    subscriber.refresh_from_db()
    context = {"just_now": just_now, "next_mail": next_mail(subscriber)}
    if just_now:  # a later reader of the same mail is told that it worked, and given nothing to change
        context["preferences"] = links.path(links.PREFERENCES, subscriber.key)
    is_active = subscriber.status == Subscriber.Status.ACTIVE
    return render(request, "web/confirmed.html" if is_active else "web/not_subscribed.html", context)


@private
@page_methods
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Categories, language, how often and when, a pause; and when the next mail can come."""
    subscriber = _reader(links.PREFERENCES, token)
    if subscriber is None:
        return _bad_link(request)
    _speak(request, subscriber)
    form = PreferencesForm(subscriber, request.POST if request.method == "POST" else None)
    saved = form.is_bound and form.is_valid() and lifecycle.choose(subscriber.key, **form.wishes())
    if saved:
        subscriber.refresh_from_db()
        _speak(request, subscriber)
        form = PreferencesForm(subscriber)
    else:
        subscriber.refresh_from_db(fields=["status"])
    if subscriber.status != Subscriber.Status.ACTIVE:
        return render(request, "web/not_subscribed.html")
    context = {
        "form": form,
        "saved": saved,
        "address": masked(subscriber.email),
        "next_mail": next_mail(subscriber),
        "unsubscribe": links.path(links.UNSUBSCRIBE, subscriber.key),
    }
    return render(request, "web/preferences.html", context)


@private
@csrf_exempt  # a mail provider presses the button for its reader: no page, no cookie (RFC 8058, section 3.2)
@page_methods
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST acts. The body is not read, so every way a provider writes it is understood."""
    try:
        key = links.read(links.UNSUBSCRIBE, token)
    except links.BadLink:
        return _bad_link(request)
    subscriber = Subscriber.objects.filter(key=key).first()
    if subscriber:
        _speak(request, subscriber)
    if request.method != "POST":
        return render(request, "web/unsubscribe.html", {"address": masked(subscriber.email) if subscriber else ""})
    lifecycle.leave(key)
    return render(request, "web/unsubscribed.html")


def next_mail(subscriber: Subscriber) -> str:
    """When the next mail can come, in words, on the reader's own clock."""
    local = next_mail_at(subscriber, timezone.now()).astimezone(ZoneInfo(subscriber.time_zone))
    return date_format(local, pgettext("date with weekday and time", "l, F j, Y, H:i"))


def _reader(purpose: links.Purpose, token: str) -> Subscriber | None:
    """Whom the link was sent to; None when it is not valid or that subscriber is no more."""
    try:
        return Subscriber.objects.filter(key=links.read(purpose, token)).first()
    except links.BadLink:
        return None


def _speak(request: HttpRequest, subscriber: Subscriber) -> None:
    """Answer in the language of the subscriber's mails, whatever the browser's is."""
    translation.activate(subscriber.language)
    request.LANGUAGE_CODE = subscriber.language


def _bad_link(request: HttpRequest, template: str = "web/bad_link.html") -> HttpResponse:
    """404, and an address for people whose mail program broke the link: leaving must always be possible."""
    contact = settings.UNSUBSCRIBE_MAILBOX or parseaddr(settings.REPLY_TO or settings.FROM_EMAIL)[1]
    return render(request, template, {"contact": contact}, status=404)
