"""The page on which a reader says that an old consent still holds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from subscribers import links, renewal
from subscribers.models import Subscriber
from subscribers.views.pages import bad_link, is_scripted, page_methods, private, speak


@private
@csrf_exempt  # the token is the permission, and the page must work where cookies are refused
@page_methods
def renew(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST notes the yes."""
    try:
        key = links.read(links.RENEW, token)
    except links.BadLink:
        return bad_link(request)
    reader = Subscriber.objects.filter(key=key).first()
    if reader is None:
        return bad_link(request)
    speak(request, reader)
    if reader.status != Subscriber.Status.ACTIVE:
        return render(request, "web/not_subscribed.html")
    renewed = request.method == "POST" and not is_scripted(request) and renewal.renew(key)
    leave = links.path(links.UNSUBSCRIBE, key)
    context = {"renewed": renewed, "unsubscribe": leave, "is_scripted": is_scripted(request)}
    return render(request, "web/renew.html", context)
