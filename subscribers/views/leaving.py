"""Leaving: one button on a page, or one click in the mail program. And less instead, the way back, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from subscribers import lifecycle, links
from subscribers.coming_back import come_back as undo
from subscribers.coming_back import may_come_back, tell_why
from subscribers.forms import LessForm, WhyForm
from subscribers.masking import masked
from subscribers.models import Subscriber
from subscribers.views.pages import bad_link, is_scripted, next_mail, page_methods, private, reader_of, speak

Status = Subscriber.Status
LESS, UNSUBSCRIBE = "less/", "../"  # from one page to the other: relative, so that neither has the token in its words


@private
@csrf_exempt  # a mail provider presses the button for its reader: no page, no cookie (RFC 8058, section 3.2)
@page_methods
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST acts. The body is not read, so every way a provider writes it is understood. A press of the page's
    button that no hand did is asked about once."""
    try:
        key = links.read(links.UNSUBSCRIBE, token)
    except links.BadLink:
        return bad_link(request)
    subscriber = Subscriber.objects.filter(key=key).first()
    if subscriber:
        speak(request, subscriber)
    if request.method != "POST" or is_scripted(request):
        context = {
            "is_scripted": is_scripted(request),
            "address": masked(subscriber.email) if subscriber else "",
            "less": LESS if subscriber and subscriber.status == Status.ACTIVE else "",
        }
        return render(request, "web/unsubscribe.html", context)
    lifecycle.leave(key)
    return _gone(request, Subscriber.objects.filter(key=key).first())


@private
@page_methods
def less(request: HttpRequest, token: str) -> HttpResponse:
    """Once a week, or fewer categories, for who was about to leave."""
    subscriber = reader_of(links.UNSUBSCRIBE, token)
    if subscriber is None:
        return bad_link(request)
    speak(request, subscriber)
    form = LessForm(subscriber, request.POST if request.method == "POST" else None)
    saved = form.is_bound and form.is_valid() and lifecycle.choose(subscriber.key, **form.wishes())
    subscriber.refresh_from_db()
    if subscriber.status != Status.ACTIVE:
        return render(request, "web/not_subscribed.html")
    context = {"form": form, "saved": saved, "next_mail": next_mail(subscriber), "unsubscribe": UNSUBSCRIBE}
    return render(request, "web/less.html", context)


@private
@csrf_exempt  # the page before sets no cookie either; the token is an hour old at most, and in no mail
@page_methods
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """One button that undoes a departure of the last hour."""
    subscriber = reader_of(links.RETURN, token)
    if subscriber is None:
        return bad_link(request, "web/no_return.html")
    speak(request, subscriber)
    if request.method != "POST":
        return render(request, "web/return.html")
    undo(subscriber.key)
    subscriber.refresh_from_db()
    if subscriber.status != Status.ACTIVE:
        return bad_link(request, "web/no_return.html")
    context = {"next_mail": next_mail(subscriber), "preferences": links.path(links.PREFERENCES, subscriber.key)}
    return render(request, "web/returned.html", context)


@private
@csrf_exempt  # as above
@page_methods
def why(request: HttpRequest, token: str) -> HttpResponse:
    """Why the reader left: one of a few reasons, or none."""
    subscriber = reader_of(links.RETURN, token)
    if subscriber is None:
        return bad_link(request, "web/no_return.html")
    speak(request, subscriber)
    form = WhyForm(request.POST if request.method == "POST" else None)
    told = form.is_bound and form.is_valid() and tell_why(subscriber.key, form.why_chosen)
    subscriber.refresh_from_db()
    return _gone(request, subscriber, token, form=form, told=told)


def _gone(request: HttpRequest, subscriber: Subscriber | None, token: str = "", **more: object) -> HttpResponse:
    """The page of who has left; with the way back for who just did."""
    if not token and subscriber and may_come_back(subscriber):
        token = links.token(links.RETURN, subscriber.key)
    return render(request, "web/unsubscribed.html", {"token": token, "form": WhyForm(), **more})
