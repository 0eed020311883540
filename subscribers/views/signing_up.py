"""From a stranger's first look at the form to a confirmed subscription.

A form is taken from our own pages when its stamp is old enough and no trap is filled in. It carries no CSRF token, so it works
where cookies are refused: a form that another site sends leads to a page of ours with one button.
"""

import logging
from email.utils import parseaddr
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from digests.glimpse import glimpse
from newsletter import waking
from newsletter.context import site
from newsletter.visitors import SHOWN, client_address, is_from_elsewhere, network
from subscribers import lifecycle, links
from subscribers.forms import SubscribeForm
from subscribers.models import Subscriber
from subscribers.signing_up import captcha, traps
from subscribers.signing_up.asking import Wish, note
from subscribers.views.pages import bad_link, brief, next_mail, page_methods, private, speak, speak_in
from subscribers.zones import place_of

logger = logging.getLogger(__name__)


@csrf_exempt  # the browser's word on where the form stood, and the form's stamp, are gone by: no cookie is needed
@brief
@page_methods
def subscribe(request: HttpRequest) -> HttpResponse:
    """The sign-up form. Whatever is known of a well-formed address, the answer is the same; so it is when a program sent
    the form, or somebody who has asked too often. A form on another site leads to a page of ours with one button."""
    if request.method != "POST":
        return _form_page(request, SubscribeForm())
    elsewhere = is_from_elsewhere(request)
    if elsewhere and (language := request.POST.get("language")) in settings.DIGEST_LANGUAGES:
        speak_in(request, language)
    form = SubscribeForm(request.POST, elsewhere=elsewhere)
    if not form.is_valid():
        return _form_page(request, form)
    if elsewhere:
        return render(request, "web/one_press.html", {"form": form})
    sender = traps.sender_of(request.POST, timezone.now())
    if sender is traps.Sender.LATE_PERSON:
        return _form_page(request, form, gettext("This page was open for long. Please press the button once more."))
    if sender is traps.Sender.PROGRAM:
        logger.info("A form for signing up was filled in by a program, and dropped.")
    elif objection := captcha.objection(request):
        return _form_page(request, form, objection)
    else:
        _take(request, form.cleaned_data["email"], form.cleaned_data["language"], form.mask, _consent_read(request))
    return render(request, "web/check_mail.html")


def _form_page(request: HttpRequest, form: SubscribeForm, told: str = "") -> HttpResponse:
    """The form, empty or with what was filled in and what is wrong with it."""
    context = {
        "form": form,
        "told": told,
        "glimpse": glimpse(get_language()),
        "hour": f"{settings.DIGEST_SEND_HOUR:02}:00",
        "zone": place_of(settings.DIGEST_TIME_ZONE),
        "sender": parseaddr(settings.FROM_EMAIL)[1],
        "pending_days": settings.PENDING_DAYS,
    }
    return render(request, "web/subscribe.html", context)


def _consent_read(request: HttpRequest) -> str:
    """The sentence that stood on the page, in its language."""
    shown = traps.read(request.POST[traps.STAMP])
    with translation.override(shown.language if shown else get_language()):
        return lifecycle.consent_words()


def _take(request: HttpRequest, *wish: Any) -> None:
    """Write a wish down and call the crew, unless this visitor has asked too often."""
    if note(Wish(*wish), client_address(request)):
        transaction.on_commit(partial(waking.wake, "subscribers.letters"))


@require_safe
def embed(request: HttpRequest) -> HttpResponse:
    """The form as HTML for other sites, in each language, for operators to copy."""
    snippets = []
    for language in settings.DIGEST_LANGUAGES:
        with translation.override(language):
            snippets.append(
                (language, render_to_string("web/embed.txt", {"language": language, **site(request)}).strip())
            )
    return render(request, "web/embed.html", {"snippets": snippets})


@private
@csrf_exempt  # the token is the permission: nobody else has it, and the page must work where cookies are refused
@brief
@page_methods
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One button; pressing it makes a pending subscriber active."""
    try:
        subscriber = Subscriber.objects.filter(key=links.read(links.CONFIRM, token)).first()
    except links.TooOld as error:
        return _late(request, error.key)
    except links.BadLink:
        subscriber = None
    if subscriber is None:
        return bad_link(request, "web/bad_confirm.html")
    speak(request, subscriber)
    pending = subscriber.status == Subscriber.Status.PENDING
    pressed = request.method == "POST"
    too_quick = pressed and _is_too_quick(request)
    if pending and (not pressed or too_quick):
        context = {"stamp": traps.stamp(), "stamp_name": traps.STAMP, "too_quick": too_quick}
        return render(request, "web/confirm.html", context)
    just_now = pressed and lifecycle.confirm(
        subscriber.key, network(client_address(request), SHOWN), request.POST.get("time_zone", "")
    )
    subscriber.refresh_from_db()
    context = {"just_now": just_now, "next_mail": next_mail(subscriber), "zone": place_of(subscriber.time_zone)}
    if just_now:  # a later reader of the same mail is told that it worked, and given nothing to change
        context["preferences"] = links.path(links.PREFERENCES, subscriber.key)
        transaction.on_commit(partial(waking.wake, "subscribers.letters"))
    is_active = subscriber.status == Subscriber.Status.ACTIVE
    return render(request, "web/confirmed.html" if is_active else "web/not_subscribed.html", context)


def _late(request: HttpRequest, key: str) -> HttpResponse:
    """A link to confirm that is too old: one button sends a new one, within the limits of every sign-up."""
    subscriber = Subscriber.objects.filter(key=key).first()
    if subscriber is None:
        return bad_link(request, "web/bad_confirm.html")
    speak(request, subscriber)
    if subscriber.status == Subscriber.Status.ACTIVE:
        return render(request, "web/confirmed.html", {"just_now": False})
    if subscriber.status != Subscriber.Status.PENDING:
        return render(request, "web/not_subscribed.html")
    if request.method != "POST":
        return render(request, "web/late_confirm.html")
    _take(request, subscriber.email, subscriber.language, subscriber.categories, subscriber.consent_text)
    return render(request, "web/check_mail.html")


def _is_too_quick(request: HttpRequest) -> bool:
    """Whether the button was pressed faster than a person reads: by a scanner that runs pages, which must not confirm. A
    press without the page's stamp is not judged."""
    shown = traps.read(request.POST.get(traps.STAMP, ""))
    return shown is not None and traps.is_too_quick(shown, timezone.now())
