"""Addresses of the archive."""

from django.urls import path, register_converter

from digests import entrance, views
from digests.converters import DayConverter

register_converter(DayConverter, "day")

urlpatterns = [
    path("", views.archive, name="archive"),
    path("<day:day>/", views.digest, name="digest"),
    path("weekly/<day:day>/", views.weekly, name="weekly"),
    path("review/<str:token>/", entrance.review, name="review"),
    path("nobody/<slug:what>/", entrance.nobody, name="nobody"),
    path("chart/<slug:sha256>.png", views.chart, name="chart"),
]
