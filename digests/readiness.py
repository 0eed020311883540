"""Is a digest fit to be sent? Every check with its state, for the person who approves and for the clock that may.

`judge` is pure; `examine` asks the database for what it needs and makes the mails ahead of time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext, ngettext

from digests.advertising import MARK, found_in
from digests.content import Content
from digests.desk.flags import of_digest
from digests.desk.kinds import OF_PAPERS, kind_name
from digests.lint import GOAL_BYTES, Problem
from digests.models import DayReport, Digest, Summary
from digests.rehearsal import Rehearsed, rehearse_all
from digests.retelling import retell
from digests.wording import category_name
from digests.writing.making import Making, Short


class State(StrEnum):
    """Green, worth a look, or in the way."""

    GOOD = "good"
    LOOK = "look"
    STOP = "stop"


class Check(NamedTuple):
    """One check: its name for the editor, how it stands, and the sentence that says so."""

    name: str
    title: str
    state: State
    text: str


class Facts(NamedTuple):
    """What the content does not hold: the doubts about statements that nobody looked at yet, by kind; what was wrong with
    the sources (None where none was asked); the mails; how many doubts somebody did look at; and whether one editor's look is
    enough, or several are needed."""

    doubts: dict[str, int]
    sources: Sequence[str] | None
    mails: Sequence[Rehearsed]
    looked_at: int = 0
    one_is_enough: bool = True


def examine(digest: Digest, content: Content) -> list[Check]:
    """Every check of the digest with this content, in the active language."""
    return judge(content, facts_of(digest, content))


def facts_of(digest: Digest, content: Content) -> Facts:
    """What the checks go by."""
    about = [flag for flag in of_digest(digest) if flag.kind not in OF_PAPERS]
    open_kinds = Counter(flag.kind for flag in about if flag.is_open)
    looked_at = len(about) - open_kinds.total()
    doubts, mails = dict(open_kinds.most_common()), rehearse_all(content)
    return Facts(doubts, _troubles(digest), mails, looked_at, settings.APPROVALS_NEEDED == 1)


def judge(content: Content, facts: Facts) -> list[Check]:
    """Every check, in the order in which an editor looks at a digest; of a correction, those that it has."""
    if content["kind"] == Digest.Kind.CORRECTION:
        return [_texts(content), *_mails(facts.mails), *_advertising(content, facts.mails), *_sample(content)]
    return [
        _papers(content),
        _summaries(content),
        _doubts(facts),
        _writers(content),
        _charts(content),
        _sources(facts.sources),
        *_mails(facts.mails),
        *_advertising(content, facts.mails),
        *_sample(content),
    ]


def is_green(checks: Iterable[Check]) -> bool:
    """Whether nothing is worth a look."""
    return all(check.state is State.GOOD for check in checks)


def obstacles(checks: Iterable[Check]) -> list[Check]:
    """What keeps the digest from being approved by anybody."""
    return [check for check in checks if check.state is State.STOP]


def _check(name: str, title: str, worries: Sequence[str], else_: str, state: State = State.LOOK) -> Check:
    return Check(name, title, state if worries else State.GOOD, " ".join(worries) or else_)


def _papers(content: Content) -> Check:
    papers = sum(len(section["papers"]) for section in content["sections"])
    none = [] if papers else [gettext("This draft has no papers, so there is nothing to send.")]
    told = ngettext("%d paper", "%d papers", papers) % papers
    return _check("papers", gettext("Papers"), none, told, State.STOP)


def _texts(content: Content) -> Check:
    """A correction says something in every language."""
    missing = [language for language, text in content["texts"].items() if not text.strip()]
    worry = [gettext("Missing: %s.") % ", ".join(missing)] if missing else []
    return _check("texts", gettext("Correction"), worry, gettext("It is there in every language."), State.STOP)


def _summaries(content: Content) -> Check:
    """A summary in every language for every section that has papers."""
    missing = [
        f"{category_name(section, language)} ({language})"
        for section in content["sections"]
        for language in content["languages"]
        if section["papers"] and not any((section["summaries"].get(language) or {}).get("parts", {}).values())
    ]
    worry = [gettext("Missing: %s.") % ", ".join(missing)] if missing else []
    return _check("summaries", gettext("Summaries"), worry, gettext("Every category has one in every language."))


def _writers(content: Content) -> Check:
    """Where the model did not write all that it was asked for."""
    short = [
        f"{category_name(section, language)} ({language})"
        for section in content["sections"]
        for language, summary in section["summaries"].items()
        if Making.from_json(summary["making"]).short in (Short.MODEL, Short.BUDGET)
    ]
    worry = [gettext("The built-in writer stood in for the model: %s.") % ", ".join(short)] if short else []
    written_by = {summary["written_by"] for section in content["sections"] for summary in section["summaries"].values()}
    fine = gettext("The built-in writer wrote it; no model is set up.") if written_by == {Summary.OFFLINE} else gettext("The model wrote all that it was asked for.")  # fmt: skip
    return _check("writer", gettext("Writer"), worry, fine)


def _sources(troubles: Sequence[str] | None) -> Check:
    read = gettext("No list was read for this digest.") if troubles is None else gettext("All lists were read.")
    return _check("sources", gettext("Paper lists"), troubles or (), read)


def _charts(content: Content) -> Check:
    missing = [language for language in content["languages"] if language not in content["charts"]]
    worry = [gettext("Not drawn: %s. The mail shows the numbers instead.") % ", ".join(missing)] if missing else []
    return _check("chart", gettext("Chart"), worry, gettext("It is drawn in every language."))


def _mails(mails: Sequence[Rehearsed]) -> list[Check]:
    """The mails' size, and the rest of what is wrong with them."""
    problems = [(mail.language, problem) for mail in mails for problem in mail.problems]
    largest = max((mail.size for mail in mails), default=0)
    fits = gettext("At most %(size)d bytes of HTML; the goal is %(goal)d.") % {"size": largest, "goal": GOAL_BYTES}
    return [
        _mail_check("size", gettext("Size"), [each for each in problems if each[1].kind == "size"], fits),
        _mail_check(
            "mail",
            gettext("Mail"),
            [each for each in problems if each[1].kind != "size"],
            gettext("Links, papers, postal address and the way out are in both parts."),
        ),
    ]


