"""Who did what: lines are added, and neither code nor database lets anybody change them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.utils import translation

from newsletter import audit, overhear, triggers
from newsletter.middleware import KnowTheRequest
from newsletter.models import AuditLine, Unchangeable
from tests.factories import make_digest, make_editor

pytestmark = pytest.mark.django_db


def test_a_line_tells_who_did_what_to_what():
    digest, editor = make_digest(), make_editor("kim")
    with translation.override("ko"):
        line = audit.note(audit.Act.APPROVE, digest, by=editor, hash="abc")
    line.refresh_from_db()
    with translation.override("ko"):
        assert (line.who, line.said, line.about) == ("kim", "승인됨", "2024-11-22 일간")
    assert (line.about_type, line.about_id, line.facts) == ("digests.digest", str(digest.pk), {"hash": "abc"})
    assert line.network == "" and line.at


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", ""), ("unix", "")],
)
def test_of_the_visitors_address_only_the_network_is_kept(address, network):
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = AnonymousUser()
    token = audit.request_now.set(request)
    try:
        assert audit.note(audit.Act.LOGIN_FAILED).network == network
    finally:
        audit.request_now.reset(token)


def test_whoever_is_signed_in_is_the_one_who_did_it(rf):
    request = rf.get("/")
    request.user = make_editor("kim")
    KnowTheRequest(lambda request: audit.note(audit.Act.STOP))(request)  # type: ignore[arg-type]
    assert AuditLine.objects.get().who == "kim"
    assert audit.note(audit.Act.STOP).who == "command line"


def test_the_list_tells_facts_in_words_and_hashes_in_brief(admin_client):
    audit.note(audit.Act.APPROVE, by="kim", hash="ab" * 32, count=3, after=["editor", "viewer"])
    page = admin_client.get("/admin/newsletter/auditline/").content.decode()
    assert "after: editor viewer, count: 3, hash: abababababab…" in page


def test_the_log_is_read_in_admin_and_not_written(admin_client):
    line = audit.note(audit.Act.EDIT, "<b>words</b>", by="kim", before="<i>", after="…")
    page = admin_client.get("/admin/newsletter/auditline/").content.decode()
    assert "&lt;b&gt;words&lt;/b&gt;" in page and "kim" in page
    shown = admin_client.get(f"/admin/newsletter/auditline/{line.pk}/change/").content.decode()
    assert "&lt;i&gt;" in shown and 'name="_save"' not in shown
    for what in ("add/", f"{line.pk}/delete/"):
        assert admin_client.post(f"/admin/newsletter/auditline/{what}", {"post": "yes"}).status_code == 403
    assert AuditLine.objects.filter(pk=line.pk).exists()


def test_addresses_are_taken_out_and_long_values_are_cut():
    line = audit.note(audit.Act.EDIT, "mail to kim@example.org", by="x", before="a" * 5000, after=["lee@example.org"])
    assert line.about == "mail to <address>"
    assert (len(line.facts["before"]), line.facts["after"]) == (audit.LONGEST_FACT, ["<address>"])


def test_code_can_neither_change_nor_delete_a_line():
    line = audit.note(audit.Act.STOP, by="kim")
    line.who = "lee"
    for attempt in (
        line.save,
        line.delete,
        AuditLine.objects.all().delete,
        lambda: AuditLine.objects.update(who="lee"),
    ):
        with pytest.raises(Unchangeable):
            attempt()
    with pytest.raises(Unchangeable):
        AuditLine.objects.bulk_update([line], ["who"])
    assert AuditLine.objects.get().who == "kim"


@pytest.mark.parametrize(
    "statement", ["UPDATE newsletter_auditline SET who = 'lee'", "DELETE FROM newsletter_auditline"]
)
def test_the_database_refuses_to_change_a_line(statement):
    audit.note(audit.Act.STOP, by="kim")
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite" and statement.startswith("DELETE"):
            cursor.execute(triggers.SQLITE_PRUNING[1])  # see conftest
        with pytest.raises(DatabaseError, match=triggers.REFUSED), transaction.atomic():
            cursor.execute(statement)
        if connection.vendor == "sqlite" and statement.startswith("DELETE"):
            cursor.execute("DROP TRIGGER audit_line_delete")
    assert AuditLine.objects.get().who == "kim"


def sign_in(client, username, password):
    return client.post("/admin/login/", {"username": username, "password": password, "next": "/admin/"})


def test_signing_in_and_out_is_noted_with_the_network(client):
    make_editor("kim")
    sign_in(client, "kim", "wrong")
    sign_in(client, "kim", "a long enough password")
    client.post("/admin/logout/")
    acts = AuditLine.objects.order_by("pk").values_list("act", "who", "network")
    assert list(acts) == [(act, "kim", "127.0.0.0/24") for act in ("login-failed", "login", "logout")]


def test_a_name_that_is_nobodys_is_not_kept(client):
    sign_in(client, "my secret password", "")
    sign_in(client, "my secret password", "x")
    assert list(AuditLine.objects.values_list("who", flat=True)) == ["(unknown name)"]


def test_strangers_cannot_fill_the_log(monkeypatch):
    monkeypatch.setattr(overhear, "MOST_FAILURES_AN_HOUR", 3)
    for _ in range(5):
        overhear.note_failure(audit.Act.LOGIN_FAILED, "nobody")
    assert [line.facts for line in AuditLine.objects.order_by("pk")] == [{}, {}, {"more": "not noted within this hour"}]


def test_a_change_with_admins_form_is_noted(admin_client):
    admin_client.post(
        "/admin/digests/term/add/", {"english": "zeroth attention", "korean": "영차 어텐션", "variants": ""}
    )
    line = AuditLine.objects.get(act="add")
    assert line.who == "admin" and "zeroth attention" in line.about and line.facts["row"].startswith("digests.term ")
