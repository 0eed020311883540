"""Who may do what: every address of admin for every role, and what editors see of readers. See `newsletter.roles`."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from digests.models import Answer, Consideration, DayReport, Digest, Rule, Sighting, Term
from newsletter import audit, roles
from subscribers import suppression
from subscribers.delivery import guard
from subscribers.delivery.opening import open_deliveries
from subscribers.models import Delivery, DeliveryEvent, LetterSent, SignUp, Subscriber, Suppression, UnusedReports
from tests.factories import DAY, make_approved, make_digest, make_reader, make_staff

pytestmark = pytest.mark.django_db

SECRET = "very.secret@readers.example"
NOBODY, VIEWER, EDITOR, OPERATOR, ADMINISTRATOR = "nobody", "viewer", "editor", "operator", "administrator"
ALL = [NOBODY, VIEWER, EDITOR, OPERATOR, ADMINISTRATOR]

# V viewer, E editor, O operator, A administrator: who may look, who may add, who may change, who may delete.
TABLE = {
    "auth.group": ("A", "A", "", ""),
    "auth.user": ("A", "A", "A", "A"),
    "newsletter.auditline": ("A", "", "", ""),
    "digests.answer": ("EOA", "", "", ""),
    "digests.category": ("VEOA", "EA", "EA", ""),
    "digests.consideration": ("VEOA", "", "", ""),
    "digests.dayreport": ("VEOA", "", "", ""),
    "digests.digest": ("VEOA", "", "EA", ""),
    "digests.paper": ("VEOA", "", "EA", ""),
    "digests.rule": ("VEOA", "EA", "EA", "EA"),
    "digests.term": ("VEOA", "EA", "EA", "EA"),
    "subscribers.delivery": ("EOA", "", "", ""),
    "subscribers.deliveryevent": ("EOA", "", "", ""),
    "subscribers.lettersent": ("EOA", "", "", ""),
    "subscribers.signup": ("EOA", "", "", ""),
    "subscribers.subscriber": ("EOA", "", "", ""),
    "subscribers.suppression": ("EOA", "", "", ""),
    "subscribers.unusedreports": ("EOA", "", "", ""),
}


@pytest.fixture
def rows():
    """One row of each kind, and one reader whose address nobody must see by chance."""
    reader = make_reader(SECRET)
    digest = make_approved()
    open_deliveries(digest)
    delivery = Delivery.objects.get()
    Delivery.objects.update(status="bounced", error=f"550 5.1.1 <{SECRET}>: no such user")
    event = DeliveryEvent.objects.create(
        key="k", delivery=delivery, digest=digest, provider="test", kind="bounced", detail=f"<{SECRET}> unknown",
        occurred_at=timezone.now(), state="held",
    )  # fmt: skip
    suppression.suppress(SECRET, Suppression.Reason.BOUNCED)
    paper = digest.sections.first().entries.first().paper
    Sighting.objects.create(paper=paper, source="arxiv", day=DAY, rank=1)
    guard.may_send()
    return {
        "auth.group": Group.objects.get(name="editor"),
        "auth.user": get_user_model().objects.first(),
        "newsletter.auditline": audit.note(audit.Act.STOP, by="kim"),
        "digests.answer": Answer.objects.create(key="k", digest=digest, model="m", messages=[]),
        "digests.category": paper.category,
        "digests.consideration": Consideration.objects.create(
            day=DAY, paper=paper, is_chosen=True, score=1, reason="r"
        ),
        "digests.dayreport": DayReport.objects.create(day=DAY, list_day=DAY, state="fresh"),
        "digests.digest": digest,
        "digests.paper": paper,
        "digests.rule": Rule.objects.create(text="cats", kind="word", effect="up"),
        "digests.term": Term.objects.first(),
        "subscribers.delivery": delivery,
        "subscribers.deliveryevent": event,
        "subscribers.lettersent": LetterSent.objects.create(
            subscriber=reader,
            kind="welcome",
            address_hash="5" * 64,
            sent_at=timezone.now(),
            came_back="bounced",
            came_back_at=timezone.now(),
            is_held=True,
            detail=f"<{SECRET}> unknown",
        ),
        "subscribers.signup": SignUp.objects.create(asked_at=timezone.now(), email=SECRET, address_hash="5" * 32),
        "subscribers.subscriber": reader,
        "subscribers.suppression": Suppression.objects.get(),
        "subscribers.unusedreports": UnusedReports.objects.create(day=DAY, provider="test", why="old"),
    }


@pytest.fixture
def people():
    """A browser for a person of each role; "nobody" is staff without any."""
    found = {}
    for role in ALL:
        person = make_staff(f"the-{role}", *([] if role == NOBODY else [role]))
        found[role] = Client()
        found[role].force_login(person)
    return found


def allowed(letters):
    return {role for role in ALL if role != NOBODY and role[0].upper() in letters}


def entrances():
    """The names of all addresses of admin that stand for one model's rows."""
    names = []
    for model, own in admin.site._registry.items():
        names += [(model._meta.label_lower, each.name) for each in own.urls if each.name]
    return names


# ---- every address for every role


