"""Pages that name their language: `?language=en` shows a page in English whatever the browser prefers, so that each
language has an address to share, to index and to keep in a cache. Links on such a page keep it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

PARAMETER = "language"


class LanguageInAddress:
    """Middleware, after Django's LocaleMiddleware: what the address says goes before cookie and browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language that the address names, if it names one of ours."""
        language = named_language(request)
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


def named_language(request: HttpRequest) -> str:
    """The language in the address; empty when there is none, or none of ours."""
    language = request.GET.get(PARAMETER, "")
    return language if language in dict(settings.LANGUAGES) else ""


def with_query(path: str, **query: object) -> str:
    """The path with those of the parameters that are not empty."""
    given = {name: value for name, value in query.items() if value not in ("", None)}
    return f"{path}?{urlencode(given)}" if given else path


def in_language(path: str, request: HttpRequest, **query: object) -> str:
    """The path, in the language that this page's address names."""
    return with_query(path, **query, **{PARAMETER: named_language(request)})


def changed(request: HttpRequest, **query: object) -> str:
    """This page's address with other values for these parameters; an empty value takes one out."""
    kept = request.GET.copy()
    for name, value in query.items():
        kept.pop(name, None)
        if value not in ("", None):
            kept[name] = str(value)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


def alternates(request: HttpRequest) -> list[tuple[str, str]]:
    """(language, address on this site) of this page in each language, and where the browser's decides."""
    languages = [*dict(settings.LANGUAGES), ""]
    return [(language or "x-default", _one_address(request, language)) for language in languages]


def canonical(request: HttpRequest) -> str:
    """This page's one address for search engines: of its parameters only a further page and a language make another page
    of it."""
    return _one_address(request, named_language(request))


def _one_address(request: HttpRequest, language: str) -> str:
    page = request.GET.get("page", "")
    further = page if page.isascii() and page.isdigit() and int(page[:9]) > 1 else ""
    return with_query(request.path, page=further, **{PARAMETER: language})
