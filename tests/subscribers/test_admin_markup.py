"""Admin's pages for who hears them: each field has a name, each label a field, each reference something that is there."""

import pytest
from django.test import Client
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from digests.models import Rule
from subscribers.delivery.send import send_due
from tests.factories import make_approved, make_digest, make_reader, make_staff

pytestmark = pytest.mark.django_db
LABELABLE = {"input", "select", "textarea", "button", "meter", "output", "progress"}


@pytest.fixture
def page_of():
    """The parsed page at a path, as an administrator sees it."""
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(make_staff("boss", "administrator"))
    return lambda path: LexborHTMLParser(browser.get(path).content)


def nameless(page):
    """Fields that people see and that nothing names."""
    labelled = {label.attributes.get("for") for label in page.css("label")}
    fields = page.css("#result_list input:not([type=hidden]), #result_list select")
    return [
        field.attributes.get("name")
        for field in fields
        if not field.attributes.get("aria-label") and field.attributes.get("id") not in labelled
    ]


@pytest.mark.parametrize("model", ["category", "rule"])
def test_fields_in_a_list_are_named_by_their_columns(page_of, model):
    Rule.objects.create(text="diffusion")
    page = page_of(reverse(f"admin:digests_{model}_changelist"))
    assert page.css("#result_list input[aria-label]")
    assert nameless(page) == []


def test_labels_lead_to_fields_and_references_to_what_is_there(page_of):
    draft = make_digest()
    make_reader()
    sent = make_approved(day=draft.day.replace(day=draft.day.day - 1))
    send_due()
    for path in (
        reverse("admin:digests_digest_change", args=[draft.pk]),
        reverse("admin:digests_digest_change", args=[sent.pk]),
        reverse("admin:subscribers_correct", args=[sent.pk]),
    ):
        page = page_of(path)
        there = {node.attributes["id"]: node.tag for node in page.css("[id]")}
        aims = [label.attributes["for"] for label in page.css("label[for]")]
        assert {there.get(aim) for aim in aims} <= LABELABLE, path
        told = [id_ for node in page.css("[aria-describedby]") for id_ in node.attributes["aria-describedby"].split()]
        assert set(told) <= set(there), path
