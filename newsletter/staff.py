"""Staff in admin: who they are, which roles they have, and their second factor."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from newsletter import audit, roles
from newsletter.signing_in import again, factor

admin.site.unregister([User, Group, TOTPDevice, StaticDevice])  # the devices' own pages show their secrets


def is_above(person: User | None, request: HttpRequest) -> bool:
    """Whether this person is out of reach for whoever asks: a superuser is another superuser's business."""
    return bool(person and person.is_superuser and not cast(User, request.user).is_superuser)


@admin.register(User)
class StaffAdmin(UserAdmin):
    """People who sign in. Whoever changes them is asked again who they are; rights beyond roles are superusers' to give."""

    list_display = ["username", "email", "roles", "is_active", "is_staff", "has_factor", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    actions = ["forget_factor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With what the list shows."""
        theirs = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).prefetch_related("groups").annotate(factor=Exists(theirs))

    @admin.display(description=_("roles"))
    def roles(self, person: User) -> str:
        """The groups in a line."""
        return ", ".join(group.name for group in person.groups.all())

    @admin.display(description=_("second factor"), boolean=True)
    def has_factor(self, person: User) -> bool:
        """Whether it is set up."""
        return person.factor  # type: ignore[attr-defined]  # see get_queryset

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights one by one, and superusers, for superusers only."""
        if obj is None:
            return self.add_fieldsets
        rights = ["is_active", "is_staff", "groups"]
        if cast(User, request.user).is_superuser:
            rights += ["is_superuser", "user_permissions"]
        return (
            (None, {"fields": ("username", "password", "email", "first_name", "last_name")}),
            (_("Rights"), {"fields": rights}),
            (_("Dates"), {"fields": ("last_login", "date_joined")}),
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of a superuser, unless one asks."""
        return super().has_change_permission(request, obj) and not is_above(obj, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of a superuser, unless one asks."""
        return super().has_delete_permission(request, obj) and not is_above(obj, request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Note what somebody may do from now on."""
        before = form.instance.stood  # see save_model, which comes first
        super().save_related(request, form, formsets, change)
        after = standing(User.objects.get(pk=form.instance.pk))
        if before != after:
            audit.note(audit.Act.ROLES, form.instance, by=request.user, before=before, after=after)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep in mind how things stood."""
        obj.stood = standing(User.objects.get(pk=obj.pk)) if change else []
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Forget the second factor: the next sign-in sets up another"), permissions=["change"])
    def forget_factor(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For people who lost their phone and their backup codes."""
        theirs = [person for person in people if not is_above(person, request)]
        number = sum(factor.forget(person, by=request.user) for person in theirs)
        told = ngettext("%d second factor was forgotten.", "%d second factors were forgotten.", number) % number
        self.message_user(request, told, messages.SUCCESS)

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Ask again who it is."""
        return super().changeform_view(request, *args, **options) if self._may_go_on(request) else again.ask(request)

    def delete_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Ask again who it is."""
        return super().delete_view(request, *args, **options) if self._may_go_on(request) else again.ask(request)

    def user_change_password(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Ask again who it is."""
        return (
            super().user_change_password(request, *args, **options) if self._may_go_on(request) else again.ask(request)
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Ask again who it is before acting upon many."""
        if request.method == "POST" and not again.is_fresh(request):
            return again.ask(request)
        return super().changelist_view(request, extra_context)

    def _may_go_on(self, request: HttpRequest) -> bool:
        """Whether it was shown lately who it is. Those without the right are refused by the page itself."""
        return again.is_fresh(request) or not self.has_change_permission(request)


def standing(person: User) -> list[str]:
    """What somebody may do, in words that can be compared."""
    flags = [name for name in ("is_active", "is_staff", "is_superuser") if getattr(person, name)]
    rights = [permission.codename for permission in person.user_permissions.all()]
    return sorted([*flags, *(group.name for group in person.groups.all()), *rights])


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """Roles. The four of the product are made what they are by each migrate, and not edited here."""

    list_display = ["name", "says"]

    @admin.display(description=_("what it is for"))
    def says(self, group: Group) -> str:
        """What the role does."""
        return str(roles.SAYS.get(group.name, ""))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of one's own groups."""
        return super().has_change_permission(request, obj) and not (obj and obj.name in roles.SAYS)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of one's own groups, one at a time: many at once could have one of the four among them."""
        return super().has_delete_permission(request, obj) and not (obj and obj.name in roles.SAYS)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None for many at once."""
        return {}

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Ask again who it is."""
        return super().changeform_view(request, *args, **options) if again.is_fresh(request) else again.ask(request)
