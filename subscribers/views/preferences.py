"""What an active subscriber chooses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from subscribers import lifecycle, links
from subscribers.forms import PreferencesForm
from subscribers.masking import masked
from subscribers.models import Subscriber
from subscribers.views.pages import bad_link, next_mail, page_methods, private, reader_of, speak

ASK_OWN = "own/"  # relative, so that the page does not hold its token


@private
@page_methods
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Categories, language, how often and when, a pause; and when the next mail can come."""
    subscriber = reader_of(links.PREFERENCES, token)
    if subscriber is None:
        return bad_link(request)
    speak(request, subscriber)
    form = PreferencesForm(subscriber, request.POST if request.method == "POST" else None)
    saved = form.is_bound and form.is_valid() and lifecycle.choose(subscriber.key, **form.wishes())
    if saved:
        subscriber.refresh_from_db()
        speak(request, subscriber)
        form = PreferencesForm(subscriber)
    else:
        subscriber.refresh_from_db(fields=["status"])
    if subscriber.status != Subscriber.Status.ACTIVE:
        return render(request, "web/not_subscribed.html", {"ask_own": ASK_OWN})
    context = {
        "form": form,
        "ask_own": ASK_OWN,
        "saved": saved,
        "address": masked(subscriber.email),
        "next_mail": next_mail(subscriber),
        "unsubscribe": links.path(links.UNSUBSCRIBE, subscriber.key),
    }
    return render(request, "web/preferences.html", context)
