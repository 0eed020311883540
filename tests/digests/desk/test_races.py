"""Two editors at one draft, each at a browser of their own, against a running server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from digests.content import hash_of, snapshot
from digests.desk import saving
from digests.models import Digest, Entry, Summary
from newsletter.models import AuditLine
from tests.digests.desk.conftest import Desk
from tests.factories import make_digest, make_editor

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


class Browser:
    """One editor's browser."""

    def __init__(self, site: str, name: str) -> None:
        self.local = Client()
        self.local.force_login(make_editor(name))
        cookies = {"sessionid": self.local.cookies["sessionid"].value, "csrftoken": "c" * 32}
        self.wire = {"base_url": site, "cookies": cookies, "headers": {"X-CSRFToken": "c" * 32, "Referer": site}}

    def shown(self, digest: Digest) -> dict[str, Any]:
        """What this browser would send back, having loaded the page now."""
        return Desk(self.local, digest).shown()

    def post(self, address: str, sent: dict[str, Any]) -> httpx.Response:
        """Send a form."""
        with httpx.Client(**self.wire, timeout=None) as wire:
            return wire.post(address, data=sent)


@pytest.fixture(autouse=True)
def no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are drawn elsewhere."""
    monkeypatch.setattr("digests.charts.wake", lambda task, pk: None)


def at_once(*deeds: Callable[[], httpx.Response]) -> list[int]:
    """The answers' status when all deeds begin in the same moment."""
    gate = threading.Barrier(len(deeds), timeout=250)

    def go(deed: Callable[[], httpx.Response]) -> int:
        gate.wait()
        return deed().status_code

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(go, deeds))


def test_of_editors_who_save_at_once_one_wins_whole_and_the_others_keep_their_words(live_server):
    digest = make_digest()
    address = reverse("admin:digests_digest_change", args=[digest.pk])
    summary = Summary.objects.filter(language="en").first()
    editors = [Browser(live_server.url, f"editor{n}") for n in range(4)]
    sent = [
        browser.shown(digest)
        | {f"s{summary.pk}-impact-0": f"Words of {n}.", f"s{summary.pk}-outlook-0": f"Also of {n}."}
        for n, browser in enumerate(editors)
    ]
    told = at_once(*(lambda b=b, s=s: b.post(address, s) for b, s in zip(editors, sent, strict=True)))
    assert sorted(told) == [302, 409, 409, 409]
    winner = told.index(302)
    summary.refresh_from_db()
    assert summary.parts["impact"][0]["text"] == f"Words of {winner}."
    assert summary.parts["outlook"][0]["text"] == f"Also of {winner}."
    assert Digest.objects.get().revision == 1
    assert {line.who for line in AuditLine.objects.filter(act="edit")} == {f"editor{winner}"}


def test_a_button_pressed_in_two_tabs_at_once_acts_once(live_server):
    digest = make_digest()
    address = reverse("admin:digests_digest_change", args=[digest.pk])
    browser, entry = Browser(live_server.url, "editor"), Entry.objects.first()
    sent = browser.shown(digest) | {"act": f"move-{entry.pk}", f"category-{entry.pk}": "security"}
    told = at_once(*[lambda: browser.post(address, sent)] * 3)
    assert sorted(told) == [302, 409, 409]
    assert Entry.objects.get(pk=entry.pk).section.category.slug == "security"
    assert Digest.objects.get().revision == 1 and AuditLine.objects.filter(act="edit").count() == 1


