"""A whole day at the desk in a real browser: from the front page to a closed receipt, and a correction afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from digests.models import Chart, Digest, Summary
from newsletter.mail import Rendered
from subscribers.delivery.closing import close_finished
from subscribers.delivery.opening import open_deliveries
from subscribers.delivery.send import send_due
from subscribers.models import Delivery
from tests.browser.visitor import Visitor
from tests.factories import PASSWORD, make_digest, make_editor, make_reader, make_staff

pytestmark = pytest.mark.usefixtures("nobody_woken")
NEVER = 3600


@pytest.fixture
def nobody_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk sends by itself."""
    for page in ("approving", "correcting"):
        monkeypatch.setattr(f"subscribers.desk.{page}.wake", lambda task: None)


@pytest.fixture
def look_every(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Call it to have the page of the sending renew itself every so many seconds from when it is loaded next; as long as
    nobody does it stays as it is. Without scripts it goes away to come back, and whatever was pressed meanwhile is lost:
    the walk presses nothing on a page that is about to leave."""

    def every(seconds: int) -> None:
        monkeypatch.setattr("subscribers.desk.progress.SECONDS_BETWEEN_LOOKS", seconds)

    every(NEVER)
    return every


def make_day() -> Digest:
    """Today's draft, every check green."""
    digest = make_digest(day=timezone.localdate())
    for language in ("ko", "en"):
        Chart.objects.create(digest=digest, language=language, png=b"png", sha256=language * 32, width=600, height=100)
    return digest


def sign_in(someone: Visitor, name: str) -> None:
    someone.open("/admin/login/")
    someone.page.fill("#id_username", name)
    someone.page.fill("#id_password", PASSWORD)
    someone.page.click("#login-form [type=submit]")
    someone.page.wait_for_url("**/admin/")


def press(someone: Visitor, what: str) -> None:
    """Press a button or a link of the page's own part, and see that the page it leads to fits."""
    someone.page.locator(f"#content a.button:has-text('{what}'), #content button:has-text('{what}')").first.click()
    someone.page.wait_for_load_state()
    someone.fits()


def count_of(someone: Visitor, status: str) -> str:
    return someone.page.inner_text(f"[data-count={status}]")


def see(someone: Visitor, words: str) -> None:
    """Wait until the page says so; without scripts it renews itself as a whole."""
    someone.page.get_by_text(words).first.wait_for()


@pytest.mark.parametrize(("language", "width"), [("ko", 768), ("en", 1280)])
def test_a_clean_day_is_approved_in_two_clicks(visitor: Any, language: str, width: int) -> None:
    make_editor("mina")
    make_reader()
    digest = make_day()
    someone = visitor(language, width=width)
    sign_in(someone, "mina")
    words = {"ko": ("확인하고 승인하기", "승인하고 발송"), "en": ("Check and approve", "Approve and send")}[language]
    for click in words:
        press(someone, click)
        someone.accessible()
    digest.refresh_from_db()
    assert (digest.status, digest.approved_by.username) == ("approved", "mina")
    assert f"/progress/{digest.pk}/" in someone.page.url


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_day_at_the_desk(visitor: Any, look_every: Callable[[int], None], scripts: bool) -> None:
    editor = make_editor("mina", email="mina@example.org")
    make_staff("juno", "operator")
    readers = [make_reader(send_hour=0).email for _turn in range(3)]
    digest = make_day()
    Summary.objects.filter(language="ko", section__category__slug="llm").update(
        flags=[{"kind": "number not in the abstract", "text": "5%"}]
    )
    mina = visitor("en", scripts=scripts)
    look_at = Visitor.accessible if scripts else Visitor.fits  # axe is a script
    sign_in(mina, "mina")

    press(mina, "Look at what is marked")
    assert "number not in the abstract" in mina.words
    mina.page.locator("a:has-text('Preview')").last.click()
    mina.page.frame_locator("iframe").locator("h1").wait_for()  # and there is only one
    look_at(mina)
    press(mina, "Send test mail")
    assert [message.to for message in mail.outbox] == [[editor.email]]
    mail.outbox.clear()

    mina.page.click(".breadcrumbs a >> nth=2")
    press(mina, "Approve…")
    assert "worth a look" in mina.words and "number not in the abstract" in mina.words
    press(mina, "Approve and send")

    look_every(1)
    mina.page.reload()
    digest.refresh_from_db()
    open_deliveries(digest)
    see(mina, "0 of 3 done.")
    look_every(NEVER)
    if not scripts:
        mina.page.wait_for_selector(f"[data-seconds='{NEVER}']")
    press(mina, "Pause sending")
    assert "3 readers have not got it yet" in mina.words
    send_due()
    assert mail.outbox == []

    juno = visitor("en", scripts=scripts)
    sign_in(juno, "juno")
    press(juno, "To the sending")
    press(juno, "Resume sending")
    look_every(1)
    juno.page.reload()
    send_due()
    close_finished()
    see(juno, "3 of 3 done.")
    look_every(NEVER)
    assert count_of(juno, "sent") == "3"
    assert sorted(message.to[0] for message in mail.outbox) == sorted(readers)
    mail.outbox.clear()

    mina.page.reload()
    press(mina, "Receipt")
    look_at(mina)
    press(mina, "Write a correction…")
    mina.page.fill("#id_text_ko", "수치는 4.2%입니다.")
    mina.page.fill("#id_text_en", "The figure is 4.2 %.")
    mina.page.click("[type=submit][value='Save and look at it']")
    look_at(mina)
    press(mina, "Publish, and mail 3 readers")
    send_due()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(readers)
    assert all("4.2" in message.body for message in mail.outbox)
    assert Delivery.objects.count() == 6


def test_a_mail_that_would_act_in_the_preview_can_do_nothing(visitor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = (
        "<h1>Mail</h1><script>parent.document.title = 'taken'; top.location = '/admin/logout/'</script>"
        "<img src=x onerror=\"parent.document.title = 'taken'\"><a href='javascript:parent.taken=1'>x</a>"
        "<form action='/admin/logout/' method='post'><button id='go'>go</button></form>"
    )
    monkeypatch.setattr("digests.rehearsal.render_edition", lambda *given: Rendered("Subject", "Text", hostile))
    make_editor("mina")
    digest = make_day()
    mina = visitor("en")
    sign_in(mina, "mina")
    address = f"/admin/digests/digest/{digest.pk}/preview/en/"
    mina.open(address)
    frame = mina.page.frame_locator("iframe")
    frame.locator("h1").wait_for()
    title = mina.page.title()
    frame.locator("#go").click()
    frame.locator("a").click()
    mina.page.wait_for_timeout(300)
    assert mina.page.title() == title and "taken" not in title
    assert mina.page.url.endswith(address)
    assert mina.open("/admin/").url.endswith("/admin/"), "still signed in"
    refusals = ("sandbox", "Content Security Policy", "ERR_BLOCKED_BY_RESPONSE")  # the last of the picture, if it comes
    blocked = [fault for fault in mina.faults if any(refusal in fault for refusal in refusals)]
    assert blocked, "the browser says that it refused"
    mina.faults = [fault for fault in mina.faults if fault not in blocked]
