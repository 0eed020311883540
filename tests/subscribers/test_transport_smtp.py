"""Sending over SMTP, against a server that fails in every phase. What it logged is what was accepted."""

import asyncio
import json
import smtplib
import ssl
import threading
import time
from collections import Counter

import pytest
from django.conf import settings

from newsletter.mail import Rendered
from subscribers.delivery.compose import PREFERENCES_MARK, UNSUBSCRIBE_MARK
from subscribers.delivery.ledger import Due
from subscribers.delivery.outcomes import Meaning, Outcome
from subscribers.delivery.transports.base import Edition, Letter
from subscribers.delivery.transports.smtp import TRIES, SmtpTransport
from tests.faults.mischief import Log, Rule
from tests.faults.sink import Session, Sink

pytestmark = pytest.mark.once
EDITION = Edition(Rendered("오늘의 논문", f"words {UNSUBSCRIBE_MARK} {PREFERENCES_MARK}", f"<p>{UNSUBSCRIBE_MARK}</p>"))


class Relay:
    """The sink in a thread of its own, and what it accepted."""

    def __init__(self, folder, loop):
        self.path, self.loop = folder / "log", loop
        self.log = Log(self.path)
        self.sink = Sink(self.log, None, None)

    def fault(self, phase, mode, **settings):
        self.sink.mischief.rules.append(Rule(phase, mode, **settings))

    def has_hit(self, count):
        """Return when the faults have happened so often."""
        while sum(self.sink.mischief.fired.values()) < count:
            time.sleep(0.01)

    def release(self):
        """Send the replies that were held, and hold no more."""
        self.sink.mischief.rules.clear()
        self.loop.call_soon_threadsafe(self.sink.release)

    def accepted(self):
        """How often each address was accepted."""
        self.log.flush()
        return Counter(json.loads(line)["to"] for line in self.path.read_text().splitlines())


