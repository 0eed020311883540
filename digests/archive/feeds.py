"""Feeds: the latest digests, or a category's part of them, whole, as Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from digests.archive.entries import FeedEntry, atom, entries_of, json_feed
from digests.archive.public import published
from digests.models import CataloguedPaper, Category, Correction, Digest
from newsletter.addresses import PARAMETER, named_language, with_query
from newsletter.headers import for_other_programs

DIGESTS, DAYS_OF_A_CATEGORY = 10, 10
MINUTES = 5


@dataclass(frozen=True)
class Feed:
    """What is asked for: all of it or one category, in which language. Readers' programs say neither language nor cookie
    of a person, so the address decides, and the site's first language where it does not."""

    category: Category | None
    language: str

    @classmethod
    def of(cls, request: HttpRequest, slug: str | None) -> Feed:
        """Raises Http404 for a category that there is not."""
        category = Category.objects.filter(slug=slug).first() if slug else None
        if slug and not category:
            raise Http404("There is no such category.")
        return cls(category, named_language(request) or settings.DIGEST_LANGUAGES[0])

    def digests(self) -> QuerySet[Digest]:
        """The digests in it, latest first."""
        if not self.category:
            return published()[:DIGESTS]
        # Not by a join: DISTINCT would compare whole contents.
        having = CataloguedPaper.objects.filter(category=self.category.slug, kind=Digest.Kind.DAILY)
        return published().filter(pk__in=having.values("digest"))[:DAYS_OF_A_CATEGORY]

    def entries(self) -> list[FeedEntry]:
        """What it has to say."""
        return entries_of(list(self.digests()), self.language, self.category.slug if self.category else None)

    @property
    def title(self) -> str:
        """The site's name, and the category's."""
        return f"{settings.SITE_NAME} – {self.category.name(self.language)}" if self.category else settings.SITE_NAME

    @property
    def home(self) -> str:
        """The page that shows the same."""
        path = reverse("category", args=[self.category.slug]) if self.category else reverse("archive")
        return self.absolute(path)

    def absolute(self, path: str) -> str:
        """The address of a path in the feed's language."""
        return settings.SITE_URL + with_query(path, **{PARAMETER: self.language})


def tag_of(request: HttpRequest, slug: str | None = None) -> str:
    """Changes with anything that the feed shows: which digests, their words, their corrections, its language."""
    feed = Feed.of(request, slug)
    told = list(feed.digests().values_list("pk", "content_hash"))
    corrected = Correction.objects.filter(digest__in=[pk for pk, _hash in told], status=Correction.Status.PUBLISHED)
    corrections = corrected.aggregate(last=Max("published_at"), count=Count("pk"))
    state = [feed.language, feed.title, told, str(corrections)]
    return f'"{hashlib.sha256(json.dumps(state).encode()).hexdigest()[:32]}"'


Door = Callable[..., HttpResponse]


def kept_by_caches(door: Door) -> Door:
    """A few minutes in any cache, and after that only a question whether it changed. The language is the address's, so
    the browser's says nothing."""

    @gzip_page
    @require_safe
    @cache_control(public=True, max_age=MINUTES * 60)
    @condition(etag_func=tag_of)
    @wraps(door)
    def answered(request: HttpRequest, slug: str | None = None) -> HttpResponse:
        feed = Feed.of(request, slug)
        with translation.override(feed.language):
            response = for_other_programs(door(request, feed))
        response["Content-Language"] = feed.language
        return response

    return answered


@kept_by_caches
def as_atom(request: HttpRequest, feed: Feed) -> HttpResponse:
    """Atom."""
    text = atom(*_head(request, feed), feed.entries())
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


@kept_by_caches
def as_json(request: HttpRequest, feed: Feed) -> HttpResponse:
    """JSON Feed."""
    told = json_feed(*_head(request, feed), feed.entries())
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/feed+json; charset=utf-8")


def _head(request: HttpRequest, feed: Feed) -> tuple[str, str, str, str, str]:
    return feed.title, gettext("AI papers of the day"), feed.home, feed.absolute(request.path), feed.language
