"""Saving what an editor wrote into a draft, and doing what the pressed button says: both or neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digests.desk import adding, arranging, fetching, looking, rewriting
from digests.desk.acts import Act, Change, Refused, Stale, read_act
from digests.desk.forms import FIELDS, SummaryForm
from digests.desk.head import HeadForm
from digests.desk.history import note
from digests.desk.words import put
from digests.models import Digest, Paper
from digests.writing.summarise import abstracts_of
from newsletter.waking import wake


def save(request: HttpRequest, digest: Digest, forms: Mapping[int, SummaryForm], head: HeadForm) -> HttpResponse:
    """Store what was changed. Raises Refused when nothing was stored and the page must be shown again with what is wrong, and
    Stale when it was of another draft than there is now."""
    act = read_act(request.POST.get("act", ""))
    valid = [form.is_valid() for form in (head, *forms.values())]  # each of them, so that every mistake shows
    if act is None:
        raise Refused(_("That is no button of this page."))
    digest.refresh_from_db(fields=["revision"])  # the forms were read after the digest, and may be of a later draft
    refuse_stale(digest, request.POST.get("revision", ""))  # of another draft, the fields are others
    if not all(valid):
        raise Refused(_("Nothing is saved yet: see the marked fields."))
    wanted = adding.id_named(digest, request.POST.get("new_paper", "")) if act.name == "add" else ""
    paper = adding.known_paper(digest, wanted) if wanted else None
    was_approved, changes, looks = _save_all(request, digest, forms, head, act, paper or wanted)
    if act.name in rewriting.ACTS:
        messages.success(
            request, _("It is being written anew. Load the page again in a while; the section says how it stands.")
        )
    elif wanted and not paper:
        said = _("%(id)s is being fetched from arXiv and added when it has come; below, the page says how it stands.")
        messages.success(request, said % {"id": wanted} + (_taken_back() if was_approved else ""))
    elif changes:
        _tell(request, was_approved, act)
    elif looks:
        _tell_open(request, digest)
    return HttpResponseRedirect(request.path + _anchor(act))


def _save_all(
    request: HttpRequest,
    digest: Digest,
    forms: Mapping[int, SummaryForm],
    head: HeadForm,
    act: Act,
    wanted: Paper | str,
) -> tuple[bool, list[Change], int]:
    """(whether the digest had been approved, what changed, how many doubts were ticked or opened again). Only if the draft
    is still the one that the page showed: of two who save at once, the second is told. Raises Refused."""
    try:
        with transaction.atomic():
            current = _as_shown(digest, request.POST.get("revision", ""))
            was_approved = current.status == Digest.Status.APPROVED
            changes = [change for form in forms.values() if form.has_changed() for change in _store(form, request.user)]
            changes += head.store()
            changes += _done(request, current, act, wanted)
            if changes:
                current.touch()
                note(current, changes, request.user)  # type: ignore[arg-type]
            looks = looking.tick(current, request.POST, request.user)  # type: ignore[arg-type]
    except IntegrityError as error:
        raise Refused(_("Another digest took this paper at the same moment; nothing is saved.")) from error
    return was_approved, changes, looks


def _as_shown(digest: Digest, revision: str) -> Digest:
    """The digest's row, locked. Raises Stale when it is another revision, or on its way to readers."""
    current = Digest.objects.select_for_update().get(pk=digest.pk)
    refuse_stale(current, revision)
    if not current.is_editable:
        raise Stale(_("This digest is on its way to readers; its words can no longer change."))
    return current


def refuse_stale(digest: Digest, revision: str) -> None:
    """Raise Stale unless the digest is still of the revision that a page showed."""
    if str(digest.revision) != revision:
        raise Stale(
            _(
                "Somebody else saved this draft meanwhile. Your words are still below; nothing is saved yet. Copy them, load the page again and repeat your change."
            )
        )


def _store(form: SummaryForm, editor: object) -> list[Change]:
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


def _tell(request: HttpRequest, was_approved: bool, act: Act) -> None:
    said = {
        "hold": _("The paper is held back. It may come in one of the next days’ digests."),
        "drop": _("The paper is dropped."),
        "add": _("The paper is added, in the built-in writer’s words."),
        "move": _("The paper is moved; the classifier learns from it."),
    }.get(act.name, _("Saved."))
    if was_approved:
        said += _taken_back()
    messages.success(request, said)


def _taken_back() -> str:
    return " " + _("The approval was for other words and is taken back.")


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
