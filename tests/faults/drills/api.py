"""F27-F33: the mail provider's API refuses, breaks after it took the mails, or tells us things twice."""

from __future__ import annotations

import hashlib
import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.faults.drills import drill
from tests.faults.installation import POOL
from tests.faults.machines import wait_for
from tests.faults.rig import Rig

SIGNING_KEY = "signing key of the drills"
READERS_IN_A_CALL = 250


def go(rig: Rig) -> None:
    """Approve and start the crew."""
    rig.approve()
    rig.worker()
    rig.beat()


@drill("F27", "429 with Retry-After: 10, for 10 s", once=True)
def too_many(rig: Rig) -> None:
    """We wait as told."""
    rig.use_mailgun()
    rig.sink.fault("call", "429", delay=10, seconds=10)
    go(rig)
    wait_for(rig.sink.fired, 60, "the first refusal")
    time.sleep(10)
    refused = sum(rig.sink.fired().values())
    rig.expect(refused <= 20, f"{refused} calls within a Retry-After of 10 s")
    rig.notes.append(f"{refused} calls were refused")
    rig.mend()
    rig.settle()
    rig.expect(rig.standing("unknown", "failed", "bounced") == 0, "readers were blamed for a 429")


@drill("F28", "500 before accepting, and after", once=True)
def server_error(rig: Rig) -> None:
    """This API has no idempotency key, so both may have been accepted: unknown, never sent again."""
    rig.use_mailgun()
    rig.sink.fault("call", "500", first=2, skip=2)
    rig.sink.fault("call", "accept-500", first=2, skip=4)
    go(rig)
    rig.settle()


@drill("F28b", "500 to every call for 20 s", once=True)
def server_errors(rig: Rig) -> None:
    """Nobody can know what was taken, so few are risked, and nobody is needed to go on."""
    rig.use_mailgun()
    rig.settings["SEND_CONNECTIONS"] = "1"
    rig.sink.fault("call", "500", seconds=20)
    go(rig)
    wait_for(rig.sink.fired, 60, "the first error")
    time.sleep(22)
    rig.mend()
    rig.settle()
    calls, unknown = sum(rig.sink.fired().values()), rig.standing("unknown")
    rig.notes.append(f"{calls} calls were in doubt")
    # The first call of each child of the pool carries as many as a call does, all others one.
    rig.expect(unknown <= POOL * READERS_IN_A_CALL + calls, f"{calls} calls left {unknown} unknown")


@drill("F29", "no answer after the mails were accepted", once=True)
def no_answer(rig: Rig) -> None:
    """A time-out."""
    rig.use_mailgun()
    rig.sink.fault("call", "accept-hang", first=1, skip=2)
    rig.sink.fault("call", "accept-reset", first=1, skip=4)
    go(rig)
    rig.settle(330)


@drill("F30", "200 with an HTML page, and 200 without an id", once=True)
def garbage(rig: Rig) -> None:
    """Accepted is accepted, or unknown; nothing breaks."""
    rig.use_mailgun()
    rig.sink.fault("call", "garbage", first=2, skip=2)
    rig.sink.fault("call", "no-id", first=2, skip=4)
    go(rig)
    rig.settle()


@drill("F31", "one recipient makes the whole call fail", once=True)
def partly_refused(rig: Rig) -> None:
    """Only that recipient is without mail."""
    rig.use_mailgun()
    poison = r"\breader\d*77@"
    rig.sink.fault(
        "call", "400", match=poison, text="'to' parameter is not a valid address. please check documentation"
    )
    go(rig)
    rig.settle(330)
    without = {who for who, status in rig.ledger().items() if status in ("bounced", "failed", "unknown")}
    named = {
        row[0] for row in rig.sql("SELECT lower(email) FROM subscribers_subscriber WHERE email ~ %s", "reader\\d*77@")
    }
    rig.expect(without <= named, f"{len(without - named)} readers suffered for others: {sorted(without - named)[:3]}")
    rig.notes.append(f"{len(without)} recipients refused")


@drill("F32", "401: the key is refused", once=True)
def key_refused(rig: Rig) -> None:
    """The run stops, and goes on when the key is mended."""
    rig.use_mailgun()
    rig.sink.fault("call", "401")
    go(rig)
    wait_for(lambda: rig.digest_status == "paused", 90, "the digest to be paused")
    time.sleep(3)
    refused = sum(rig.sink.fired().values())
    rig.expect(refused <= 20, f"{refused} calls with a refused key")
    rig.expect(rig.standing("unknown", "failed", "bounced") == 0, "readers were blamed for our key")
    rig.sink.clear()
    rig.move("sending")
    rig.mend()
    rig.settle()


@drill("F33", "10,000 events: repeated, reordered, forged and replayed")
def flood(rig: Rig) -> None:
    """The rows end as if each event had come once and in order."""
    rig.use_mailgun()
    site = rig.web()
    go(rig)
    rig.settle()
    expected: dict[str, str] = {}
    events: list[dict[str, Any]] = []
    for number, mail in enumerate(rig.sink.accepted()):
        # Few enough that no guard takes them for a flood of bounces.
        last = {3: "bounced", 7: "complained"}.get(number % 600, "delivered")
        expected[mail["to"]] = last
        if last == "bounced":
            rig.returned.add(mail["to"])
        kinds = ["delivered"] if last == "delivered" else ["delivered", last]
        events += [event(mail, kind, f"{number}-{kind}") for kind in kinds for _again in range(3)]
    forged = [event(mail, "complained", f"forged-{mail['to']}") for mail in rig.sink.accepted()[:200]]
    for each in forged:
        each["signature"]["signature"] = "0" * 64
    everything = events + forged
    everything += [everything[rig.random.randrange(len(events))] for _ in range(10_000 - len(everything))]
    rig.random.shuffle(everything)
    answers = post_all(site, everything)
    rig.notes.append(f"answers {answers}")
    rig.expect(set(answers) <= {200, 400, 403}, f"the flood was answered with {answers}")
    time.sleep(5)
    ledger = rig.ledger()
    wrong = [who for who, status in expected.items() if ledger[who] != status]
    rig.expect(not wrong, f"{len(wrong)} rows are not as the events say, such as "
               f"{[(expected[who], ledger[who]) for who in wrong[:3]]}")  # fmt: skip


def post_all(site: str, events: list[dict[str, Any]]) -> dict[int, int]:
    """Post them from eight sides at once; how often each status was the answer."""
    with httpx.Client(
        base_url=site, timeout=60, auth=("drills", "a secret of more than thirty-two characters")
    ) as client:

        def post(one: dict[str, Any]) -> int:
            return client.post("/events/mailgun/", json=one).status_code

        with ThreadPoolExecutor(8) as crowd:
            statuses = list(crowd.map(post, events))
    return {status: statuses.count(status) for status in sorted(set(statuses))}


def event(mail: dict[str, Any], kind: str, identity: str) -> dict[str, Any]:
    """A signed event as Mailgun posts it."""
    now = time.time()
    stamp, token = str(int(now)), hashlib.sha256(identity.encode()).hexdigest()[:50]
    signature = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    told: dict[str, Any] = {
        "id": identity,
        "event": {"bounced": "failed"}.get(kind, kind),
        "timestamp": now,
        "recipient": mail["to"],
        "message": {
            "headers": {"message-id": mail["mid"].strip("<>") or f"{mail['call']}@mailgun.example", "to": mail["to"]}
        },
        "user-variables": mail.get("variables", {}),
    }
    if kind == "bounced":
        told |= {"severity": "permanent", "reason": "bounce", "delivery-status": {"code": 550, "message": "5.1.1 gone"}}
    return {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": told}
