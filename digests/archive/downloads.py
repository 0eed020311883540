"""A digest to take away: as Markdown, and its papers as BibTeX."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from digests.archive.public import published
from digests.bibtex import to_bibtex
from digests.content import Content, shown
from digests.exports import report_name, to_markdown
from digests.models import Digest
from newsletter.addresses import named_language
from newsletter.headers import for_other_programs


def tag_of(request: HttpRequest, day: dt.date, kind: str) -> str | None:
    """The hash of the digest's words, and the language."""
    found = published(kind).filter(day=day).values_list("content_hash", flat=True).first()
    return f'"{found[:32]}-{_language(request)}"' if found else None


@require_safe
@cache_control(public=True, max_age=300)
@condition(etag_func=tag_of)
def markdown(request: HttpRequest, day: dt.date, kind: str) -> HttpResponse:
    """The digest in the shape of `export_digest --format markdown`, with the chart at its address."""
    content, language = _content(day, kind), _language(request)
    drawn = content["charts"].get(language)
    chart = settings.SITE_URL + reverse("chart", args=[drawn["sha256"]]) if drawn else ""
    return _file(to_markdown(content, language, chart), "text/markdown", report_name(content, language, "md"))


@require_safe
@cache_control(public=True, max_age=300)
@condition(etag_func=tag_of)
def bibtex(request: HttpRequest, day: dt.date, kind: str) -> HttpResponse:
    """The digest's papers as BibTeX."""
    content = _content(day, kind)
    return _file(to_bibtex(content), "application/x-bibtex", f"papers_{content['day']}.bib")


def _content(day: dt.date, kind: str) -> Content:
    found: Digest | None = published(kind).filter(day=day).first()
    if not found:
        raise Http404("There is no such digest.")
    return shown(found)


def _language(request: HttpRequest) -> str:
    return named_language(request) or str(settings.DIGEST_LANGUAGES[0])


def _file(text: str, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Robots-Tag": "noindex"}
    return for_other_programs(HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=headers))
