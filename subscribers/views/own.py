"""The page that only the owner of the address can open: the address itself, all that is kept, another address, the end."""

from functools import partial

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsletter import waking
from subscribers import links
from subscribers.forms import NewAddressForm
from subscribers.masking import masked
from subscribers.models import OwnersLink, Subscriber
from subscribers.owner import asking, moving
from subscribers.owner.erasing import erase as erase_all
from subscribers.owner.keeping import everything_about
from subscribers.views.pages import bad_link, is_scripted, page_methods, private, reader_of, speak

Status = Subscriber.Status


@private
@require_POST
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """Have a link mailed to the address that this link to the preferences belongs to. The answer is always the same."""
    subscriber = reader_of(links.PREFERENCES, token)
    if subscriber is None:
        return bad_link(request)
    speak(request, subscriber)
    asking.ask_for_link(subscriber)
    transaction.on_commit(partial(waking.wake, "subscribers.letters"))
    return render(request, "web/own_asked.html", {"address": masked(subscriber.email)})


@private
@page_methods
def own(request: HttpRequest, token: str) -> HttpResponse:
    """What the owner of the address may do; POST asks for another address."""
    link = _link(token)
    if link is None:
        return bad_link(request, "web/bad_own.html")
    speak(request, link.subscriber)
    form = NewAddressForm(link.subscriber.email, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if asking.ask_for_change(link, form.cleaned_data["email"]):
            transaction.on_commit(partial(waking.wake, "subscribers.letters"))
            return render(request, "web/address_asked.html", {"days": links.LIFETIME[links.ADDRESS].days})
        link.refresh_from_db()
    context = {
        "link": link,
        "token": token,
        "form": form,
        "address": link.subscriber.email,
        "is_active": link.subscriber.status == Status.ACTIVE,
        "refused": form.is_bound and form.is_valid(),
    }
    return render(request, "web/own.html", context)


@private
@require_POST
def export(request: HttpRequest, token: str) -> HttpResponse:
    """Everything that is kept, as a file; once for each link."""
    link = _link(token)
    if link is None:
        return bad_link(request, "web/bad_own.html")
    speak(request, link.subscriber)
    if not OwnersLink.objects.filter(pk=link.pk, exported_at=None).update(exported_at=timezone.now()):
        return bad_link(request, "web/bad_own.html")
    told = {"ensure_ascii": False, "indent": 2}
    answer = JsonResponse(everything_about(link.subscriber), encoder=DjangoJSONEncoder, json_dumps_params=told)
    answer["Content-Disposition"] = 'attachment; filename="my-subscription.json"'
    return answer


@private
@require_POST
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """Erase everything, at once and for good."""
    link = _link(token)
    if link is None:
        return bad_link(request, "web/bad_own.html")
    speak(request, link.subscriber)
    erase_all(link.subscriber)
    return render(request, "web/erased.html")


@private
@page_methods
def address(request: HttpRequest, token: str) -> HttpResponse:
    """One button, for either side of a change of address; the second press makes it happen."""
    side = _side(links.ADDRESS, token)
    if side is None:
        return bad_link(request, "web/bad_address.html")
    speak(request, side.change.subscriber)
    context = {"side": side.name, "new": masked(side.change.new_address), "is_scripted": is_scripted(request)}
    pressed = request.method == "POST" and not is_scripted(request)
    if not pressed and not side.change.ended_at:
        return render(request, "web/address.html", context)
    happened = moving.agree(side) if pressed else side.change.happened
    side.change.refresh_from_db()
    return render(request, "web/address_agreed.html", context | {"happened": happened, "ended": side.change.ended_at})


@private
@csrf_exempt  # the mail's List-Unsubscribe header leads here, too: a mail provider presses the button (RFC 8058)
@page_methods
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """One button, or one click in the mail program: this address does not want the change."""
    side = _side(links.REFUSE, token)
    pressed = request.method == "POST" and not is_scripted(request)
    if side is not None:
        speak(request, side.change.subscriber)
        if pressed:
            moving.refuse(side)
    elif not _was_signed(links.REFUSE, token):
        return bad_link(request)
    return render(request, "web/refused.html" if pressed else "web/refuse.html", {"is_scripted": is_scripted(request)})


def _link(token: str) -> OwnersLink | None:
    """The link, while it is good."""
    try:
        key = links.read(links.OWN, token)
    except links.BadLink:
        return None
    return OwnersLink.objects.filter(key=key).select_related("subscriber").first()


def _side(purpose: links.Purpose, token: str) -> moving.Side | None:
    try:
        return moving.side_of(links.read(purpose, token))
    except links.BadLink:
        return None


def _was_signed(purpose: links.Purpose, token: str) -> bool:
    try:
        return bool(links.read(purpose, token))
    except links.BadLink:
        return False