@pytest.mark.parametrize("label", sorted(TABLE))
def test_each_role_gets_where_it_may_and_nowhere_else(label, rows, people):
    app, model = label.split(".")
    row, (look, add, change, delete) = rows[label], TABLE[label]
    expected = {
        f"{app}_{model}_changelist": allowed(look),
        f"{app}_{model}_change": allowed(look),
        f"{app}_{model}_history": allowed(look),
        f"{app}_{model}_add": allowed(add),
        f"{app}_{model}_delete": allowed(delete),
    }
    for name, who in expected.items():
        args = [row.pk] if name.endswith(("_change", "_history", "_delete")) else []
        for more in ("", "?_popup=1"):
            got = {
                role
                for role, it in people.items()
                if it.get(reverse(f"admin:{name}", args=args) + more).status_code == 200
            }
            assert got == who, f"{name}{more}: {sorted(got)} get in, {sorted(who)} should"
    for role, browser in people.items():
        answer = browser.post(reverse(f"admin:{app}_{model}_change", args=[row.pk]), {})
        assert (answer.status_code == 403) == (role not in allowed(change)), (
            f"{role} posts {label}: {answer.status_code}"
        )
        answer = browser.post(reverse(f"admin:{app}_{model}_delete", args=[row.pk]), {"post": "yes"})
        assert role in allowed(delete) or answer.status_code == 403, f"{role} deletes {label}"
        if role in allowed(delete):
            break


def test_an_address_of_admin_without_a_row_in_the_table_is_closed_to_staff_without_a_role(rows, people):
    """Whoever adds a page learns here that it must ask for a right; the table above then says whose."""
    for label, name in entrances():
        row = rows.get(label)
        for args in ([], [row.pk if row else 1], [1, "ko"], [1, "send-again"]):
            try:
                address = reverse(f"admin:{name}", args=args)
            except NoReverseMatch:  # another number of arguments
                continue
            assert people[NOBODY].get(address).status_code in (302, 403, 404, 405), address


def test_strangers_are_sent_to_the_door(rows):
    stranger = Client()
    for label in TABLE:
        address = reverse(f"admin:{label.replace('.', '_')}_changelist")
        assert stranger.get(address).headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    ("decision", "status", "letters"),
    [("approve", "draft", "EA"), ("send-back", "approved", "EA"), ("pause", "sending", "EOA"), ("resume", "paused", "OA"), ("cancel", "paused", "OA")],
)  # fmt: skip
def test_who_may_decide_about_a_digest(decision, status, letters, people):
    digest = make_approved()
    Digest.objects.update(status=status)
    got = {
        role
        for role, browser in people.items()
        if browser.post(f"/admin/digests/digest/{digest.pk}/decide/", {"decision": decision}).status_code != 403
    }
    assert got == allowed(letters)


def test_a_role_that_was_taken_a_second_ago_is_gone(people):
    digest = make_digest()
    desk = people[EDITOR].get(f"/admin/digests/digest/{digest.pk}/change/")
    Group.objects.get(name=EDITOR).user_set.clear()
    sent = {"decision": "approve", "seen_hash": desk.context["seen_hash"]}
    assert people[EDITOR].post(f"/admin/digests/digest/{digest.pk}/decide/", sent).status_code == 403
    digest.refresh_from_db()
    assert digest.status == Digest.Status.DRAFT


@pytest.mark.parametrize(
    ("path", "letters"),
    [
        ("/admin/subscribers/delivery/receipt/{digest}/", "EOA"),
        ("/admin/subscribers/delivery/receipt/{digest}/send-again/", "OA"),
        ("/admin/subscribers/delivery/receipt/{digest}/as-sent/", "OA"),
        ("/admin/subscribers/sending/", "EOA"),
        ("/admin/subscribers/subscriber/export/", "A"),
        ("/admin/subscribers/subscriber/{reader}/erase/", "A"),
        ("/admin/subscribers/delivery/approve/{digest}/", "EA"),
        ("/admin/digests/digest/{digest}/preview/ko/", "VEOA"),
        ("/admin/digests/digest/{digest}/preview/ko/html/", "VEOA"),
    ],
)
def test_who_gets_to_the_pages_of_our_own(path, letters, rows, people):
    address = path.format(digest=rows["digests.digest"].pk, reader=rows["subscribers.subscriber"].pk)
    assert {role for role, browser in people.items() if browser.get(address).status_code == 200} == allowed(letters)


@pytest.mark.parametrize(("decision", "letters"), [("stop", "OA"), ("start", "OA")])
def test_who_may_press_the_switch(decision, letters, people):
    got = {
        role
        for role, browser in people.items()
        if browser.post("/admin/subscribers/sending/", {"decision": decision}).status_code != 403
    }
    assert got == allowed(letters)


