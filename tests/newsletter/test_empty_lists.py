"""Admin's lists on an installation where nothing has happened yet: each says what to do."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from django.utils.html import escape

from digests.models import Category, Term
from newsletter.models import AuditLine
from subscribers.models import ReaderCount, Sending
from tests.factories import make_reader

pytestmark = pytest.mark.django_db
NEVER_EMPTY = (AuditLine, Category, Term)  # of installing, and of signing in
PAGES = (ReaderCount, Sending)  # these have pages of their own in the list's place
LISTS = [
    model
    for app in ("digests", "newsletter", "subscribers")
    for model in apps.get_app_config(app).get_models()
    if model in admin.site._registry and model not in NEVER_EMPTY + PAGES
]


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.mark.parametrize("model", LISTS, ids=[model.__name__ for model in LISTS])
def test_an_empty_list_says_what_to_do(admin_client, model):
    page = admin_client.get(list_of(model), headers={"accept-language": "en"}).content.decode()
    told = str(admin.site._registry[model].when_empty)  # type: ignore[attr-defined]
    assert told and f'<p class="nothing-here">{escape(told)}</p>' in page


def test_a_list_with_rows_says_nothing_of_the_kind(admin_client):
    make_reader()
    assert "nothing-here" not in admin_client.get("/admin/subscribers/subscriber/").content.decode()


@pytest.mark.parametrize("asked", ["q=nobody@example.org", "status__exact=bounced"])
def test_a_search_that_finds_nothing_offers_the_whole_list(admin_client, asked):
    make_reader()
    page = admin_client.get(f"/admin/subscribers/subscriber/?{asked}", headers={"accept-language": "en"})
    told = page.content.decode().split('class="nothing-here">')[1].split("</p>")[0]
    assert "Nothing fits" in told and '<a href="?">Show all</a>' in told
