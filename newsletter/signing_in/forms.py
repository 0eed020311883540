"""The forms of signing in."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """A code of the app, or a backup code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class AgainForm(forms.Form):
    """Who it is, once more."""

    proof = forms.CharField(
        label=_("Password, or a code of your app"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class ForgottenPasswordForm(PasswordResetForm):
    """Django's own, which compares addresses exactly, look-alike letters and all. Its link leads to SITE_URL, whatever host
    the request named."""

    def save(self, **options: object) -> None:  # type: ignore[override]
        """Mail the link to the staff whose address it is; to nobody else."""
        scheme, _colon, host = settings.SITE_URL.partition("://")
        super().save(**{**options, "domain_override": host, "use_https": scheme == "https"})  # type: ignore[arg-type]

    def get_users(self, email: str) -> list[object]:  # type: ignore[override]
        """Staff only: nobody else has a password here."""
        return [user for user in super().get_users(email) if user.is_staff]
