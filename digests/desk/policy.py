"""What becomes of a draft when nobody approves it: told on the pages where it matters, and chosen there for one digest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from digests.approve import RIGHT, NoRight, NotApproved
from digests.deadline import HOLD, SEND, choice_of, choose_policy, deadline_of, policy_of
from digests.desk.refusal import refused
from digests.models import Digest, PolicyChoice
from digests.readiness import Check, State

BACK_TO = {"today": "admin:index", "approve": "admin:subscribers_approve"}
Policy = PolicyChoice.Policy


class Unapproved(NamedTuple):
    """What happens to a draft that nobody approves: the policy in force, who chose it for this digest (empty where the
    setting holds), when it is decided, what is sent then, what the checks as they stand would make of it, and the
    policies that whoever looks may choose."""

    policy: str
    chosen_by: str
    at: dt.datetime
    local: str
    says: str
    as_things_are: str
    options: list[tuple[str, str]]


def unapproved(
    digest: Digest | None, now: dt.datetime, *, may_choose: bool, checks: Sequence[Check] | None = None
) -> Unapproved | None:
    """What a page says about it; None where there is nothing to decide any more. `checks` where they are known."""
    if digest is None or digest.status != Digest.Status.DRAFT or digest.is_sample or now >= deadline_of(digest):
        return None
    policy, at = policy_of(digest), deadline_of(digest)
    choice = choice_of(digest)
    local = date_format(at.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE)), "H:i")
    return Unapproved(
        policy,
        choice.by.get_username() if choice else "",
        at,
        f"{local} ({settings.DIGEST_TIME_ZONE})",
        _what_happens(policy),
        _as_things_are(policy, checks) if checks is not None else "",
        _options(policy) if may_choose else [],
    )


def _options(policy: str) -> list[tuple[str, str]]:
    """What else can be chosen; of several editors who are needed one cannot have more sent than the setting does."""
    may_send = settings.APPROVALS_NEEDED == 1
    return [
        (each.value, str(each.label))
        for each in Policy
        if each != policy and (may_send or each in (HOLD, settings.APPROVAL_POLICY))
    ]


def _what_happens(policy: str) -> str:
    return {
        Policy.HOLD.value: _("it is held: nothing is sent before somebody approves it, then at once."),
        Policy.SEND.value: _("it is sent as it is if every check is green, and held otherwise."),
        Policy.TITLES.value: _("titles and links are sent, without summaries; mail and web say that no editor looked."),
    }[policy]


def _as_things_are(policy: str, checks: Sequence[Check]) -> str:
    """What the checks would make of it now."""
    in_the_way = [c.title for c in checks if c.state is State.STOP or (policy == SEND and c.state is not State.GOOD)]
    if policy == HOLD:
        return ""
    if in_the_way:
        return _("As things are it would be held, because of: %s.") % ", ".join(in_the_way)
    return _("As things are it would be sent.")


@require_POST
def choose(request: HttpRequest, object_id: int) -> HttpResponse:
    """Choose it for this digest. On a page that is true no longer nothing is changed (409)."""
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    digest = get_object_or_404(Digest.objects.filter(kind__in=Digest.WITH_PAPERS), pk=object_id)
    policy, seen = request.POST.get("policy", ""), request.POST.get("seen_policy", "")
    try:
        choose_policy(digest, policy, cast(AbstractUser, request.user), seen, timezone.now())
    except NoRight as error:
        raise PermissionDenied(str(error)) from error
    except NotApproved as error:
        return refused(request, digest, str(error))
    messages.success(request, _("Chosen. If nobody approves, %s") % _what_happens(policy))
    page = BACK_TO.get(request.POST.get("back", ""), "admin:digests_digest_change")
    return HttpResponseRedirect(reverse(page, args=[] if page == "admin:index" else [digest.pk]))
