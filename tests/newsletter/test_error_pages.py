"""Pages for when something is wrong."""

import pytest
from django.http import HttpRequest
from django.test import Client
from django.views.defaults import server_error

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


def test_a_fault_of_ours_is_a_page_without_a_trace():
    page = server_error(HttpRequest())
    assert page.status_code == 500
    assert "<h1>" in page.content.decode() and "Traceback" not in page.content.decode()
