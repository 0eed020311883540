"""Saving what an editor wrote into a draft, and doing what the pressed button says: both or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests.desk import adding, arranging, fetching, looking, rewriting
from digests.desk.acts import Act, Change, Refused, Stale, read_act
from digests.desk.forms import FIELDS, SummaryForm
from digests.desk.history import note
from digests.desk.sheet import Sheet, sheet_of
from digests.desk.words import put
from digests.models import Digest, Paper
from digests.writing.summarise import abstracts_of
from newsletter.waking import wake


def save(request: HttpRequest, digest: Digest) -> HttpResponse:
    """Store what was changed and do what the button says, beside what others saved since the page was shown. Raises Refused
    when nothing was stored and the page must be shown again with what is wrong, and Stale when others changed the same."""
    act = read_act(request.POST.get("act", ""))
    if act is None:
        raise Refused(_("That is no button of this page."))
    try:
        with transaction.atomic():
            saved = _save_all(request, _locked(digest), act)
    except IntegrityError as error:
        raise Refused(_("Another digest took this paper at the same moment; nothing is saved.")) from error
    _tell(request, digest, act, saved)
    return HttpResponseRedirect(request.path + _anchor(act))


class Saved(NamedTuple):
    """What a save did: whether it took an approval back, what changed, how many doubts were ticked or opened again, the id of
    a paper that is to be fetched, and whether others had saved something since the page was shown."""

    took_back: bool
    changes: list[Change]
    looks: int
    fetched: str
    is_of_others: bool


def _locked(digest: Digest) -> Digest:
    """The digest's row, locked: nobody saves or approves until we are done. Raises Stale when it is on its way to readers."""
    current = Digest.objects.select_for_update().get(pk=digest.pk)
    if not current.is_editable:
        raise Stale(_("This digest is on its way to readers; its words can no longer change."))
    return current


def _save_all(request: HttpRequest, digest: Digest, act: Act) -> Saved:
    """All of it, or nothing. For callers that hold the digest's row: everything is read and compared behind that lock."""
    posted, editor = request.POST, cast(AbstractBaseUser, request.user)
    was_approved = digest.status == Digest.Status.APPROVED
    sheet = sheet_of(digest, posted)
    _refuse(sheet, act)
    wanted = adding.id_named(digest, posted.get("new_paper", "")) if act.name == "add" else ""
    paper = adding.known_paper(digest, wanted) if wanted else None
    changes = [change for form in sheet.forms.values() if form.has_changed() for change in _store(form, editor)]
    changes += sheet.head.store()
    changes += _done(request, digest, act, paper or wanted)
    if changes:
        digest.touch()
        note(digest, changes, editor)
    looks = looking.tick(digest, posted, editor)
    fetched = "" if paper else wanted
    return Saved(was_approved and bool(changes or fetched), changes, looks, fetched, sheet.is_of_others)


def _refuse(sheet: Sheet, act: Act) -> None:
    """Raise Stale when others changed what this editor changed, or what the button is about; Refused when words are unfit."""
    if sheet.merged.conflicts or sheet.merged.homeless:
        raise Stale(
            _(
                "Somebody else changed the same words meanwhile. Nothing is saved yet: see the marked places, then press again."
            )
        )
    if not sheet.lets(act):
        raise Stale(
            _(
                "Somebody else changed what this button is about meanwhile. Nothing is saved yet; your words are still below. See how it stands now, then press again."
            )
        )
    if not all(form.is_valid() for form in (sheet.head, *sheet.forms.values())):
        raise Refused(_("Nothing is saved yet: see the marked fields."))


def _store(form: SummaryForm, editor: AbstractBaseUser) -> list[Change]:
    summary = form.summary
    where = f"{summary.section.category} · {summary.language}"
    summary.edited_by = editor  # type: ignore[assignment]
    put(summary, form.written(), abstracts_of(summary.section))
    return [
        Change("words", f"{where} · {FIELDS[part]}", form.lines_before(part), form.lines_after(part))
        for part in form.changed_parts()
    ]


