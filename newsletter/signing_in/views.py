"""The pages between the password and admin."""

from __future__ import annotations

import re
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth import authenticate, logout
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from newsletter import audit
from newsletter.signing_in import factor
from newsletter.signing_in.again import fresh, is_fresh, mark_fresh
from newsletter.signing_in.forms import AgainForm, CodeForm

LIKE_A_CODE = re.compile(r"[0-9]{3} ?[0-9]{3}")
WRONG = gettext_noop(
    "This code is not right. Codes count once and for half a minute: wait for the next one, and see that the phone's clock is right."
)


def second_factor(request: HttpRequest) -> HttpResponse:
    """Show the second factor, or set one up where there is none; afterwards, how things stand with it."""
    user = cast(AbstractUser, request.user)
    if user.is_verified():  # type: ignore[attr-defined]
        return _page(request, "standing", _("Second factor"), left=factor.backup_codes_left(user))
    form = CodeForm(request.POST if request.method == "POST" else None)
    is_new = not factor.has_one(user)
    if is_new and not is_fresh(request):  # a session that somebody left open must not get a phone of its own
        logout(request)
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if form.is_bound and form.is_valid():
        done = _set_up(request, form) if is_new else _enter(request, form)
        if done:
            return done
    context = {"form": form, "next": wanted(request)}
    if is_new:
        context["letters"] = factor.in_letters(factor.pending_key(request))
        return _page(request, "set_up", _("Set up a second factor"), **context)
    return _page(request, "enter", _("Second factor"), **context)


def _set_up(request: HttpRequest, form: CodeForm) -> HttpResponse | None:
    codes = factor.set_up(request, form.cleaned_data["code"])
    if codes:
        return _page(request, "codes", _("Your backup codes"), codes=codes, next=wanted(request))
    form.add_error("code", _(WRONG))
    return None


def _enter(request: HttpRequest, form: CodeForm) -> HttpResponse | None:
    user = cast(AbstractUser, request.user)
    if factor.waits(user):
        form.add_error("code", _("Too many wrong codes. Wait a while, longer after each wrong one, then try again."))
    elif factor.enter(request, form.cleaned_data["code"]):
        return HttpResponseRedirect(wanted(request))
    else:
        form.add_error("code", _(WRONG))
    return None


@require_safe
def qr_code(request: HttpRequest) -> HttpResponse:
    """The secret that is offered to be set up; only while there is none."""
    if factor.has_one(cast(AbstractUser, request.user)):
        raise PermissionDenied
    return HttpResponse(factor.as_svg(request), content_type="image/svg+xml")


@require_POST
@fresh
def backup_codes(request: HttpRequest) -> HttpResponse:
    """New backup codes in place of the old ones, shown this once."""
    user = cast(AbstractUser, request.user)
    if not user.is_verified():  # type: ignore[attr-defined]
        raise PermissionDenied
    codes = factor.new_backup_codes(user)
    audit.note(audit.Act.SECOND_FACTOR, user, by=user, new="backup codes")
    return _page(request, "codes", _("Your backup codes"), codes=codes, next=reverse("admin:index"))


def again(request: HttpRequest) -> HttpResponse:
    """Ask once more who it is."""
    form = AgainForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if _proves(request, form.cleaned_data["proof"]):
            mark_fresh(request)
            return HttpResponseRedirect(wanted(request))
        form.add_error("proof", _("That was not right. Nothing is done yet."))
    return _page(request, "again", _("Is it you?"), form=form, next=wanted(request))


def _proves(request: HttpRequest, proof: str) -> bool:
    """Whether this is the person's password, or a code of their app. Passwords are tried as at the door, under its limits;
    none is tried as a backup code, for a wrong one of those makes all of them wait."""
    user = cast(AbstractUser, request.user)
    if LIKE_A_CODE.fullmatch(proof.strip()) and factor.matching(user, proof):
        return True
    return authenticate(request, username=user.get_username(), password=proof) == user


def wanted(request: HttpRequest) -> str:
    """Where to go next: a page of this site, admin's front page otherwise."""
    given = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure())
    return given if given and is_ours else reverse("admin:index")


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """From the door to the second factor."""
    return HttpResponseRedirect(f"{reverse('admin:second_factor')}?{urlencode({'next': wanted(request)})}")


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    given = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/signing_in/{name}.html", given)