def _mail_check(name: str, title: str, problems: Sequence[tuple[str, Problem]], else_: str) -> Check:
    state = State.STOP if any(problem.stops for _language, problem in problems) else State.LOOK
    return _check(name, title, [f"{language}: {problem.text}" for language, problem in problems], else_, state)


def _advertising(content: Content, mails: Sequence[Rehearsed]) -> list[Check]:
    """A line where the digest advertises: then every subject begins with the mark. And where it does not, but an editor's
    words look like it."""
    if not content.get("is_advertising"):
        return _unmarked(content)
    without = [mail.language for mail in mails if not mail.words.subject.startswith(MARK)]
    worry = [gettext("The subject does not begin with %(mark)s: %(where)s.") % {"mark": MARK, "where": ", ".join(without)}] if without else []  # fmt: skip
    told = gettext("It is marked: every subject begins with %s.") % MARK
    return [_check("advertising", gettext("Advertising"), worry, told, State.STOP)]


def _unmarked(content: Content) -> list[Check]:
    """Whether what an editor says looks like advertising that nobody marked."""
    said = {language: [content.get("subjects", {}).get(language, ""), *content.get("note", {}).get(language, ())] for language in content["languages"]}  # fmt: skip
    said |= {language: [*said.get(language, ()), text] for language, text in content.get("texts", {}).items()}
    found = [f"{language}: “{words}”" for language, texts in said.items() if (words := found_in("\n".join(texts)))]
    if not found:
        return []
    told = gettext("This looks like advertising, and the digest is not marked as such: %(where)s. If it is, say so on the draft’s page; the law wants %(mark)s at the start of the subject.")  # fmt: skip
    return [Check("advertising", gettext("Advertising"), State.LOOK, told % {"where": ", ".join(found), "mark": MARK})]


def _sample(content: Content) -> list[Check]:
    """A line only where the digest is no news."""
    told = gettext("This digest was made from the example papers that come with the software. It is not news.")
    return [Check("sample", gettext("Sample"), State.LOOK, told)] if content["is_sample"] else []


def _doubts(facts: Facts) -> Check:
    """What is doubtful about statements, as far as no editor looked at it. Where several editors are needed, a look of one
    settles nothing: else that one could have the policy send what two should have approved."""
    seen = ngettext("%d was looked at.", "%d were looked at.", facts.looked_at) % facts.looked_at
    seen += "" if facts.one_is_enough else " " + gettext("That was one editor; several are needed.")
    if not facts.doubts:
        told = gettext("Nothing open: %s") % seen if facts.looked_at else gettext("No statement is marked.")
        is_open = facts.looked_at and not facts.one_is_enough
        return _check("doubts", gettext("Doubts"), [told] if is_open else [], told)
    many = sum(facts.doubts.values())
    told = ngettext("%(n)d statement is marked: %(kinds)s.", "%(n)d statements are marked: %(kinds)s.", many)
    kinds = ", ".join(f"{kind_name(kind)} {count}" for kind, count in facts.doubts.items())
    worries = [told % {"n": many, "kinds": kinds}, *([seen] if facts.looked_at else [])]
    return _check("doubts", gettext("Doubts"), worries, "")


def _troubles(digest: Digest) -> list[str] | None:
    """What went wrong with the day's lists; None where none was read, as for a weekly digest."""
    report = DayReport.objects.filter(day=digest.day).first() if digest.kind == Digest.Kind.DAILY else None
    if report is None:
        return None
    failed = [f"{name}: {retell(told['failed'])}" for name, told in report.sources.items() if told.get("failed")]
    return failed or ([retell(report.why)] if report.why else [])