@pytest.fixture
def relay(tmp_path, settings):
    """A relay without faults yet, which the settings name."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = Relay(tmp_path, loop)
    asyncio.run_coroutine_threadsafe(made.sink.listen(True), loop).result()
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 60
    settings.EMAIL_PORT = made.sink.server.sockets[0].getsockname()[1]
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = False
    yield made
    asyncio.run_coroutine_threadsafe(made.sink.listen(False), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    made.log.file.close()


@pytest.fixture
def transport():
    """Three connections of four letters each; hung up afterwards."""
    made = SmtpTransport(3, 4)
    yield made
    made.close()


def letters(count, first=0):
    numbers = range(first, first + count)
    return [Letter(Due(n, 1, n, 0, f"r{n}@example.org", f"key-{n:08}", "en", 1), EDITION) for n in numbers]


def delivered(transport, batch, silent=0):
    """Everything that became of these letters, by address; with so many connections that wait for a reply in vain."""
    waiting, known = list(batch), {}
    transport.open()
    while len(known) < len(batch):
        if given := waiting[: transport.room]:
            del waiting[: len(given)]
            transport.submit(given)
        for sent in transport.collect(0.05):
            assert sent.letter.due.email not in known, "told twice"
            known[sent.letter.due.email] = sent.outcome
        if silent and not waiting and is_at_rest(transport, silent):
            silent = 0
            let_time_pass(transport)
    return known


def is_at_rest(transport, silent=0):
    """Whether so many connections wait for a reply, and no letter is begun before that changes."""

    async def look():
        waits = sum(bool(line.silent_since) for line in transport._lines)
        return waits == silent and (transport._rests or not transport._waiting)

    return asyncio.run_coroutine_threadsafe(look(), transport._loop).result()


def let_time_pass(transport):
    """Move the clock of the transport beyond the time that it waits for a reply."""

    def jump():
        transport._loop.time = lambda: time.monotonic() + 2 * settings.EMAIL_TIMEOUT + 1

    transport._loop.call_soon_threadsafe(jump)


def meanings(known):
    return Counter(outcome.meaning if outcome else "accepted" for outcome in known.values())


def test_everybody_gets_one_mail(relay, transport):
    known = delivered(transport, letters(50))
    assert meanings(known) == {"accepted": 50}
    assert relay.accepted() == Counter(known.keys())
    assert 1 <= relay.sink.most_open <= 3


def test_a_server_that_does_not_pipeline_is_asked_one_thing_at_a_time(relay, transport, monkeypatch):
    monkeypatch.setattr(Session, "on_ehlo", lambda self, line: self.reply("250 sink.example"))
    seen = []
    take = Session.take_command
    monkeypatch.setattr(Session, "take_command", lambda self: seen.append(self.buffer.count(b"\r\n")) or take(self))
    assert meanings(delivered(transport, letters(10))) == {"accepted": 10}
    assert max(seen) == 1


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("mode", ["drop", "reset", "hang"])
def test_a_connection_that_breaks_before_the_content_costs_nobody_the_mail(relay, transport, phase, mode):
    relay.fault(phase, mode, skip=2, first=2)
    known = delivered(transport, letters(20), silent=2 if mode == "hang" else 0)
    assert meanings(known) == {"accepted": 20}
    assert set(relay.accepted().values()) == {1}


@pytest.mark.parametrize("mode", ["accept-drop", "accept-reset", "accept-hang", "drop", "reset", "hang"])
def test_a_connection_that_breaks_after_the_content_leaves_that_mail_unknown(relay, transport, mode):
    relay.fault("body", mode, skip=3, first=2)
    known = delivered(transport, letters(20), silent=2 if "hang" in mode else 0)
    assert meanings(known) == {"accepted": 18, Meaning.UNKNOWN: 2}
    assert set(relay.accepted().values()) == {1}


def test_a_reply_counts_although_the_connection_broke_after_it(relay, transport):
    relay.fault("body", "reply-reset", skip=2, first=TRIES - 1)  # a letter that was next each time has one try left
    assert meanings(delivered(transport, letters(20))) == {"accepted": 20}
    assert set(relay.accepted().values()) == {1}


def test_a_mail_that_breaks_every_connection_is_put_off(relay, transport):
    relay.fault("rcpt", "drop", match="r7@")
    known = delivered(transport, letters(12))
    assert known["r7@example.org"].meaning is Meaning.DEFERRED
    assert meanings(known) == {"accepted": 11, Meaning.DEFERRED: 1}


@pytest.mark.parametrize(
    ("phase", "reply", "meaning"),
    [
        ("rcpt", "550", Meaning.BOUNCED),
        ("rcpt", "450", Meaning.DEFERRED),
        ("rcpt", "421", Meaning.DEFERRED),
        ("rcpt", "552 5.2.2 mailbox full", Meaning.FAILED),
        ("rcpt", "550 5.7.1 policy", Meaning.POLICY),
        ("rcpt", "530", Meaning.STOP),
        ("mail", "550", Meaning.POLICY),
        ("mail", "451", Meaning.DEFERRED),
        ("data", "554", Meaning.POLICY),
        ("body", "452", Meaning.DEFERRED),
        ("body", "554", Meaning.POLICY),
    ],
)
def test_a_refusal_is_that_mails_alone(relay, transport, phase, reply, meaning):
    relay.fault(phase, reply, skip=5, first=1)
    assert meanings(delivered(transport, letters(20))) == {"accepted": 19, meaning: 1}
    assert sum(relay.accepted().values()) == 19


def test_content_for_nobody_is_ended_empty(relay, transport, monkeypatch):
    def wants_it_anyway(self, line):
        self.in_data, self.looked = True, 0
        self.reply("354 go on")

    monkeypatch.setattr(Session, "on_data", wants_it_anyway)
    relay.fault("rcpt", "550", match="r3@")
    known = delivered(transport, letters(8))
    assert known.pop("r3@example.org").meaning is Meaning.BOUNCED
    assert relay.accepted() == Counter(known.keys())


def test_after_five_refusals_in_a_row_nothing_goes_out_until_they_are_judged(relay, transport):
    relay.fault("rcpt", "550 5.7.515")
    transport.open()
    transport.submit(letters(12))
    relay.has_hit(5)
    while not is_at_rest(transport):
        time.sleep(0.01)
    tried = sum(relay.sink.mischief.fired.values())
    assert 5 <= len(transport.collect(0)) <= tried <= 8
    assert len(transport.withdraw()) == 12 - tried


def test_refusals_are_not_taken_for_judged_before_they_can_be_collected(transport, monkeypatch):
    """The caller's thread looks in the very moment in which the fifth refusal is told."""
    seen, really_flush = [], transport._flush

    def look_and_flush():
        seen.extend(transport.collect(0))
        really_flush()

    async def refuse_five():
        for letter in letters(5):
            transport.settle(letter, Outcome(Meaning.BOUNCED, "550"))

    monkeypatch.setattr(transport, "_flush", look_and_flush)
    transport._held = 12
    asyncio.run(refuse_five())
    assert seen == [] and transport._rests
    assert len(transport.collect(0)) == 5


