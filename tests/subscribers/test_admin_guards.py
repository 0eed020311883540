"""What protects admin's pages from other sites' pages, whoever is signed in."""

import pytest
from django.test import Client

from digests.models import Digest
from tests.factories import make_digest, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_staff("boss", "administrator"))
    return browser


@pytest.mark.parametrize(
    "path",
    [
        "/admin/subscribers/delivery/approve/{digest}/",
        "/admin/digests/digest/{digest}/decide/",
        "/admin/digests/digest/{digest}/change/",
        "/admin/subscribers/sending/",
        "/admin/subscribers/delivery/receipt/{digest}/send-again/",
        "/admin/auth/user/add/",
        "/admin/second-factor/",
        "/admin/again/",
        "/admin/logout/",
        "/admin/login/",
        "/admin/forgotten/",
    ],
)
def test_no_other_sites_form_does_anything_here(boss, path):
    digest = make_digest()
    sent = {"decision": "approve", "seen_hash": "x"}
    answer = boss.post(path.format(digest=digest.pk), sent, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    digest.refresh_from_db()
    assert digest.status == Digest.Status.DRAFT


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/admin/digests/digest/", "/admin/again/", "/admin/forgotten/"]
)
def test_no_other_site_shows_admin_in_a_frame(boss, path):
    page = boss.get(path)
    assert page["X-Frame-Options"] == "DENY"
    policy = page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy and "unsafe" not in policy
    assert page["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("way", ["get", "head", "options"])
def test_looking_at_a_page_decides_nothing(boss, way):
    digest = make_digest()
    look = getattr(boss, way)
    for path in ("delivery/approve/{}/", "delivery/progress/{}/", "sending/", "delivery/receipt/{}/send-again/"):
        look(f"/admin/subscribers/{path.format(digest.pk)}?decision=approve&decision=stop")
    digest.refresh_from_db()
    assert digest.status == Digest.Status.DRAFT


def test_the_sessions_cookie_is_for_us_alone(settings):
    settings.SESSION_COOKIE_SECURE = True
    make_staff("kim", "editor")
    browser = Client()
    browser.post("/admin/login/", {"username": "kim", "password": "a long enough password"})
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
