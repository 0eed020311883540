"""Admin as our desk: a password is not enough, and the way in has pages of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from newsletter import audit
from newsletter.signing_in import factor, views


class DeskSite(AdminSite):
    """Admin for staff who showed their second factor, where one is wanted."""

    enable_nav_sidebar = False
    front: Callable[[HttpRequest, dict[str, Any]], HttpResponse] | None = None
    """The front page, where an app above us has one: called with the request and what admin's own would show."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, and the second factor."""
        return super().has_permission(request) and factor.is_enough(request.user)  # type: ignore[arg-type]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The door. Whoever gave the password already is led on to the second factor."""
        if request.method == "GET" and super().has_permission(request) and not factor.is_enough(request.user):  # type: ignore[arg-type]
            return views.to_second_factor(request)
        return super().login(request, extra_context)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The front page."""
        if self.front is None:
            return super().index(request, extra_context)
        return self.front(request, {**self.each_context(request), "app_list": self.get_app_list(request)})

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """One's own password; noted."""
        answer = super().password_change(request, extra_context)
        if request.method == "POST" and answer.status_code == 302:
            audit.note(audit.Act.PASSWORD, by=request.user)
        return answer

    def get_urls(self) -> list[Any]:
        """Ours ahead of admin's."""
        own: list[URLPattern] = [
            path("second-factor/", self._half_way(views.second_factor), name="second_factor"),
            path("second-factor/qr.svg", self._half_way(views.qr_code), name="second_factor_qr"),
            path("second-factor/codes/", self.admin_view(views.backup_codes), name="second_factor_codes"),
            path("again/", self.admin_view(views.again), name="again"),
        ]
        return own + super().get_urls()

    def _half_way(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """For staff who gave their password, and perhaps no more than that."""

        @never_cache
        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not super(DeskSite, self).has_permission(request):
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            return view(request, *args, **kwargs)

        return shown
