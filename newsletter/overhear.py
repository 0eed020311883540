"""What Django tells of by itself, for the audit log: signing in and out, and changes made with admin's own forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from newsletter import audit
from newsletter.audit import Act
from newsletter.models import AuditLine

ACTS = {ADDITION: Act.ADD, CHANGE: Act.EDIT, DELETION: Act.DELETE}
MOST_FAILURES_AN_HOUR = 200
"""So many failed tries to sign in are noted within an hour, from all visitors together: a log that strangers can fill without
end would be a way to hide things in it."""


@receiver(user_logged_in)
def signed_in(user: AbstractBaseUser, **kwargs: Any) -> None:
    """A password was right."""
    audit.note(Act.LOGIN, by=user)


@receiver(user_logged_out)
def signed_out(user: AbstractBaseUser | None, **kwargs: Any) -> None:
    """Somebody left."""
    if user is not None:
        audit.note(Act.LOGOUT, by=user)


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    """A password was wrong. A name that is nobody's is not kept: people type passwords there by mistake."""
    note_failure(Act.LOGIN_FAILED, str(credentials.get("username") or ""))


def note_failure(act: str, username: str, **facts: Any) -> None:
    """Note a failed try to sign in, unless there were too many in the last hour. The last one that is noted says so."""
    lately = AuditLine.objects.filter(
        at__gt=timezone.now() - timedelta(hours=1), act__in=(Act.LOGIN_FAILED, Act.LOCKED)
    )
    noted = lately[:MOST_FAILURES_AN_HOUR].count()
    if noted >= MOST_FAILURES_AN_HOUR:
        return
    if noted == MOST_FAILURES_AN_HOUR - 1:
        facts["more"] = "not noted within this hour"
    is_known = get_user_model().objects.filter(username=username).exists()
    audit.note(act, by=username if is_known else "(unknown name)", **facts)


@receiver(post_save, sender=LogEntry)
def changed(instance: LogEntry, created: bool, **kwargs: Any) -> None:
    """Something was changed with a form of admin's."""
    if not created:
        return
    kind = instance.content_type
    line = {"what": instance.get_change_message()} if instance.change_message else {}
    audit.note(
        ACTS.get(instance.action_flag, Act.EDIT),
        f"{kind.name if kind else ''} {instance.object_repr}".strip(),
        by=instance.user,
        row=f"{kind.app_label}.{kind.model} {instance.object_id}" if kind else "",
        **line,
    )
