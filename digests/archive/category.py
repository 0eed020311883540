"""A category through the days."""

from __future__ import annotations

from itertools import groupby

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext

from digests.archive.answering import for_readers
from digests.archive.corrections import papers_of
from digests.archive.public import catalogued_papers
from digests.models import Category, Digest

DAYS_A_PAGE = 10


@for_readers
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The papers of a category by day, latest first, ten days a page."""
    found = get_object_or_404(Category, slug=slug)
    papers = catalogued_papers().filter(category=found.slug, kind=Digest.Kind.DAILY)
    days = papers.order_by("-day").values_list("day", flat=True).distinct()
    try:
        page = Paginator(days, DAYS_A_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404(gettext("This category has no such page.")) from error
    language = get_language()
    listed = papers_of(papers.filter(day__in=list(page)).defer("terms"), language)
    context = {
        "category": found,
        "name": found.name(language),
        "page": page,
        "days": [(day, list(of_day)) for day, of_day in groupby(listed, key=lambda paper: paper["day"])],
        "paper_count": papers.count(),
        "categories": Category.objects.filter(is_active=True),
    }
    return render(request, "web/category.html", context)
