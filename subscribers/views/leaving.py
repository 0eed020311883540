"""Leaving: one button on a page, or one click in the mail program."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from subscribers import lifecycle, links
from subscribers.masking import masked
from subscribers.models import Subscriber
from subscribers.views.pages import bad_link, page_methods, private, speak


@private
@csrf_exempt  # a mail provider presses the button for its reader: no page, no cookie (RFC 8058, section 3.2)
@page_methods
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST acts. The body is not read, so every way a provider writes it is understood."""
    try:
        key = links.read(links.UNSUBSCRIBE, token)
    except links.BadLink:
        return bad_link(request)
    subscriber = Subscriber.objects.filter(key=key).first()
    if subscriber:
        speak(request, subscriber)
    if request.method != "POST":
        return render(request, "web/unsubscribe.html", {"address": masked(subscriber.email) if subscriber else ""})
    lifecycle.leave(key)
    return render(request, "web/unsubscribed.html")
