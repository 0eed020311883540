"""What becomes of a draft that nobody approves in time: reminders first, then what an editor chose for it, or
APPROVAL_POLICY says."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from typing import cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digests import reminders
from digests.approve import NotApproved, check_right, stamp
from digests.collecting.days import moment
from digests.content import Content, snapshot
from digests.models import Digest, PolicyChoice
from digests.readiness import Check, examine, is_green, obstacles
from newsletter import audit

logger = logging.getLogger(__name__)
HOLD, SEND, TITLES = "hold", "send", "titles"
SYSTEM_USER = "approval-policy"
"""Who stands as approver where nobody was: a user that cannot log in."""
TIME_TO_LOOK = dt.timedelta(hours=1)
"""How long before the deadline editors are reminded, and the least they have between a draft and its deadline."""


def deadline_of(digest: Digest) -> dt.datetime:
    """When it is decided without an editor: at APPROVAL_DEADLINE_HOUR of its day, and an hour after a late start."""
    return max(moment(digest.day, settings.APPROVAL_DEADLINE_HOUR), digest.created_at + TIME_TO_LOOK)


def policy_of(digest: Digest) -> str:
    """What is sent of it when nobody approves it in time: an editor's choice for this digest, or the setting."""
    choice = choice_of(digest)
    return choice.policy if choice else settings.APPROVAL_POLICY


def choice_of(digest: Digest) -> PolicyChoice | None:
    """An editor's choice for this digest, as this object knows it."""
    return getattr(digest, "policy_choice", None)


def choose_policy(digest: Digest, policy: str, editor: AbstractBaseUser, seen: str, now: dt.datetime) -> None:
    """An editor chooses what is sent when nobody approves, until the deadline; `seen` is what was in force on the page. Where
    several editors are needed, one alone does not have more sent than the setting would. Raises NotApproved."""
    with transaction.atomic():
        digest = Digest.objects.select_for_update().get(pk=digest.pk)
        check_right(editor)
        before = policy_of(digest)
        if why := _why_not(digest, policy, before, seen, now):
            raise NotApproved(why)
        if policy != before:
            PolicyChoice.objects.update_or_create(digest=digest, defaults={"policy": policy, "by": cast(User, editor)})
            audit.note(audit.Act.POLICY, digest, by=editor, before=before, after=policy)


def _why_not(digest: Digest, policy: str, before: str, seen: str, now: dt.datetime) -> str:
    """Why this cannot be chosen; empty when it can."""
    if digest.status != Digest.Status.DRAFT or digest.is_sample:
        return _("This is chosen for a draft only, and not for a sample. Nothing was changed.")
    if now >= deadline_of(digest):
        return _("The deadline has passed, and it was decided. Approve the draft, or leave it. Nothing was changed.")
    if seen != before:
        return _("Somebody else chose something else meanwhile. Nothing was changed: look at it again, then choose.")
    if policy not in PolicyChoice.Policy.values:
        return _("That is no decision this page knows.")
    if settings.APPROVALS_NEEDED > 1 and policy not in (HOLD, settings.APPROVAL_POLICY):
        return _("Several editors are needed, so one alone cannot have it sent without them. Nothing was changed.")
    return ""


def decide_overdue(now: dt.datetime | None = None) -> None:
    """Remind editors of drafts whose deadline is near, and decide those whose deadline has passed. Safe to repeat: a
    reminder is one row, a decision one conditional update."""
    now = now or timezone.now()
    for digest in _waiting(now):
        try:
            _look_after(digest, now)
        except (
            Exception
        ):  # one draft that cannot be made into a mail must not keep the others, and today's build, waiting
            logger.exception("What becomes of %s could not be decided; the next tick tries again", digest)


def for_policy(content: Content, policy: str) -> Content:
    """The content as the policy sends it, marked so that mail and web can say that no editor looked. With `TITLES` it
    has no summaries: no word of a model's. Pure."""
    if policy != TITLES:
        return content | {"policy": policy}
    return content | {"policy": policy, "sections": [section | {"summaries": {}} for section in content["sections"]]}


def _waiting(now: dt.datetime) -> Iterator[Digest]:
    """Drafts whose deadline is an hour away at most, or passed while their mails would not be late. A sample is no news
    and goes to nobody by itself."""
    lately = (now - dt.timedelta(hours=settings.SEND_DEADLINE_HOURS + 48)).date()
    drafts = Digest.objects.filter(
        status=Digest.Status.DRAFT, kind__in=Digest.WITH_PAPERS, is_sample=False, day__gte=lately
    )
    for digest in drafts.order_by("day", "kind"):
        deadline = deadline_of(digest)
        if deadline - TIME_TO_LOOK <= now < deadline + dt.timedelta(hours=settings.SEND_DEADLINE_HOURS):
            yield digest


def _look_after(digest: Digest, now: dt.datetime) -> None:
    def checks() -> list[Check]:
        return examine(digest, snapshot(digest))

    if now < deadline_of(digest):
        reminders.waiting(digest, deadline_of(digest), policy_of(digest), checks)
    elif not _decide(digest, now):
        reminders.held(digest, checks)


def _decide(digest: Digest, now: dt.datetime) -> bool:
    """Approve by policy if it says so and the checks let it; True when this call did."""
    if policy_of(digest) == HOLD:
        return False
    with transaction.atomic():
        digest = Digest.objects.select_for_update().get(pk=digest.pk)
        if digest.status != Digest.Status.DRAFT:
            return True  # an editor was quicker
        policy = policy_of(digest)  # again: nobody chooses while we hold the row
        if policy == HOLD:
            return False
        content = for_policy(snapshot(digest), policy)
        checks = examine(digest, content)
        if obstacles(checks) or (policy == SEND and not is_green(checks)):
            return False
        approved = stamp(digest, content, system_user(), at=now)
    if approved:
        logger.warning("Nobody approved %s in time: sent by policy (%s)", digest, policy)
        reminders.sent_by_policy(digest, policy)
    return True


def system_user() -> AbstractBaseUser:
    """The user that stands for the policy, made when it is first needed."""
    users = get_user_model()
    user, made = users.objects.get_or_create(username=SYSTEM_USER, defaults={"is_active": False})
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
