"""A digest to take away: as Markdown, and its papers as BibTeX."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from digests.archive.corrections import corrections_of
from digests.archive.public import published
from digests.archive.words import Words
from digests.bibtex import to_bibtex
from digests.content import Content, shown
from digests.exports import report_name, to_markdown
from digests.models import Digest
from digests.parts import PutRight
from newsletter.addresses import named_language
from newsletter.headers import for_other_programs


def tag_of(request: HttpRequest, day: dt.date, kind: str) -> str | None:
    """The hash of the digest's words, when something was put right last, and the language."""
    found = published(kind).filter(day=day).values_list("pk", "content_hash").first()
    if not found:
        return None
    corrections = corrections_of([found[0]], _language(request)).get(found[0], [])
    put_right = f"-{corrections[0]['at']:%Y%m%d%H%M%S%f}" if corrections else ""
    return f'"{found[1][:32]}{put_right}-{_language(request)}"'


@require_safe
@cache_control(public=True, max_age=300)
@condition(etag_func=tag_of)
def markdown(request: HttpRequest, day: dt.date, kind: str) -> HttpResponse:
    """The digest in the shape of `export_digest --format markdown`, with the chart at its address."""
    language = _language(request)
    content, corrections = _content(day, kind, language)
    drawn = content["charts"].get(language)
    chart = settings.SITE_URL + reverse("chart", args=[drawn["sha256"]]) if drawn else ""
    return _file(
        to_markdown(content, language, chart, corrections), "text/markdown", report_name(content, language, "md")
    )


@require_safe
@cache_control(public=True, max_age=300)
@condition(etag_func=tag_of)
def bibtex(request: HttpRequest, day: dt.date, kind: str) -> HttpResponse:
    """The digest's papers as BibTeX."""
    content, corrections = _content(day, kind, _language(request))
    return _file(to_bibtex(content, corrections), "application/x-bibtex", f"papers_{content['day']}.bib")


def _content(day: dt.date, kind: str, language: str) -> tuple[Content, list[PutRight]]:
    found: Digest | None = published(kind).filter(day=day).first()
    if not found:
        raise Http404("There is no such digest.")
    corrections = corrections_of([found.pk], language).get(found.pk, [])
    return shown(found), [_put_right(each) for each in corrections]


def _put_right(correction: Words) -> PutRight:
    paper = correction["paper"] or {"id": "", "title": ""}
    return PutRight(f"{timezone.localtime(correction['at']):%Y-%m-%d}", correction["text"], paper["id"], paper["title"])


def _language(request: HttpRequest) -> str:
    return named_language(request) or str(settings.DIGEST_LANGUAGES[0])


def _file(text: str, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Robots-Tag": "noindex"}
    return for_other_programs(HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=headers))
