"""Addresses of the archive."""

from django.urls import path, register_converter

from digests import entrance
from digests.archive.about import about
from digests.archive.category import category
from digests.archive.downloads import bibtex, markdown
from digests.archive.feeds import as_atom, as_json
from digests.archive.front import archive
from digests.archive.issue import digest, weekly
from digests.archive.month import month
from digests.archive.paper import paper
from digests.archive.pictures import card, chart
from digests.archive.search import search
from digests.archive.sitemap import index, robots, sitemap
from digests.converters import ArxivIdConverter, DayConverter, MonthConverter

register_converter(DayConverter, "day")
register_converter(MonthConverter, "month")
register_converter(ArxivIdConverter, "arxiv")

urlpatterns = [
    path("", archive, name="archive"),
    path("about/", about, name="about"),
    path("<day:day>/", digest, name="digest"),
    path("<month:first>/", month, name="month"),
    path("weekly/<day:day>/", weekly, name="weekly"),
    path("<day:day>/digest.md", markdown, {"kind": "daily"}, name="markdown"),
    path("<day:day>/papers.bib", bibtex, {"kind": "daily"}, name="bibtex"),
    path("weekly/<day:day>/digest.md", markdown, {"kind": "weekly"}, name="weekly-markdown"),
    path("weekly/<day:day>/papers.bib", bibtex, {"kind": "weekly"}, name="weekly-bibtex"),
    path("category/<slug:slug>/", category, name="category"),
    path("feed/", as_atom, name="feed"),
    path("feed/<slug:slug>/", as_atom, name="category-feed"),
    path("feed.json", as_json, name="json-feed"),
    path("feed/<slug:slug>.json", as_json, name="category-json-feed"),
    path("search/", search, name="search"),
    path("paper/<arxiv:arxiv_id>/", paper, name="paper"),
    path("review/<str:token>/", entrance.review, name="review"),
    path("nobody/<slug:what>/", entrance.nobody, name="nobody"),
    path("sitemap.xml", index, name="sitemap-index"),
    path("sitemap-<slug:name>.xml", sitemap, name="sitemap"),
    path("robots.txt", robots, name="robots"),
    path("card/<slug:sha256>.png", card, name="card"),
    path("chart/<slug:sha256>.png", chart, name="chart"),
]
