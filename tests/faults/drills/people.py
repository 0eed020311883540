"""F52-F55: editors press twice, edit too late, pause and resume; readers leave while we send."""

from __future__ import annotations

import email
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email import policy

import httpx

from tests.faults.drills import drill
from tests.faults.installation import CHUNK, CONNECTIONS, POOL
from tests.faults.machines import wait_for
from tests.faults.prepare import EDITOR, PASSWORD
from tests.faults.rig import Rig
from tests.faults.visitors import DESK, Fields, Visitor

CLICKS = 20
LEAVERS = 500
STOP_SECONDS = 5.0
OURS = re.compile(r"^(edited\d|unapproved|approvedatlast) ")


def remember_audience(rig: Rig) -> None:
    """Who must be heard of, where the drill approves by the page."""
    rig.audience = [
        row[0] for row in rig.sql("SELECT lower(email) FROM subscribers_subscriber WHERE status = 'active'")
    ]


def digest_number(rig: Rig) -> int:
    """The digest's number in addresses."""
    return int(rig.sql("SELECT id FROM digests_digest")[0][0])


@drill("F52", f"approve is pressed {CLICKS} times at once, by two editors")
def many_clicks(rig: Rig) -> None:
    """One approval, one opening."""
    site, number = rig.web(), digest_number(rig)
    rig.python("from django.contrib.auth import get_user_model as model; "
               f"model().objects.create_superuser('second', 'second@example.org', {PASSWORD!r})")  # fmt: skip
    rig.guests.add("second@example.org")
    editors = [Visitor(site) for _ in range(CLICKS)]
    for turn, editor in enumerate(editors):
        editor.log_in(EDITOR if turn % 2 else "second", PASSWORD)
    remember_audience(rig)
    rig.sink.ask("pace", accept_seconds=0.02)
    rig.worker()
    rig.beat(tick=0.5)
    start = threading.Barrier(CLICKS)

    def press(editor: Visitor) -> int:
        return editor.approve(number, start.wait).status_code

    with ThreadPoolExecutor(CLICKS) as crowd:
        answers = list(crowd.map(press, editors))
    rig.expect(all(answer == 302 for answer in answers), f"the clicks were answered with {sorted(set(answers))}")
    rig.settle()


@drill("F53", "an edit falls into the approval, and another between approval and sending")
def edits(rig: Rig) -> None:
    """What goes out is what was approved last, to everybody."""
    site, number = rig.web(), digest_number(rig)
    editor, other = Visitor(site), Visitor(site)
    for each in (editor, other):
        each.log_in(EDITOR, PASSWORD)
    rig.sink = rig.start_receiving("tests.faults.sink", "--keep", str(made(rig)))
    rig.settings["EMAIL_PORT"] = str(rig.sink.port)
    for turn in range(3):
        with ThreadPoolExecutor(2) as crowd:
            crowd.submit(editor.approve, number)
            time.sleep(rig.random.uniform(0, 0.05))
            crowd.submit(rewrite, other, number, f"edited{turn}")
        approved = rig.sql("SELECT approved_content::text FROM digests_digest WHERE status = 'approved'")
        words = shown_words(other, number)
        rig.expect(not approved or f"edited{turn}" not in words or f"edited{turn}" in approved[0][0],
                   "an approval stands for words that nobody approved")  # fmt: skip
    rig.expect(editor.approve(number).status_code == 302, "the last approval was refused")
    wait_for(lambda: rig.digest_status == "approved", 5, "the approval")
    rewrite(other, number, "unapproved")
    wait_for(lambda: rig.digest_status == "draft", 5, "the edit to take the approval back")
    rig.worker()
    rig.beat()
    time.sleep(8)
    rig.expect(rig.sink.count() == 0, "a draft was sent")
    rewrite(other, number, "approvedatlast")
    remember_audience(rig)
    editor.approve(number)
    rig.settle()
    sent = [file.read_bytes() for file in (rig.folder / "kept").iterdir()]
    rig.expect(any(says(mail, "approvedatlast") for mail in sent), "nobody got the words that were approved last")
    wrong = [mail for mail in sent if says(mail, "unapproved") or says(mail, "edited")]
    rig.expect(not wrong, f"{len(wrong)} mails say what nobody approved")


