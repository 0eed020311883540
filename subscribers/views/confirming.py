"""The page behind the link to confirm: what is about to be subscribed, and one button."""

from functools import partial

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from newsletter import waking
from newsletter.visitors import SHOWN, client_address, network
from subscribers import choices, lifecycle, links
from subscribers.forms import OWN_NAMES
from subscribers.masking import masked
from subscribers.models import Subscriber
from subscribers.signing_up import traps
from subscribers.views.pages import bad_link, brief, is_scripted, next_mail, page_methods, private, speak
from subscribers.views.signing_up import take
from subscribers.zones import place_of

Status = Subscriber.Status
WISHES = "wishes"


@private
@csrf_exempt  # the token is the permission: nobody else has it, and the page must work where cookies are refused
@brief
@page_methods
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Pressing the button makes a pending subscriber active, with the wishes that stood beside it."""
    try:
        subscriber = Subscriber.objects.filter(key=links.read(links.CONFIRM, token)).first()
    except links.TooOld as error:
        return _late(request, error.key)
    except links.BadLink:
        subscriber = None
    if subscriber is None:
        return bad_link(request, "web/bad_confirm.html")
    speak(request, subscriber)
    pressed = request.method == "POST"
    if subscriber.status == Status.PENDING and not pressed:
        return _question(request, subscriber)
    if subscriber.status == Status.PENDING and (doubt := _doubt(request)):
        return _question(request, subscriber, doubt)
    just_now = pressed and lifecycle.confirm(
        subscriber.key,
        network(client_address(request), SHOWN),
        request.POST.get("time_zone", ""),
        request.POST.get(WISHES, ""),
    )
    subscriber.refresh_from_db()
    if subscriber.status == Status.PENDING:
        speak(request, subscriber)
        return _question(request, subscriber, gettext("The choices changed meanwhile. Please look at them once more."))
    return _answer(request, subscriber, just_now)


def _question(request: HttpRequest, subscriber: Subscriber, doubt: str = "") -> HttpResponse:
    """What is about to be subscribed, and the button; with what spoke against the press before. After one, a press by
    whatever program helps the reader counts: nobody is asked twice for what they cannot do."""
    context = {
        "doubt": doubt,
        "stamp": traps.stamp(),
        "stamp_name": traps.STAMP,
        "wishes_name": WISHES,
        "wishes": lifecycle.wishes_of(subscriber),
        "address": masked(subscriber.email),
        "categories": choices.chosen(subscriber.categories),
        "language_name": OWN_NAMES[subscriber.language],
        "hour": f"{subscriber.send_hour:02}:00",
        "zone": place_of(subscriber.time_zone),
        "has_default_zone": subscriber.time_zone == settings.DIGEST_TIME_ZONE,
    }
    return render(request, "web/confirm.html", context)


def _doubt(request: HttpRequest) -> str:
    """Why a press is taken for a mail scanner's that runs pages, which must not confirm; empty when it is not. A press
    that brings no sign of the page is not judged."""
    shown = traps.read(request.POST.get(traps.STAMP, ""))
    if shown is not None and traps.is_too_quick(shown, timezone.now()):
        return gettext("That was quicker than people are. Please press the button once more.")
    return gettext("This looked like a program. Please press the button once more.") if is_scripted(request) else ""


def _answer(request: HttpRequest, subscriber: Subscriber, just_now: bool) -> HttpResponse:
    """What there is to say to whoever pressed, or opened the link of a subscription that does not wait any more."""
    context = {"just_now": just_now, "next_mail": next_mail(subscriber), "zone": place_of(subscriber.time_zone)}
    if just_now:  # a later reader of the same mail is told that it worked, and given nothing to change
        context["preferences"] = links.path(links.PREFERENCES, subscriber.key)
        transaction.on_commit(partial(waking.wake, "subscribers.letters"))
    is_active = subscriber.status == Status.ACTIVE
    return render(request, "web/confirmed.html" if is_active else "web/not_subscribed.html", context)


def _late(request: HttpRequest, key: str) -> HttpResponse:
    """A link to confirm that is too old: one button sends a new one, within the limits of every sign-up."""
    subscriber = Subscriber.objects.filter(key=key).first()
    if subscriber is None:
        return bad_link(request, "web/bad_confirm.html")
    speak(request, subscriber)
    if subscriber.status == Status.ACTIVE:
        return render(request, "web/confirmed.html", {"just_now": False})
    if subscriber.status != Status.PENDING:
        return render(request, "web/not_subscribed.html")
    if request.method != "POST":
        return render(request, "web/late_confirm.html")
    take(request, subscriber.email, subscriber.language, subscriber.categories, subscriber.consent_text)
    return render(request, "web/check_mail.html")
