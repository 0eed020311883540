"""Pages for when something is wrong."""

import pytest
from django.db import OperationalError
from django.test import Client

from subscribers import links
from tests.factories import make_reader

pytestmark = pytest.mark.django_db


def test_a_form_without_its_token_is_told_what_to_do_and_changes_nothing():
    reader = make_reader()
    page = Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post(
        links.path(links.PREFERENCES, reader.key), {"language": "en"}
    )
    assert page.status_code == 403
    assert "Please try once more" in page.content.decode()
    assert "style=" not in page.content.decode(), "the content security policy would block it"


@pytest.mark.parametrize(("error", "status"), [(OperationalError("gone"), 503), (RuntimeError("secret"), 500)])
def test_a_fault_of_ours_is_a_page_without_a_trace(monkeypatch, error, status):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("digests.models.Digest.objects.filter", fail)
    client = Client(raise_request_exception=False)
    page = client.get("/2024-11-22/")
    assert page.status_code == status
    assert ("Retry-After" in page.headers) is (status == 503)
    words = page.content.decode()
    assert "<h1>" in words and "Traceback" not in words and "secret" not in words