@drill("F54", f"{LEAVERS} readers leave while the digest is sent")
def leavers(rig: Rig) -> None:
    """Whoever was told that they are out, and whose mail was not on its way yet, gets none."""
    rig.more_readers(1500)
    site = rig.web()
    links = rig.python(
        "from subscribers import links\nfrom subscribers.models import Subscriber\n"
        "for reader in Subscriber.objects.all():\n"
        "    print(reader.email.lower(), links.path(links.UNSUBSCRIBE, reader.key))"
    )
    addresses = dict(line.split() for line in links.splitlines())
    rig.set_out(accept_seconds=0.06)
    leaving = rig.random.sample(sorted(addresses), LEAVERS)
    told: dict[str, float] = {}
    slowest = 0.0
    with httpx.Client(base_url=site, timeout=30) as client:

        def leave(who: str) -> float:
            began = time.time()
            answer = client.post(addresses[who], data={"List-Unsubscribe": "One-Click"})
            if answer.status_code == 200:
                told[who] = time.time()
            return time.time() - began

        with ThreadPoolExecutor(4) as crowd:
            slowest = max(crowd.map(leave, leaving))
    rig.expect(len(told) == LEAVERS, f"{LEAVERS - len(told)} readers were not let go")
    rig.expect(slowest < 1, f"leaving took up to {slowest:.1f} s")
    rig.settle()
    # What was `sending` when the answer came may still arrive; it was handed over already, at most one hold a process.
    after = [line for line in rig.sink.accepted() if line["t"] > told.get(line["to"], float("inf"))]
    longest = CONNECTIONS * CHUNK * POOL
    rig.expect(len(after) <= longest, f"{len(after)} mails to readers who had left")
    late = [line for line in after if line["t"] > told[line["to"]] + CHUNK * 0.06 + 2]
    rig.expect(not late, f"{len(late)} mails to readers who had left seconds ago")
    rig.notes.append(f"slowest answer {slowest:.2f} s, {len(after)} mails were on their way")
    rig.notes.append(f"{rig.standing('suppressed')} were spared")


@drill("F55", "pause, resume, pause, resume, then cancel the rest")
def pauses(rig: Rig) -> None:
    """Each takes hold within seconds, and nothing is sent twice."""
    site, number = rig.web(), digest_number(rig)
    editor = Visitor(site)
    editor.log_in(EDITOR, PASSWORD)
    rig.set_out(accept_seconds=0.06)
    for decision in ("pause", "pause", "cancel"):
        rig.flow(30)
        time.sleep(rig.random.uniform(0, 1))
        if decision == "cancel":
            editor.decide(number, "pause")
        else:
            editor.decide(number, decision)
        pressed = time.time()
        time.sleep(STOP_SECONDS + 2)
        last = max(line["t"] for line in rig.sink.accepted())
        rig.expect(last - pressed < STOP_SECONDS, f"mail went out {last - pressed:.1f} s after the pause")
        rig.notes.append(f"{decision} took {max(0, last - pressed):.1f} s")
        before = rig.sink.count()
        if decision == "pause":
            editor.decide(number, "resume")
            rig.mend()
        else:
            cancel(rig, editor, number)
            time.sleep(6)
            rig.expect(rig.sink.count() == before, "mail went out after the cancellation")
    rig.settle(60)


def cancel(rig: Rig, editor: Visitor, number: int) -> None:
    """Press cancel."""
    editor.decide(number, "cancel")
    rig.expect(rig.digest_status == "cancelled", f"after cancel the digest is {rig.digest_status}")


def made(rig: Rig) -> str:
    """A folder for whole mails."""
    folder = rig.folder / "kept"
    folder.mkdir()
    return str(folder)


def says(mail: bytes, word: str) -> bool:
    """Whether the word is in the mail's text."""
    body = email.message_from_bytes(mail, policy=policy.default).get_body(("plain",))
    return body is not None and re.search(rf"\b{word}", body.get_content()) is not None


def rewrite(editor: Visitor, number: int, word: str) -> None:
    """Begin the first text on the desk with the word, in place of the one it began with before, and save."""

    def with_word(fields: Fields) -> Fields:
        first = next(name for name, value in fields.items() if isinstance(value, str) and not name.startswith("head-"))
        return {first: f"{word} {OURS.sub('', fields[first].strip())}"}

    editor.fill_in(DESK.format(number), with_word, "form.desk-form")


def shown_words(editor: Visitor, number: int) -> str:
    """What the desk shows."""
    return editor.client.get(DESK.format(number)).text
