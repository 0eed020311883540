"""Who may do what: four groups with their rights, the same on every installation.

`give` runs after each migrate, when all permissions exist, and makes the groups what this file says. A group of one's own
can be made in admin for anything else; these four are not edited there.
"""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

VIEWER, EDITOR, OPERATOR, ADMINISTRATOR = "viewer", "editor", "operator", "administrator"

SAYS = {
    VIEWER: _("looks at digests, papers and days; changes nothing, sees no reader"),
    EDITOR: _("writes and approves digests; sees readers with their addresses masked"),
    OPERATOR: _("pauses, resumes and stops sending, settles what is unknown, sees addresses"),
    ADMINISTRATOR: _("may do everything, and gives others their roles"),
}

LOOK = {
    f"digests.view_{name}"
    for name in ("digest", "section", "entry", "summary", "category", "paper", "sighting", "dayreport", "correction")
} | {"digests.view_rule", "digests.view_consideration", "digests.view_term"}

READERS = {
    f"subscribers.view_{name}"
    for name in (
        "subscriber",
        "delivery",
        "deliveryevent",
        "lettersent",
        "suppression",
        "unusedreports",
        "sending",
        "readercount",
        "signup",
        "feedback",
    )
}

RIGHTS: dict[str, set[str]] = {
    VIEWER: LOOK,
    EDITOR: LOOK
    | READERS
    | {"digests.change_digest", "digests.approve_digest", "digests.change_paper", "digests.view_answer"}
    | {"digests.add_correction", "digests.change_correction"}
    | {f"digests.{act}_{name}" for name in ("term", "rule") for act in ("add", "change", "delete")}
    | {"digests.add_category", "digests.change_category", "subscribers.settle_feedback"},
    OPERATOR: LOOK
    | READERS
    | {"digests.steer_digest", "digests.view_answer", "subscribers.see_addresses", "subscribers.stop_sending"}
    | {"subscribers.settle_unknown", "subscribers.settle_deliveryevent", "subscribers.delete_suppression"},
}
"""What each may do. An administrator may do everything that these apps know, whatever is added later."""

OURS = ("newsletter", "digests", "subscribers")


def give(**kwargs: object) -> None:
    """Make the four groups what this file says. Permissions that are not there (yet) are passed over."""
    for name in SAYS:
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.set(_permissions(name))


def _permissions(role: str) -> list[Permission]:
    if role == ADMINISTRATOR:
        staff = Q(content_type__app_label="auth", content_type__model__in=("user", "group"))
        return list(Permission.objects.filter(Q(content_type__app_label__in=OURS) | staff))
    wanted = RIGHTS[role]
    found = Permission.objects.filter(codename__in={right.partition(".")[2] for right in wanted})
    return [each for each in found.select_related("content_type") if _full(each) in wanted]


def _full(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