def test_letters_that_nothing_was_done_with_come_back(relay, transport):
    relay.fault("body", "accept-hold")
    transport.open()
    transport.submit(letters(12))
    relay.has_hit(3)
    back = transport.withdraw()
    assert len(back) == 6, "three are on the wire, three announced"
    relay.release()
    assert len(collected(transport, 6)) == 6


def collected(transport, count):
    known = []
    while len(known) < count:
        known += transport.collect(0.5)
    return known


def test_hanging_up_in_the_middle_leaves_unknown_only_what_is_on_the_wire(relay, transport):
    relay.fault("body", "accept-hang")
    transport.open()
    transport.submit(letters(12))
    relay.has_hit(3)
    transport.close()
    told = transport.collect(0)
    assert {sent.outcome.meaning for sent in told} == {Meaning.UNKNOWN} and len(told) == 3
    assert len(transport.withdraw()) == 9


def test_an_address_that_is_none_fails_alone(relay, transport):
    bad = letters(1)[0]
    broken = bad._replace(due=bad.due._replace(email="a@b.example>\r\nRCPT TO:<c@d.example"))
    known = delivered(transport, [broken, *letters(3, first=1)])
    assert meanings(known) == {"accepted": 3, Meaning.FAILED: 1}


def test_an_absent_server_is_known_before_anything_is_marked(relay, transport):
    asyncio.run_coroutine_threadsafe(relay.sink.listen(False), relay.loop).result()
    with pytest.raises(ConnectionRefusedError):
        transport.open()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (("connect", "421"), smtplib.SMTPConnectError),
        (("connect", "hang"), TimeoutError),
        (("connect", "drop"), ConnectionError),
        (("auth", "535"), smtplib.SMTPAuthenticationError),
    ],
)
def test_a_server_that_does_not_let_us_in_is_named(relay, transport, settings, fault, error):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "papers", "secret"
    if "hang" in fault:
        settings.EMAIL_TIMEOUT = 0.1
    relay.fault(*fault)
    with pytest.raises(error):
        transport.open()


def test_the_words_to_log_in_are_sent_as_the_server_wants_them(relay, transport, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "papers", "비밀"
    assert meanings(delivered(transport, letters(2))) == {"accepted": 2}


def test_without_starttls_nothing_is_sent_when_tls_is_asked_for(relay, transport, settings):
    settings.EMAIL_USE_TLS = True
    with pytest.raises(smtplib.SMTPNotSupportedError):
        transport.open()
    assert not relay.accepted()


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(relay, transport, settings, tmp_path):
    relay.sink.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    relay.sink.context.load_cert_chain(*self_signed(tmp_path))
    settings.EMAIL_USE_TLS = True
    with pytest.raises(ssl.SSLCertVerificationError):
        transport.open()
    assert not relay.accepted()


def test_mails_go_encrypted_to_a_server_with_a_good_certificate(relay, transport, settings, tmp_path, monkeypatch):
    certificate, key = self_signed(tmp_path)
    relay.sink.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    relay.sink.context.load_cert_chain(certificate, key)
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST = True, "localhost"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert meanings(delivered(transport, letters(10))) == {"accepted": 10}
    assert all(json.loads(line)["tls"] for line in relay.path.read_text().splitlines())


def self_signed(folder):
    """A certificate for localhost and its key, as files."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    (folder / "cert.pem").write_bytes(certificate.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return folder / "cert.pem", folder / "key.pem"
