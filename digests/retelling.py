"""Sentences that were stored in English, told in the reader's language. Pure but for the active language.

Collecting, choosing and writing say what happened in sentences that are kept for good, in rows, logs and mails. Kept in one
language they can be looked for and read by anybody; told here, an editor's page has no foreign line in it. A sentence that
fits no form below is shown as it stands, so nothing is hidden; tests hold the forms to what the stages say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from django.utils.translation import get_language, gettext, gettext_noop

FORMS = (
    gettext_noop("%(host)s answered with status %(status)d."),
    gettext_noop("%(host)s did not answer in time."),
    gettext_noop("%(host)s could not be reached (%(error)s)."),
    gettext_noop("%(host)s was still sending after %(seconds)d seconds."),
    gettext_noop("%(host)s answered in an unknown encoding."),
    gettext_noop("%(host)s sent a compressed answer although none was asked for."),
    gettext_noop("%(host)s sent more than %(megabytes)d MB."),
    gettext_noop("%(host)s sent a web page instead of %(kind)s."),
    gettext_noop("%(host)s sent “%(type)s” instead of %(kind)s."),
    gettext_noop("The address of %(host)s cannot be used: %(why)s"),
    gettext_noop("arXiv says that it found papers and sent none."),
    gettext_noop("arXiv refused the question: %(reason)s."),
    gettext_noop("arXiv was not asked: other workers kept it busy all the time."),
    gettext_noop("arXiv sent something that is not an Atom feed."),
    gettext_noop("arXiv sent something that is not an RSS feed."),
    gettext_noop("Hugging Face sent something that is not JSON."),
    gettext_noop("Hugging Face sent no list of papers."),
    gettext_noop("Hugging Face sent a list in an unknown form."),
    gettext_noop("deeplearn.org sent a page far larger than its home page."),
    gettext_noop("deeplearn.org shows no panel “%(panel)s”; its layout may have changed."),
    gettext_noop("The panel “%(panel)s” of deeplearn.org is empty."),
    gettext_noop("%(n)d titles without an id could not be looked up."),
    gettext_noop("%(n)d titles could not be looked up."),
    gettext_noop("%(n)d listed titles were not found on arXiv: %(titles)s"),
    gettext_noop("Papers carry what the lists said about them."),
    gettext_noop("no record of %(ids)s."),
    gettext_noop("its authors seem to have withdrawn %(ids)s."),
    gettext_noop("shows the list of a later day, which was left out."),
    gettext_noop("The votes of %(day)s could not be asked for again: %(why)s"),
    gettext_noop("Nothing was listed for %(days)d days; the pages of %(name)s may have changed."),
    gettext_noop("lists no papers, though new ones were to be expected."),
    gettext_noop("lists %(n)d papers where %(median)d are usual."),
    gettext_noop("lists nothing that it had not listed before."),
    gettext_noop("No paper source could be read for %(day)s."),
    gettext_noop("Nothing new is listed for %(day)s yet."),
    gettext_noop("Nothing is listed for %(day)s yet."),
    gettext_noop("Nothing is announced for %(day)s: it is a weekend, or arXiv's holiday."),
    gettext_noop("No new papers for %(day)s."),
    gettext_noop("Everything listed for %(day)s was listed before: the same papers again."),
    gettext_noop("The lists are empty for %(day)s, though new papers were to be expected."),
    gettext_noop("Of what is listed for %(day)s, nothing is fit for a digest; the considerations in admin say why."),
    gettext_noop("This is the bundled sample: real titles, ids, authors and dates; rewritten abstracts."),
    gettext_noop(
        "Made for the demo: the papers are real, their abstracts are rewritten; readers, deliveries and costs are made up."
    ),
    gettext_noop("The daily digest of %(day)s is not approved and therefore not in this one."),
    gettext_noop("The approval was taken back."),
    gettext_noop("The database was restored or copied; this may have been sent since."),
    gettext_noop("The model's server did not answer in time."),
    gettext_noop("The model's server hung up in the middle of its answer."),
    gettext_noop("The model's server could not be reached."),
    gettext_noop("The model's server does not accept our key (status %(status)d)."),
    gettext_noop("The model's server says that our credit is used up (status %(status)d)."),
    gettext_noop("The model's server does not let us in (status %(status)d)."),
    gettext_noop("The model's server does not know the model or the address (status %(status)d)."),
    gettext_noop("The model's server answered with status %(status)d."),
    gettext_noop("The model's server refuses our question."),
    gettext_noop("The model cannot be asked (%(error)s)."),
    gettext_noop("The model was not asked again after this: %(why)s"),
    gettext_noop("No language model is configured."),
    gettext_noop("The time that one digest may take of the model was used up."),
    gettext_noop("The day's budget for the language model is used up."),
    gettext_noop("The model's answers could not be used: %(problem)s."),
    gettext_noop("The model's key point did not hold."),
    gettext_noop("%(n)d of %(of)d papers by the built-in writer: %(why)s"),
    gettext_noop("%(n)d of %(of)d papers were sorted by the built-in classifier: %(why)s"),
    gettext_noop("asked for in brief, since most of the day's budget for the model is spent"),
    gettext_noop("no summary could be written, titles only; the log says why"),
    gettext_noop("#%(place)d: %(account)s"),
    gettext_noop("#%(place)d of the week: %(points)s points on %(day)s"),
    gettext_noop("below the threshold (%(account)s)"),
    gettext_noop("nobody vouches for it (%(account)s)"),
    gettext_noop("%(n)d better ones fill the digest (%(account)s)"),
    gettext_noop("%(n)d better late risers are in (%(account)s)"),
    gettext_noop("withdrawn by its authors (%(account)s)"),
    gettext_noop("kept out by the rule “%(text)s” (%(account)s)"),
    gettext_noop("nearly the same title as %(id)s of today (%(account)s)"),
    gettext_noop("nearly the same title as %(id)s of %(day)s (%(account)s)"),
    gettext_noop("%(n)d vote"),
    gettext_noop("%(n)d votes"),
    gettext_noop("%(n)d vote in %(age)d day"),
    gettext_noop("%(n)d votes in %(age)d day"),
    gettext_noop("%(n)d vote in %(age)d days"),
    gettext_noop("%(n)d votes in %(age)d days"),
    gettext_noop("listed by %(sources)s (rank %(rank)d)"),
    gettext_noop("+%(points)d for “%(text)s”"),
    gettext_noop("raised by a rule of the editors"),
    gettext_noop("late riser, had %(n)d when it was passed over"),
    gettext_noop("passed over before"),
    gettext_noop("resembles %(id)s of %(day)s"),
    gettext_noop("added by an editor"),
    gettext_noop("held back by an editor"),
    gettext_noop("dropped by %(name)s: %(why)s"),
    gettext_noop("chart (%(language)s): %(why)s"),
    gettext_noop("arXiv could not be asked about %(id)s: %(why)s Try again in some minutes."),
    gettext_noop("arXiv knows no paper %(id)s. Compare the number with its page."),
    gettext_noop("The authors of %(id)s have withdrawn it."),
    gettext_noop("This paper is in this digest already, under %(category)s."),
    gettext_noop("This paper was in the digest of %(day)s already; readers get a paper once."),
    gettext_noop(
        "An editor dropped this paper. To add it all the same, first take the rule of choice “%(id)s” out of use."
    ),
    gettext_noop("Another digest took this paper at the same moment."),
    gettext_noop("The digest was approved before the paper had come; it is left as it was approved."),
    gettext_noop("Fetching it broke off several times; the log says why."),
)
HOLE = re.compile(r"%\((\w+)\)([ds])")
FREE = ("why", "titles", "text", "account")
"""The holes that sentences may stand in; others are filled with words, so that one form does not swallow the next."""
SEAMS = (re.compile(r"(?<=[.!?]) "), re.compile(r", "))
"""Where told things are joined: sentences by blanks, what speaks for a paper by commas."""
MOST_TOGETHER = 8
HEAD = re.compile(r"([\w.-]+(?: [\w-]+){0,3}(?: \(\w\w\))?): (.+)", re.DOTALL)
"""A source or a section ahead of what is said of it: "arxiv: …", "Computer Vision (ko): …"."""


def retell(text: str) -> str:
    """The text in the active language, as far as it is made of known sentences."""
    return text if (get_language() or "en").startswith("en") else _told(text)


def _told(text: str) -> str:
    return _as_known(text) or _in_pieces(text, SEAMS)


def _as_known(text: str) -> str:
    """The text as one form, or one behind its head; empty when it is none."""
    if told := _as_whole(text):
        return told
    found = HEAD.fullmatch(text)
    told = _as_whole(found[2]) if found else ""
    return f"{found[1]}: {told}" if found and told else ""


def _as_whole(text: str) -> str:
    for msgid, form, numbers in _forms():
        if found := form.fullmatch(text):
            holes = found.groupdict()
            return gettext(msgid) % {
                name: int(part) if name in numbers else _told(part) for name, part in holes.items()
            }
    return ""


def _in_pieces(text: str, seams: Sequence[re.Pattern[str]]) -> str:
    """The text cut at the first kind of seam, as many pieces together as make a known form; what makes none is cut at the
    next kind. Each piece is looked at a few times at most, however long the text."""
    if not seams:
        return text
    ends = [*(found.span() for found in seams[0].finditer(text)), (len(text), len(text))]
    told, start, first = [], 0, 0
    while first < len(ends):
        for last in range(first, min(first + MOST_TOGETHER, len(ends))):
            if known := _as_known(text[start : ends[last][0]]):
                break
        else:
            last, known = first, _in_pieces(text[start : ends[first][0]], seams[1:])
        told += [known, text[slice(*ends[last])]]
        start, first = ends[last][1], last + 1
    return "".join(told)


@cache
def _forms() -> list[tuple[str, re.Pattern[str], set[str]]]:
    """Each form with its pattern and the names of its numbers, those that say most themselves first."""
    ordered = sorted(FORMS, key=lambda msgid: -len(HOLE.sub("", msgid)))
    return [
        (
            msgid,
            re.compile("".join(_pattern(msgid)), re.DOTALL),
            {name for name, kind in HOLE.findall(msgid) if kind == "d"},
        )
        for msgid in ordered
    ]


def _pattern(msgid: str) -> Iterator[str]:
    end = 0
    for hole in HOLE.finditer(msgid):
        yield re.escape(msgid[end : hole.start()])
        filling = r"\d+" if hole[2] == "d" else ".+?" if hole[1] in FREE else r"(?:(?!\. ).)+?"
        yield f"(?P<{hole[1]}>{filling})"
        end = hole.end()
    yield re.escape(msgid[end:])
