"""A new password by mail, for staff who forgot theirs. It does not replace the second factor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth import views
from django.forms import Form
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from newsletter import audit
from newsletter.models import AuditLine
from newsletter.signing_in.forms import ForgottenPasswordForm

MOST_AN_HOUR = 3


class Dressed:
    """Admin's dress."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what every page of admin has."""
        return super().get_context_data(**admin.site.each_context(self.request), **kwargs)  # type: ignore[misc,attr-defined]


class Ask(Dressed, views.PasswordResetView):
    """The address; the answer is the same whatever is known of it."""

    form_class = ForgottenPasswordForm

    def form_valid(self, form: Any) -> HttpResponse:
        """Mail the link, three times an hour to one person at most."""
        lately = AuditLine.objects.filter(act=audit.Act.PASSWORD_ASKED, at__gt=timezone.now() - timedelta(hours=1))
        for user in form.get_users(form.cleaned_data["email"]):
            if lately.filter(who=user.get_username()).count() >= MOST_AN_HOUR:
                return super(views.PasswordResetView, self).form_valid(form)  # says what it always says
            audit.note(audit.Act.PASSWORD_ASKED, by=user)
        return super().form_valid(form)


class Sent(Dressed, views.PasswordResetDoneView):
    """What to look for."""


class Choose(Dressed, views.PasswordResetConfirmView):
    """The new password."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Noted."""
        audit.note(audit.Act.PASSWORD, by=self.user, way="mail")
        return super().form_valid(form)  # type: ignore[arg-type]


class Chosen(Dressed, views.PasswordResetCompleteView):
    """On to the door."""


urlpatterns: list[URLPattern] = [
    path("", Ask.as_view(), name="admin_password_reset"),
    path("sent/", Sent.as_view(), name="password_reset_done"),
    path("<uidb64>/<token>/", Choose.as_view(), name="password_reset_confirm"),
    path("done/", Chosen.as_view(), name="password_reset_complete"),
]
