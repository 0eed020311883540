"""Admin's front page: how the day stands, what is missing, and the one thing to do next."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from digests.collecting.days import moment, today
from digests.deadline import deadline_of, policy_of
from digests.desk.deciding import may
from digests.desk.policy import unapproved
from digests.llm.answers import spent_today
from digests.models import Correction, DayReport, Digest
from digests.retelling import retell
from subscribers.desk.marks import marks_of
from subscribers.desk.next_step import Go, Standing, Step, next_step
from subscribers.desk.sources import sources_of
from subscribers.desk.troubles import troubles
from subscribers.desk.week import last_days

IN_HAND = (Digest.Status.DRAFT, Digest.Status.APPROVED, Digest.Status.SENDING, Digest.Status.PAUSED)
MOST_IN_HAND = 8


@never_cache
def front(request: HttpRequest, everything: dict[str, Any]) -> HttpResponse:
    """The page. `everything` is what admin's own front page shows: the tables, which stand below."""
    context = {**everything, "title": _("Today"), "subtitle": None}
    if request.user.has_perm("digests.view_digest"):
        context |= _day(request, timezone.now())
    return TemplateResponse(request, "admin/index.html", context)


def _day(request: HttpRequest, now: dt.datetime) -> dict[str, Any]:
    digest = _digest_in_question()
    known = _latest_report(digest.day if digest else today())
    report = known if known and known.day == (digest.day if digest else today()) else None
    marks = marks_of(digest) if digest and digest.is_editable else []
    step = next_step(_standing(request, digest, report, sum(mark.places for mark in marks), now))
    return {
        "day": digest.day if digest else today(),
        "is_today": digest is None or digest.day == today(),
        "digest": digest,
        "report": report,
        "marks": marks,
        "step": step,
        "step_url": _url(step, digest, report),
        "count": _counts(digest),
        "countdown": countdown(digest, now),
        "unapproved": unapproved(digest, now, may_choose=may(request, "approve")),
        "sources": sources_of(known),
        "spent": spent_today(),
        "budget": settings.LLM_DAILY_BUDGET_USD,
        "has_model": bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL),
        "troubles": troubles(request, now),
        "others": others_in_hand(digest),
        "unpublished": Correction.objects.filter(status=Correction.Status.DRAFT)
        .select_related("digest")
        .defer("digest__approved_content")[:MOST_IN_HAND],
        "week": last_days(today()),
    }


def _digest_in_question() -> Digest | None:
    """Today's daily digest; else the latest daily that somebody has in hand, as after a quiet day or in a trial; else the
    latest of any kind, such as the weekly one on a morning without a daily."""
    papers = Digest.objects.defer("approved_content").select_related("approved_by", "policy_choice__by")
    dailies = papers.filter(kind=Digest.Kind.DAILY)
    return (
        dailies.filter(day=today()).first()
        or dailies.filter(status__in=IN_HAND).order_by("-day").first()
        or papers.filter(status__in=IN_HAND).order_by("-day").first()
    )


def others_in_hand(digest: Digest | None) -> QuerySet[Digest]:
    """The other digests that wait or are on their way, corrections too, the latest first."""
    others = Digest.objects.filter(status__in=IN_HAND).exclude(pk=digest.pk if digest else 0)
    return others.defer("approved_content").order_by("-day", "kind")[:MOST_IN_HAND]


def _standing(
    request: HttpRequest, digest: Digest | None, report: DayReport | None, doubts: int, now: dt.datetime
) -> Standing:
    return Standing(
        status=digest.status if digest else None,
        state=report.state if report else None,
        why=retell(report.why) if report else "",
        is_built_by_now=now >= moment(today(), settings.DIGEST_BUILD_HOUR),
        is_worrying=now >= moment(today(), max(settings.DIGEST_ALERT_HOUR, settings.DIGEST_BUILD_HOUR)),
        doubts=doubts,
        may_approve=may(request, "approve"),
        may_resume=may(request, "resume"),
    )


def _url(step: Step, digest: Digest | None, report: DayReport | None) -> str:
    pk = [digest.pk] if digest else []
    match step.go:
        case Go.DESK:
            return reverse("admin:digests_digest_change", args=pk)
        case Go.APPROVE:
            return reverse("admin:subscribers_approve", args=pk)
        case Go.PROGRESS:
            return reverse("admin:subscribers_progress", args=pk)
        case Go.RECEIPT:
            return reverse("admin:subscribers_delivery_receipt", args=pk)
        case Go.DAY if report:
            return reverse("admin:digests_dayreport_change", args=[report.pk])
        case Go.SOURCES:
            return reverse("admin:digests_dayreport_changelist")
    return ""


def _latest_report(day: dt.date) -> DayReport | None:
    """The day's report; while there is none the latest."""
    is_other_day = Case(When(day=day, then=Value(0)), default=Value(1))
    return DayReport.objects.order_by(is_other_day, "-day").first()


def _counts(digest: Digest | None) -> dict[str, int]:
    """How many sections and papers it has."""
    if digest is None:
        return {}
    sections = digest.sections.filter(entries__isnull=False)
    return sections.aggregate(sections=Count("pk", distinct=True), papers=Count("entries"))


def countdown(digest: Digest | None, now: dt.datetime) -> dict[str, Any] | None:
    """What the clock runs towards: the first hour of readers here, and until then the approval. None when it is past."""
    day = digest.day if digest else today()
    slot = moment(day, settings.DIGEST_SEND_HOUR)
    waits = digest is not None and digest.status == Digest.Status.DRAFT
    if digest is not None and waits and deadline_of(digest) > now and policy_of(digest) != "hold":
        return _until(_("without an editor it is decided"), deadline_of(digest), now)
    if slot > now and (digest is None or digest.status != Digest.Status.SENT):
        return _until(_("readers’ first mails"), slot, now)
    if waits and slot <= now:
        return {"what": _("readers’ first mails are late"), "is_late": True, **_time(slot), "left": left(now - slot)}
    return None


def _until(what: str, then: dt.datetime, now: dt.datetime) -> dict[str, Any]:
    return {"what": what, "is_late": False, **_time(then), "left": left(then - now)}


def _time(then: dt.datetime) -> dict[str, Any]:
    local = then.astimezone(ZoneInfo(settings.DIGEST_TIME_ZONE))
    said = date_format(local, pgettext("date with weekday and time", "l, F j, Y, H:i"))
    return {"at": then, "local": f"{said} ({settings.DIGEST_TIME_ZONE})"}


def left(span: dt.timedelta) -> str:
    """A span in hours and minutes."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    if hours >= 48:
        return _("%d days") % (hours // 24)
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes} if hours else _("%d min") % minutes
