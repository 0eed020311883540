"""A stranger's first look at the form, and the form that is sent.

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
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from digests.glimpse import glimpse
from newsletter import waking
from newsletter.caching import for_everybody
from newsletter.context import site
from newsletter.visitors import client_address, is_from_elsewhere
from subscribers import lifecycle
from subscribers.forms import SubscribeForm
from subscribers.privacy.outside import counting
from subscribers.signing_up import captcha, traps
from subscribers.signing_up.asking import Wish, note
from subscribers.views.pages import brief, page_methods, speak_in
from subscribers.zones import place_of

logger = logging.getLogger(__name__)


@csrf_exempt  # the browser's word on where the form stood, and the form's stamp, are gone by: no cookie is needed
@brief
@page_methods
def subscribe(request: HttpRequest) -> HttpResponse:
    """The sign-up form, which is the same for everybody, and what is answered to it, which is not."""
    return _sign_up(request) if request.method == "POST" else _empty_form(request)


@for_everybody
def _empty_form(request: HttpRequest) -> HttpResponse:
    return _form_page(request, SubscribeForm())


@never_cache
def _sign_up(request: HttpRequest) -> HttpResponse:
    """Whatever is known of a well-formed address, the answer is the same; so it is when a program sent
    the form, or somebody who has asked too often. A form on another site leads to a page of ours with one button."""
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
        take(request, form.cleaned_data["email"], form.cleaned_data["language"], form.mask, _consent_read(request))
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
        "counting": counting(),
    }
    return render(request, "web/subscribe.html", context)


def _consent_read(request: HttpRequest) -> str:
    """The sentence that stood on the page, in its language."""
    shown = traps.read(request.POST[traps.STAMP])
    with translation.override(shown.language if shown else get_language()):
        return lifecycle.consent_words()


def take(request: HttpRequest, *wish: Any) -> None:
    """Write a wish down and call the crew, unless this visitor has asked too often."""
    if note(Wish(*wish), client_address(request)):
        transaction.on_commit(partial(waking.wake, "subscribers.letters"))


@for_everybody
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