@pytest.mark.parametrize(
    ("label", "action", "letters"),
    [
        ("subscribers.subscriber", "forgive_them", "OA"),
        ("subscribers.deliveryevent", "apply_them", "OA"),
        ("subscribers.deliveryevent", "dismiss_them", "OA"),
        ("subscribers.lettersent", "apply_them", "OA"),
        ("subscribers.lettersent", "dismiss_them", "OA"),
        ("subscribers.subscriber", "delete_selected", ""),
        ("subscribers.delivery", "delete_selected", ""),
        ("newsletter.auditline", "delete_selected", ""),
        ("digests.digest", "delete_selected", ""),
    ],
)
def test_who_may_act_upon_many_rows_at_once(label, action, letters, rows, people):
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    for role, browser in people.items():
        page = browser.get(address)
        offered = page.status_code == 200 and f'value="{action}"' in page.content.decode()
        assert offered == (role in allowed(letters)), role
        if not offered:
            sent = {"action": action, "_selected_action": [rows[label].pk], "post": "yes"}
            browser.post(address, sent)
            assert type(rows[label]).objects.filter(pk=rows[label].pk).exists()
    reader = Subscriber.objects.get()
    assert reader.status == Subscriber.Status.ACTIVE


def test_completing_a_field_finds_readers_for_those_only_who_may_see_addresses(rows, people):
    asked = {"app_label": "subscribers", "model_name": "delivery", "field_name": "subscriber", "term": "very"}
    got = {role: people[role].get("/admin/autocomplete/", asked) for role in ALL}
    assert {role for role, answer in got.items() if answer.status_code == 200} == allowed("OA")
    assert not any(SECRET in answer.content.decode() for answer in got.values())


# ---- what editors see of readers


PLACES = ["subscribers.subscriber", "subscribers.delivery", "subscribers.deliveryevent", "subscribers.suppression"]


@pytest.mark.parametrize("label", [*PLACES, "subscribers.lettersent"])
@pytest.mark.parametrize("view", ["changelist", "change", "history"])
def test_an_editor_sees_addresses_masked_and_an_operator_sees_them(label, view, rows, people):
    args = [] if view == "changelist" else [rows[label].pk]
    address = reverse(f"admin:{label.replace('.', '_')}_{view}", args=args)
    for role in (EDITOR, OPERATOR):
        page = people[role].get(address).content.decode()
        assert (SECRET in page) == (role == OPERATOR and label != "subscribers.suppression" and view != "history"), role
    assert "very.secret" not in people[EDITOR].get(address).content.decode()


def test_a_receipt_masks_addresses_in_a_servers_words(rows, people):
    address = f"/admin/subscribers/delivery/receipt/{rows['digests.digest'].pk}/"
    assert "no such user" in people[EDITOR].get(address).content.decode()
    assert SECRET not in people[EDITOR].get(address).content.decode()
    assert SECRET in people[OPERATOR].get(address).content.decode()


@pytest.mark.parametrize("label", PLACES)
def test_an_editor_cannot_find_a_reader_by_the_address(label, rows, people):
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    found = {
        role: {q: people[role].get(address, {"q": q}).context["cl"].result_count for q in (SECRET, "nobody@x.example")}
        for role in (EDITOR, OPERATOR)
    }
    assert found[OPERATOR] == {SECRET: 1, "nobody@x.example": 0}
    assert found[EDITOR][SECRET] == found[EDITOR]["nobody@x.example"]
    assert 'id="searchbar"' not in people[EDITOR].get(address).content.decode()


@pytest.mark.parametrize(
    ("label", "guess"),
    [
        ("subscribers.subscriber", "email__startswith"),
        ("subscribers.subscriber", "email__regex"),
        ("subscribers.subscriber", "key__startswith"),
        ("subscribers.delivery", "subscriber__email__startswith"),
        ("subscribers.delivery", "error__contains"),
        ("subscribers.deliveryevent", "delivery__subscriber__email__contains"),
        ("subscribers.deliveryevent", "detail__contains"),
        ("subscribers.lettersent", "detail__contains"),
        ("subscribers.lettersent", "subscriber__email__contains"),
        ("subscribers.suppression", "address_hash__startswith"),
    ],
)
def test_an_editor_cannot_guess_an_address_with_filters(label, guess, rows, people):
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    assert people[EDITOR].get(address, {guess: "v"}).status_code == 400


def test_a_reader_is_masked_wherever_the_row_is_named():
    assert str(make_reader(SECRET)) == "v***@readers.example"


# ---- the groups


def test_every_right_that_a_role_names_exists():
    there = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    for role, rights in roles.RIGHTS.items():
        assert rights <= there, role
        held = {f"{p.content_type.app_label}.{p.codename}" for p in Group.objects.get(name=role).permissions.all()}
        assert held == rights, role


def test_each_migrate_puts_the_roles_right_again():
    group = Group.objects.get(name=EDITOR)
    group.permissions.add(Permission.objects.get(codename="see_addresses"))
    Group.objects.get(name=VIEWER).delete()
    call_command("migrate", verbosity=0)
    assert not group.permissions.filter(codename="see_addresses").exists()
    assert Group.objects.get(name=VIEWER).permissions.exists()


def test_no_role_but_the_administrators_gives_rights_or_reads_the_log():
    for role in (VIEWER, EDITOR, OPERATOR):
        held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", flat=True)
        assert not {"auth", "newsletter", "admin", "sessions"} & set(held), role
    assert not re.search("add|change|delete", " ".join(right for right in roles.RIGHTS[VIEWER]))