def _done(request: HttpRequest, digest: Digest, act: Act, wanted: Paper | str) -> list[Change]:
    """Do what the button says. `wanted` is the paper to be added, or the id of one that has to be fetched first."""
    posted, target = request.POST, act.target
    deeds: dict[str, Callable[[], list[Change]]] = {
        "save": list,
        "up": lambda: arranging.step_entry(digest, target, -1),
        "down": lambda: arranging.step_entry(digest, target, 1),
        "section-up": lambda: arranging.step_section(digest, target, -1),
        "section-down": lambda: arranging.step_section(digest, target, 1),
        "move": lambda: arranging.move_entry(digest, target, posted.get(f"category-{target}", "")),
        "hold": lambda: arranging.hold_entry(digest, target),
        "drop": lambda: arranging.drop_entry(digest, target, posted.get(f"reason-{target}", ""), request.user),  # type: ignore[arg-type]
        "add": lambda: _add(digest, wanted, request.user),  # type: ignore[arg-type]
        "rewrite": lambda: _ask_anew(digest, target, posted, request.user),  # type: ignore[arg-type]
        "rewrite-paper": lambda: _ask_anew(digest, target, posted, request.user, is_paper=True),  # type: ignore[arg-type]
    }
    return deeds[act.name]()


def _add(digest: Digest, wanted: Paper | str, editor: AbstractBaseUser) -> list[Change]:
    """Add a paper that we have; for another, note the wish, which itself changes no words."""
    if isinstance(wanted, Paper):
        return adding.add(digest, wanted)
    fetching.ask(digest, wanted, editor)
    return []


def _ask_anew(
    digest: Digest, target: int, posted: Mapping[str, str], editor: AbstractBaseUser, is_paper: bool = False
) -> list[Change]:
    """Note the wish for new words on a section or a paper; that itself changes no words."""
    entry = arranging.entry_of(digest, target) if is_paper else None
    section = entry.section if entry else arranging.section_of(digest, target)
    key = f"paper-{target}" if is_paper else str(target)
    writer, language = posted.get(f"writer-{key}", ""), posted.get(f"language-{key}", "")
    wish = rewriting.ask(section, language, entry.paper_id if entry else None, writer == "model", editor)
    transaction.on_commit(partial(wake, rewriting.TASK, wish.pk))
    return []


def _tell(request: HttpRequest, digest: Digest, act: Act, saved: Saved) -> None:
    """Say what was done, that an approval is gone, and that the page has more that is new than this editor's words."""
    taken_back = " " + _("The approval was for other words and is taken back.") if saved.took_back else ""
    if act.name in rewriting.ACTS:
        told = _("It is being written anew. Load the page again in a while; the section says how it stands.")
        messages.success(request, told + taken_back)
    elif saved.fetched:
        told = _("%(id)s is being fetched from arXiv and added when it has come; below, the page says how it stands.")
        messages.success(request, told % {"id": saved.fetched} + taken_back)
    elif saved.changes:
        messages.success(request, _said(act) + taken_back)
    elif saved.looks:
        _tell_open(request, digest)
    if saved.is_of_others:
        messages.info(request, _("This draft was changed elsewhere meanwhile, too. Both changes are in it now."))


def _said(act: Act) -> str:
    return {
        "hold": _("The paper is held back. It may come in one of the next days’ digests."),
        "drop": _("The paper is dropped."),
        "add": _("The paper is added, in the built-in writer’s words."),
        "move": _("The paper is moved; the classifier learns from it."),
    }.get(act.name, _("Saved."))


def _tell_open(request: HttpRequest, digest: Digest) -> None:
    left = len(looking.open_doubts(digest))
    told = ngettext("Noted; %d doubt is still open.", "Noted; %d doubts are still open.", left) % left
    messages.success(request, told if left else _("Noted; all doubts are looked at."))


def _anchor(act: Act) -> str:
    """Where the page is to be read on."""
    places = {"save": "section", "section-up": "section", "section-down": "section", "rewrite": "section"}
    if act.name == "add":
        return "#add"
    if act.name in ("up", "down", "move", "rewrite-paper"):
        return f"#entry-{act.target}"
    return f"#section-{act.target}" if act.name in places and act.target else ""