def test_editors_who_save_other_words_at_once_all_get_through(live_server):
    digest = make_digest()
    address = reverse("admin:digests_digest_change", args=[digest.pk])
    summary = Summary.objects.filter(language="en").first()
    places = [f"s{summary.pk}-impact-0", f"s{summary.pk}-outlook-0", f"s{summary.pk}-topics-0", "head-note_ko"]
    editors = [Browser(live_server.url, f"editor{n}") for n in range(len(places))]
    sent = [
        b.shown(digest) | {place: f"Words of {n}."} for n, (b, place) in enumerate(zip(editors, places, strict=True))
    ]
    told = at_once(*(lambda b=b, s=s: b.post(address, s) for b, s in zip(editors, sent, strict=True)))
    assert told == [302] * len(places)
    kept = str(snapshot(Digest.objects.get()))
    assert [n for n in range(len(places)) if f"Words of {n}." not in kept] == []
    assert Digest.objects.get().revision == len(places)


@pytest.mark.parametrize("act", ["move", "hold", "drop", "up"])
def test_a_button_about_a_row_that_another_changed_just_before_the_lock_is_told_so(client, monkeypatch, act):
    digest = make_digest()
    client.force_login(make_editor())
    desk, entry = Desk(client, digest), Entry.objects.first()
    shown = desk.shown()
    moving = shown | {"act": f"move-{entry.pk}", f"category-{entry.pk}": "security"}
    read_act = saving.read_act  # the last that is done before the digest's row is locked

    def overtaken(asked: str) -> Any:
        monkeypatch.setattr(saving, "read_act", read_act)
        assert client.post(desk.address, moving).status_code == 302
        return read_act(asked)

    monkeypatch.setattr(saving, "read_act", overtaken)
    more = {"act": f"{act}-{entry.pk}", f"category-{entry.pk}": "theory", f"reason-{entry.pk}": "no news"}
    assert client.post(desk.address, shown | more).status_code == 409
    assert Entry.objects.get(pk=entry.pk).section.category.slug == "security" and Digest.objects.get().revision == 1


@pytest.mark.parametrize("turn", range(3))
def test_an_approval_of_one_and_words_of_two_at_once_bind_nothing_unseen(live_server, turn):
    digest = make_digest()
    address = reverse("admin:digests_digest_change", args=[digest.pk])
    decide = reverse("admin:digests_digest_decide", args=[digest.pk])
    summary = Summary.objects.filter(language="en").first()
    one, two, boss = (Browser(live_server.url, name) for name in ("one", "two", "boss"))
    seen = hash_of(snapshot(digest))
    edits = [
        one.shown(digest) | {f"s{summary.pk}-impact-0": "Words of one."},
        two.shown(digest) | {f"s{summary.pk}-outlook-0": "Words of two."},
    ]
    told = at_once(
        lambda: one.post(address, edits[0]),
        lambda: boss.post(decide, {"decision": "approve", "seen_hash": seen}),
        lambda: two.post(address, edits[1]),
    )
    digest.refresh_from_db()
    assert told[0] == told[2] == 302 and told[1] in (302, 409)
    assert (digest.revision, digest.status, digest.content_hash) == (2, Digest.Status.DRAFT, "")
    assert "Words of one." in str(snapshot(digest)) and "Words of two." in str(snapshot(digest))


@pytest.mark.parametrize("turn", range(3))
def test_an_approval_and_an_edit_at_once_never_leave_words_approved_that_nobody_saw(live_server, turn):
    digest = make_digest()
    address = reverse("admin:digests_digest_change", args=[digest.pk])
    decide = reverse("admin:digests_digest_decide", args=[digest.pk])
    summary = Summary.objects.filter(language="en").first()
    one, other = Browser(live_server.url, "one"), Browser(live_server.url, "other")
    seen = hash_of(snapshot(digest))
    edit = one.shown(digest) | {f"s{summary.pk}-impact-0": "Changed in the last moment."}
    at_once(
        lambda: one.post(address, edit),
        lambda: other.post(decide, {"decision": "approve", "seen_hash": seen}),
    )
    digest.refresh_from_db()
    assert digest.revision == 1 and digest.status == Digest.Status.DRAFT
    assert digest.approved_content is None and digest.content_hash == ""
    assert "Changed in the last moment." in str(snapshot(digest))
