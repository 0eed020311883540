"""F15-F26: the mail server refuses, hangs, hangs up or cannot be trusted."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

from tests.faults.drills import Skip, drill
from tests.faults.installation import CHUNK, CONNECTIONS, POOL
from tests.faults.machines import wait_for
from tests.faults.rig import Rig

AWAY_SECONDS = 12.0
MOST_REFUSED = 20


@drill("F15", "the mail server refuses connections, before and during sending")
def refused(rig: Rig) -> None:
    """All is put off, and tried again by itself."""
    rig.sink.ask("listen", on=False)
    rig.sink.ask("pace", accept_seconds=0.03)
    rig.approve()
    rig.worker()
    rig.beat()
    time.sleep(AWAY_SECONDS)
    rig.sink.ask("listen", on=True)
    rig.mend()
    rig.flow(100)
    rig.sink.ask("listen", on=False)
    time.sleep(3)
    rig.sink.ask("listen", on=True)
    rig.crash()
    rig.settle()


@drill("F16", "421 at the greeting for 10 s, then at 5 % of the recipients for 10 s")
def server_closes(rig: Rig) -> None:
    """A new connection, after a while; nothing was accepted, so nothing is unknown."""
    rig.sink.fault("connect", "421", seconds=10)
    rig.sink.fault("rcpt", "421", rate=0.05, seconds=10, seed=rig.random.randrange(1000))
    rig.sink.ask("pace", accept_seconds=0.03)
    rig.approve()
    rig.worker()
    rig.beat()
    rig.flow(1)
    rig.settle()
    rig.expect(rig.standing("unknown") == 0, "rows are unknown though the server refused before it took the mail")


@drill("F17", "450 to everybody for 15 s (greylisting)")
def greylisting(rig: Rig) -> None:
    """Everybody gets the mail later, once."""
    rig.sink.fault("rcpt", "450", seconds=15)
    rig.approve()
    rig.worker()
    rig.beat()
    wait_for(lambda: rig.sink.fired(), 60, "the first refusal")
    time.sleep(15)
    rig.mend()
    rig.settle()
    rig.expect(rig.standing("unknown", "bounced", "failed") == 0, "a refusal for now was taken for a final one")


@drill("F18", "550 5.1.1 for 2 % of the readers")
def no_such_user(rig: Rig) -> None:
    """Those bounce and are struck off; nobody else is."""
    gone = r"reader\d*[27]3@"
    rig.sink.fault("rcpt", "550", match=gone)
    rig.set_out(accept_seconds=0.03)
    rig.settle(330)
    struck = rig.sql("SELECT count(*) FROM subscribers_subscriber WHERE status = 'bounced'")[0][0]
    named = rig.sql(
        "SELECT count(*) FROM subscribers_delivery d JOIN subscribers_subscriber s ON s.id = d.subscriber_id "
        "WHERE s.email ~ %s AND d.status <> 'skipped'",
        gone,
    )[0][0]
    rig.expect(rig.standing("bounced") == named, f"{rig.standing('bounced')} bounced, {named} were refused")
    rig.expect(struck == named, f"{struck} readers were struck off, {named} were refused")


def stops(rig: Rig, phase: str, reply: str) -> None:
    """A refusal that is about us stops the run early, bounces nobody, and the rest goes out after an editor resumed."""
    rig.sink.fault(phase, reply)
    rig.approve()
    rig.worker()
    rig.beat()
    wait_for(lambda: rig.digest_status == "paused", 150, "the digest to be paused")
    time.sleep(3)
    refused = sum(rig.sink.fired().values())
    rig.expect(refused <= MOST_REFUSED, f"{refused} mails were refused before the run stopped")
    rig.notes.append(f"stopped after {refused} refusals")
    blamed = rig.standing("bounced", "failed", "unknown")
    rig.expect(blamed == 0, f"{blamed} readers were blamed for it")
    struck = rig.sql("SELECT count(*) FROM subscribers_subscriber WHERE status <> 'active'")[0][0]
    rig.expect(struck == 0, f"{struck} readers were struck off")
    rig.sink.clear()
    rig.move("sending")
    rig.mend()
    rig.settle()


@drill("F19", "550 5.7.515 to everybody (the sender is refused)", once=True)
def sender_refused(rig: Rig) -> None:
    """As large providers say to who does not authenticate their mail."""
    stops(rig, "rcpt", "550 5.7.515 access denied")


@drill("F19b", "535 at the login", once=True)
def login_refused(rig: Rig) -> None:
    """A wrong or expired password."""
    rig.settings |= {"EMAIL_HOST_USER": "papers", "EMAIL_HOST_PASSWORD": "wrong"}
    stops(rig, "auth", "535")


@drill("F20", "554 to every mail's content", once=True)
def content_refused(rig: Rig) -> None:
    """A filter does not like the digest."""
    stops(rig, "body", "554 5.6.0 message refused")


@drill("F21", "hangs before the greeting, after MAIL and after RCPT", once=True)
def hangs_early(rig: Rig) -> None:
    """Time-outs; nothing was accepted, so nothing is unknown."""
    for phase in ("connect", "mail", "rcpt"):
        rig.sink.fault(phase, "hang", first=2)
    rig.sink.ask("pace", accept_seconds=0.01)
    rig.approve()
    rig.worker()
    rig.beat()
    rig.settle(330)
    rig.expect(rig.standing("unknown") == 0, "rows are unknown though nothing was accepted")


@drill("F22", "hangs after the final dot, mail accepted", once=True)
def hangs_late(rig: Rig) -> None:
    """Unknown, never sent again, and the others go on."""
    rig.sink.fault("body", "accept-hang", first=3, skip=100)
    rig.set_out(accept_seconds=0.01)
    rig.settle(330)
    expect_exactly(rig)


@drill("F23", "a TCP reset after the final dot of 2 % of the mails, which were accepted")
def resets_late(rig: Rig) -> None:
    """Unknown are those, and no others."""
    rig.sink.fault("body", "accept-reset", rate=0.02, seed=rig.random.randrange(1000))
    rig.set_out(accept_seconds=0.02)
    rig.settle(330)
    expect_exactly(rig)


def expect_exactly(rig: Rig) -> None:
    """Unknown are the mails whose reply was lost. A mail that was on its way behind one of them on the same connection
    may be unknown too: whether its final dot arrived, nobody can know."""
    lost = sum(rig.sink.fired().values())
    unknown = rig.standing("unknown")
    rig.notes.append(f"{lost} replies lost")
    rig.expect(lost <= unknown <= 2 * lost, f"{unknown} are unknown, {lost} replies were lost")


@drill("F24", "250, then a TCP reset, for 2 % of the mails")
def resets_after_reply(rig: Rig) -> None:
    """The reply counts."""
    rig.sink.fault("body", "reply-reset", rate=0.02, seed=rig.random.randrange(1000))
    rig.set_out(accept_seconds=0.02)
    rig.settle(330)
    lost = sum(rig.sink.fired().values())
    rig.expect(rig.standing("unknown") <= lost, "more than the mails behind the reset ones are unknown")


@drill("F25", "the mail server takes 4 s a mail, so that a chunk takes longer than a lease", once=True)
def slow_server(rig: Rig) -> None:
    """Leases are renewed."""
    rig.few_readers(CONNECTIONS * POOL * CHUNK)
    rig.sink.ask("pace", accept_seconds=4.0)
    rig.approve()
    rig.worker()
    rig.beat()
    rig.settle(330)
    rig.expect(rig.standing("unknown") == 0, "slowness made rows unknown")


@drill("F26", "STARTTLS with a certificate of nobody, then with one that is trusted", once=True)
def false_certificate(rig: Rig) -> None:
    """No mail goes out in the clear, and nobody is blamed."""
    cert, key = certificate(rig.folder)
    rig.sink = rig.start_receiving("tests.faults.sink", "--cert", str(cert), "--key", str(key))
    rig.settings |= {"EMAIL_PORT": str(rig.sink.port), "EMAIL_USE_TLS": "True"}
    rig.approve()
    worker = rig.worker()
    rig.beat()
    wait_for(
        lambda: rig.sql("SELECT 1 FROM subscribers_delivery WHERE error <> '' LIMIT 1"), 90, "a refusal on our side"
    )
    time.sleep(3)
    rig.expect(rig.sink.count() == 0, "mail was sent to a server that nobody vouches for")
    blamed = rig.standing("bounced", "failed", "unknown")
    rig.expect(blamed == 0, f"{blamed} readers were blamed for it")
    worker.terminate()
    worker.environment = rig.environment(SSL_CERT_FILE=str(cert))
    if rig.digest_status == "paused":
        rig.move("sending")
    worker.start()
    rig.mend()
    rig.settle()
    rig.expect(all(line["tls"] for line in rig.sink.accepted()), "mail went out in the clear")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key. Raises Skip without openssl."""
    if shutil.which("openssl") is None:
        raise Skip("no openssl to make a certificate with")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key
