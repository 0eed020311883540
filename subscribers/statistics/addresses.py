"""Where the statistics are, inside admin."""

from django.contrib import admin
from django.urls import path

from subscribers.statistics import pages

urlpatterns = [
    path("", admin.site.admin_view(pages.show), name="statistics"),
    path("<slug:key>.csv", admin.site.admin_view(pages.as_csv), name="statistics-csv"),
]
