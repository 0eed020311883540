"""The product's settings without DEBUG, on a database that may be filled with synthetic readers."""

from newsletter.settings import *

BENCH = True
# Admin's pages are measured without `collectstatic`.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
