"""What a browser is told beside the page, as the rules of Mozilla's HTTP Observatory ask for it
(https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring)."""

import re
import runpy

import pytest

from digests.models import Chart
from newsletter.settings import __file__ as settings_file
from subscribers import links
from tests.factories import make_approved, make_reader

pytestmark = pytest.mark.django_db
YEAR = 31_536_000


@pytest.fixture
def https(settings, client):
    """A client of the site as it is behind a proxy that speaks https."""
    settings.SITE_URL = "https://papers.example.org"
    settings.SECURE_HSTS_SECONDS = YEAR
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    return lambda path: client.get(path, secure=True)


def paths():
    digest, reader = make_approved(), make_reader()
    Chart.objects.create(digest=digest, language="en", sha256="5" * 64, png=b"PNG", width=600, height=180)
    return [
        "/", "/2024-11-22/", "/search/?q=x", "/subscribe/", "/feed/", "/feed.json", "/sitemap.xml", "/robots.txt", "/healthz",
        "/admin/login/", "/nothing/", "/?date=x", "/2024-11-22/digest.md", f"/chart/{'5' * 64}.png",
        *(links.path(purpose, reader.key) for purpose in (links.PREFERENCES, links.UNSUBSCRIBE)),
    ]  # fmt: skip


def test_every_answer_says_what_browsers_may_do_with_it(https):
    for path in paths():
        told = https(path).headers
        assert told["X-Content-Type-Options"] == "nosniff", path
        assert told["X-Frame-Options"] == "DENY", path
        assert told["Referrer-Policy"] == "same-origin", path
        assert told["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert told["Strict-Transport-Security"] == f"max-age={YEAR}", path
        assert "camera=()" in told["Permissions-Policy"] and "geolocation=()" in told["Permissions-Policy"], path
        policy = told["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy, (
            path
        )
        assert not re.search(r"unsafe|\*|https?:|data:|blob:", policy), path
        assert "X-Powered-By" not in told, path


def test_static_files_say_it_too(https, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    answer = https("/static/web/site.css")
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Permissions-Policy" in answer
    answer.close()


def test_other_sites_may_show_pictures_and_read_feeds_and_files_and_nothing_else(https):
    open_to_all = re.compile(r"^/(chart|feed|2024-11-22/digest)")
    for path in paths():
        told = https(path).headers
        wanted = "cross-origin" if open_to_all.match(path) else "same-origin"
        assert told["Cross-Origin-Resource-Policy"] == wanted, path
        assert ("Access-Control-Allow-Origin" in told) is bool(re.match(r"^/(feed|2024-11-22/digest)", path)), path


def test_every_cookie_is_for_this_site_over_https_alone(https, client, settings):
    https(links.path(links.PREFERENCES, make_reader().key))
    client.post("/i18n/setlang/", {"language": "en"}, secure=True)
    assert set(client.cookies) == {"csrftoken", "django_language"}
    for name, cookie in client.cookies.items():
        assert cookie["secure"] and cookie["samesite"] == "Lax", name
    assert client.cookies["django_language"]["httponly"]
    assert settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Lax"


@pytest.mark.parametrize(
    ("address", "secure"), [("https://papers.example.org", True), ("http://localhost:8000", False)]
)
def test_the_sites_address_decides_about_https(monkeypatch, address, secure):
    monkeypatch.setenv("SITE_URL", address)
    read = runpy.run_path(settings_file)
    assert {read[f"{cookie}_COOKIE_SECURE"] for cookie in ("SESSION", "CSRF", "LANGUAGE")} == {secure}
    assert read["SECURE_HSTS_SECONDS"] == (YEAR if secure else 0)


def test_pages_with_a_token_are_neither_kept_nor_packed(https, client):
    reader = make_reader()
    for purpose in (links.PREFERENCES, links.UNSUBSCRIBE):
        answer = client.get(links.path(purpose, reader.key), headers={"accept-encoding": "gzip, br"}, secure=True)
        assert "no-store" in answer["Cache-Control"] and "no-transform" in answer["Cache-Control"]
        assert "Content-Encoding" not in answer and "ETag" not in answer
