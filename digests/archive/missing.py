"""Why a day has no digest, in a sentence for readers."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext

from digests.archive.words import long_date
from digests.models import DayReport


def missing_words(latest: dt.date | None) -> str:
    """Why there is no digest newer than the one of `latest`, where the last day we know of had none; else nothing."""
    report = DayReport.objects.order_by("-day").first()
    return why_missing(report) if report and (latest is None or report.day > latest) else ""


def why_missing(report: DayReport | None) -> str:
    """Why a day has no digest; nothing while there still may be one."""
    sentences = {
        DayReport.State.QUIET: gettext(
            "There is no digest of %(day)s: arXiv announces nothing at weekends and on its holidays."
        ),
        DayReport.State.STALLED: gettext("There is no digest of %(day)s: the paper lists showed nothing new."),
        DayReport.State.FAILED: gettext(
            "There is no digest of %(day)s: the paper lists could not be read. We are looking into it."
        ),
    }
    sentence = sentences.get(DayReport.State(report.state)) if report else None
    return sentence % {"day": long_date(report.day)} if report and sentence else ""


def short_reason(report: DayReport) -> str:
    """The same in a few words, for a list of days."""
    reasons = {
        DayReport.State.QUIET: gettext("no digest: arXiv announced nothing"),
        DayReport.State.STALLED: gettext("no digest: nothing new on the lists"),
        DayReport.State.FAILED: gettext("no digest: the lists could not be read"),
    }
    return reasons.get(DayReport.State(report.state), "")
