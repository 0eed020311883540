"""Signing up, and confirming it."""

from functools import partial

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from subscribers import lifecycle, links
from subscribers.forms import SubscribeForm
from subscribers.models import Subscriber
from subscribers.views.pages import bad_link, next_mail, page_methods, private, reader_of, speak


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
    subscriber = reader_of(links.CONFIRM, token)
    if subscriber is None:
        return bad_link(request, "web/bad_confirm.html")
    speak(request, subscriber)
    if subscriber.status == Subscriber.Status.PENDING and request.method != "POST":
        return render(request, "web/confirm.html")
    just_now = request.method == "POST" and lifecycle.confirm(subscriber.key)
    subscriber.refresh_from_db()
    context = {"just_now": just_now, "next_mail": next_mail(subscriber)}
    if just_now:  # a later reader of the same mail is told that it worked, and given nothing to change
        context["preferences"] = links.path(links.PREFERENCES, subscriber.key)
    is_active = subscriber.status == Subscriber.Status.ACTIVE
    return render(request, "web/confirmed.html" if is_active else "web/not_subscribed.html", context)
