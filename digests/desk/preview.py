"""The mail as readers would get it: of any choice of categories, in light and dark, narrow, and without images."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from digests.content import Content, shown, snapshot
from digests.editions import EVERYTHING, EditionKey, wanted_sections
from digests.highlights import LONGEST, MOST, SHORTEST, Highlights, marks_in, papers_in, terms_in
from digests.lint import GOAL_BYTES, MOST_BYTES
from digests.models import Digest
from digests.rehearsal import Rehearsed, rehearse
from digests.wording import category_name
from newsletter.mail import content_id

# A mail is styled inline. The frame runs nothing, loads nothing foreign and stands on our own page only.
FRAME_POLICY = {
    "script-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "img-src": ["'self'", settings.SITE_URL],
}
WITHOUT_IMAGES = FRAME_POLICY | {"img-src": ["'none'"]}
DARK_STYLES = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")
BOTH_SCHEMES = re.compile(r"(?<=color-scheme)(:\s*|\" content=\")light dark")
SCHEMES, WIDTHS = ("light", "dark"), ("600", "360")


class Choice(NamedTuple):
    """What is previewed: an edition, and how it is looked at. `only` is empty for all of the digest's sections, `keywords`
    and `authors` are what these readers want marked."""

    language: str
    only: tuple[str, ...]
    known_days: int
    scheme: str
    width: str
    images: bool
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """The choice as an address carries it, without the language."""
        asked = QueryDict(mutable=True)
        asked.setlist("only", list(self.only))
        asked.setlist("keywords", list(self.keywords))
        asked.setlist("authors", list(self.authors))
        asked["known"] = str(self.known_days)
        asked.update({"scheme": self.scheme, "width": self.width, "images": "on" if self.images else "off"})
        return asked.urlencode()


def choice_in(asked: QueryDict, language: str, content: Content) -> Choice:
    """The choice that an address or a form makes; what it does not say is as most readers have it. Raises Http404 for a
    language that the digest is not written in."""
    if language not in content["languages"]:
        raise Http404
    known = asked.get("known", "0")
    return Choice(
        language,
        tuple(section["slug"] for section in content["sections"] if section["slug"] in asked.getlist("only")),
        int(known) if known.isdecimal() and len(known) < 4 else 0,
        _one_of(SCHEMES, asked.get("scheme")),
        _one_of(WIDTHS, asked.get("width")),
        asked.get("images") != "off",
        _terms(asked.getlist("keywords")),
        _terms(asked.getlist("authors")),
    )


def _terms(typed: Sequence[str]) -> tuple[str, ...]:
    """Keywords or authors as a reader's form takes them: what is too short or too long, or too many, is passed over."""
    found = [term for text in typed[:MOST] for term in terms_in(text) if SHORTEST <= len(term) <= LONGEST]
    return tuple(dict.fromkeys(found))[:MOST]


def _one_of(options: tuple[str, ...], asked: object) -> str:
    return next((option for option in options if option == asked), options[0])


def edition_chosen(content: Content, choice: Choice) -> EditionKey:
    """The edition of readers who want that."""
    bits = (1 << section["bit"] for section in content["sections"] if section["slug"] in choice.only)
    wanted = wanted_sections(content, sum(bits) if choice.only else EVERYTHING, choice.known_days)
    text = Highlights(choice.keywords, choice.authors).as_text()
    marks = marks_in(papers_in(content, wanted), text) if text else ()
    return EditionKey("", choice.language, wanted, choice.known_days, marks)


def content_for(request: HttpRequest, object_id: str | int) -> tuple[Digest, Content]:
    """The digest and its content as it stands, or as it was approved. Raises PermissionDenied and Http404."""
    if not request.user.has_perm("digests.view_digest"):
        raise PermissionDenied
    digest = get_object_or_404(Digest.objects.filter(kind__in=Digest.WITH_PAPERS), pk=object_id)
    return digest, shown(digest) if digest.is_public else snapshot(digest)


@require_safe
def preview(request: HttpRequest, object_id: str, language: str) -> HttpResponse:
    """The mail: subject, size, what is wrong with it, HTML in a sandboxed frame, text."""
    digest, content = content_for(request, object_id)
    choice = choice_in(request.GET, language, content)
    context = {
        **admin.site.each_context(request),
        "title": _("Preview"),
        "opts": Digest._meta,
        "digest": digest,
        "languages": content["languages"],
        "choice": choice,
        "schemes": SCHEMES,
        "widths": WIDTHS,
        "categories": [
            (section["slug"], category_name(section, get_language() or language)) for section in content["sections"]
        ],
        "mail": _rehearsed(content, choice),
        "goal": GOAL_BYTES,
        "most": MOST_BYTES,
        "staff": staff_with_address(),
        "may_test": request.user.has_perm("digests.change_digest"),
    }
    return TemplateResponse(request, "admin/digests/digest/preview.html", context)


@require_safe
@xframe_options_sameorigin
def preview_html(request: HttpRequest, object_id: str, language: str) -> HttpResponse:
    """The mail's HTML alone, for the frame."""
    return _bare(request, object_id, language) if request.GET.get("images") == "off" else _whole(request, object_id, language)  # fmt: skip


def staff_with_address() -> QuerySet[Any]:
    """Who can be sent a test mail."""
    staff = get_user_model().objects.filter(is_active=True, is_staff=True)
    return staff.exclude(email="").order_by("username")


def in_scheme(html: str, scheme: str) -> str:
    """The HTML as a program shows it that is set to the light or the dark scheme, whatever this browser is set to. Pure."""
    styles = DARK_STYLES.sub("@media all" if scheme == "dark" else "@media not all", html)
    return BOTH_SCHEMES.sub(rf"\g<1>{scheme}", styles)


def _frame(request: HttpRequest, object_id: str, language: str) -> HttpResponse:
    _digest, content = content_for(request, object_id)
    choice = choice_in(request.GET, language, content)
    made = _rehearsed(content, choice)
    if made is None:
        raise Http404
    return HttpResponse(in_scheme(_with_chart(made.words.html, content, language), choice.scheme))


def _with_chart(html: str, content: Content, language: str) -> str:
    """A chart that travels inside mails is shown from the site here."""
    chart = content["charts"].get(language)
    if not chart:
        return html
    return html.replace(f"cid:{content_id(chart['sha256'])}", reverse("chart", args=[chart["sha256"]]))


_whole: Any = csp_replace(FRAME_POLICY)(_frame)  # type: ignore[arg-type]  # its stubs know views without arguments only
_bare: Any = csp_replace(WITHOUT_IMAGES)(_frame)  # type: ignore[arg-type]


def _rehearsed(content: Content, choice: Choice) -> Rehearsed | None:
    """The mail; None where readers who chose so get none."""
    key = edition_chosen(content, choice)
    return rehearse(content, key) if key.slugs else None
