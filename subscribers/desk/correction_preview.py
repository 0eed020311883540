"""What a correction would change, before anybody sees it: its mail as readers get it, who they are, and what was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from digests.content import Content, correction_content, shown
from digests.desk.preview import FRAME_POLICY, SCHEMES, WIDTHS, Choice, choice_in, in_scheme
from digests.models import Correction, Digest
from digests.rehearsal import Rehearsed, rehearse, whole
from subscribers.delivery.correcting import HAD, readers_of
from subscribers.models import Delivery, Subscriber

WRITE = "digests.add_correction"
ON_THEIR_WAY = (*Delivery.OPEN, Delivery.Status.UNKNOWN)


class Audience(NamedTuple):
    """Who a correction's mail is for: readers who have the digest, by language too; who has it and reads no longer; who may
    get the digest yet, and the correction after it."""

    readers: int
    languages: list[tuple[str, int]]
    gone: int
    later: int


def may_look(request: HttpRequest) -> bool:
    """Whether whoever asks may see corrections that are not published."""
    return request.user.has_perm(WRITE) or request.user.has_perm("digests.view_correction")


def audience_of(correction: Correction) -> Audience:
    """The numbers as they stand now."""
    by_language = readers_of(correction.digest_id).order_by().values_list("subscriber__language").annotate(Count("pk"))
    languages = sorted(by_language)
    readers = sum(count for _language, count in languages)
    rows = Delivery.objects.filter(digest_id=correction.digest_id)
    active = rows.filter(subscriber__status=Subscriber.Status.ACTIVE)
    had = rows.filter(status__in=HAD).count()
    return Audience(readers, languages, had - readers, active.filter(status__in=ON_THEIR_WAY).count())


def said_of(correction: Correction) -> list[tuple[str, list[str]]]:
    """What readers were told of the correction's paper, by language; nothing where it is about none."""
    if correction.paper is None or not correction.digest.is_public:
        return []
    content = shown(Digest.objects.get(pk=correction.digest_id))
    told = [(language, list(_said(content, language, correction.paper.arxiv_id))) for language in content["languages"]]
    return [(language, lines) for language, lines in told if lines]


def _said(content: Content, language: str, paper: str) -> Iterator[str]:
    """Every statement that rests on this paper, each once."""
    seen = set()
    for section in content["sections"]:
        summary = section["summaries"].get(language) or {}
        for lines in (*summary.get("parts", {}).values(), summary.get("limits", []), summary.get("one_liners", [])):
            for line in lines:
                if paper in line["papers"] and line["text"] not in seen:
                    seen.add(line["text"])
                    yield line["text"]


def looked_at(asked: QueryDict, content: Content) -> dict[str, Any]:
    """The mail in the language that was asked for, or is the page's own, and how it is looked at, for the page. Raises Http404 for a language
    that there is not."""
    languages = content["languages"]
    own = get_language() if get_language() in languages else languages[0]
    choice = choice_in(asked, asked.get("language", own), content)
    return {
        "choice": choice,
        "mail": _rehearsed(content, choice),
        "languages": languages,
        "schemes": SCHEMES,
        "widths": WIDTHS,
    }


def _rehearsed(content: Content, choice: Choice) -> Rehearsed:
    return rehearse(content, whole(content, choice.language))


@never_cache
@require_safe
@xframe_options_sameorigin
def correction_html(request: HttpRequest, correction_id: int, language: str) -> HttpResponse:
    """The mail's HTML alone, for the sandboxed frame."""
    return _framed(request, correction_id, language)


def _frame(request: HttpRequest, correction_id: int, language: str) -> HttpResponse:
    if not may_look(request):
        raise PermissionDenied
    correction = get_object_or_404(Correction.objects.select_related("digest", "paper"), pk=correction_id)
    content = correction_content(correction)
    choice = choice_in(request.GET, language, content)
    return HttpResponse(in_scheme(_rehearsed(content, choice).words.html, choice.scheme))


_framed: Any = csp_replace(FRAME_POLICY)(_frame)  # type: ignore[arg-type]  # its stubs know views without arguments only
