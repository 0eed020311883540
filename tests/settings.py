"""The settings under test: the product's own, read from an environment with nothing of the developer's in it.

A module and not a fixture, because pytest-django reads settings before any conftest runs. DATABASE_URL and REDIS_URL
are left standing: `python -m tests.services` sets them. Of that Redis, each of pytest-xdist's workers has a database of
its own.
"""

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit

from tests.settings_read import settings_read

for name in list(os.environ):
    setting = name.removesuffix("_FILE")
    if setting in settings_read() - {"DATABASE_URL", "REDIS_URL"} or name.startswith("ANYMAIL_"):
        del os.environ[name]

if redis := os.environ.get("REDIS_URL"):
    address = urlsplit(redis)
    number = int(address.path.strip("/") or 0) + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["REDIS_URL"] = address._replace(path=f"/{number}").geturl()

os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="papers-tests-")
os.mkdir(os.path.join(os.environ["VAR_DIR"], "static"))  # whitenoise warns of a folder that is not there
atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from newsletter.settings import *

# The real one takes a third of a second for each login, and every admin test logs in.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Most tests are about something else; those of signing in switch it on.
ADMIN_SECOND_FACTOR = False
# The real one needs `collectstatic` first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file and not memory: worker processes that tests start must see the same rows.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["VAR_DIR"], "test.sqlite3")}
    # Where twenty want to write at once, the last of them waits for nineteen on however slow a machine.
    DATABASES["default"]["OPTIONS"]["timeout"] = 240
    # Nothing here outlives the run, so nothing needs to reach the disk.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
