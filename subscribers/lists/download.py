"""The page in admin that hands out the list of subscribers."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletter import audit
from subscribers.lists.exporting import exported
from subscribers.models import Subscriber

BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding


class PasswordForm(forms.Form):
    """Whoever finds a desk unlocked must not walk away with the list."""

    password = forms.CharField(
        label=gettext_lazy("Your password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST or None)
        self.user = request.user

    def clean_password(self) -> str:
        """The password. Raises ValidationError when it is not the user's."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your password."))
        return password


def export(request: HttpRequest) -> HttpResponseBase:
    """GET says what the list holds and asks for the password, POST hands the list out and notes it in the audit log."""
    if not request.user.has_perm("subscribers.export_subscriber"):
        raise PermissionDenied
    form = PasswordForm(request)
    count = Subscriber.objects.count()
    if request.method == "POST" and form.is_valid():
        audit.note(audit.Act.EXPORT, "subscribers", by=request.user, count=count)
        return _file()
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Export subscribers"),
        "opts": Subscriber._meta,
        "form": form,
        "count": count,
    }
    return TemplateResponse(request, "admin/subscribers/subscriber/export.html", context)


def _file() -> StreamingHttpResponse:
    name = f"subscribers-{timezone.localdate():%Y-%m-%d}.csv"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(
        chain([BYTE_ORDER_MARK], exported()), content_type="text/csv; charset=utf-8", headers=disposition
    )
