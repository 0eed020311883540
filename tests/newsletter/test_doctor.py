"""What the doctor finds, what it says to do, and that nothing it looks at can make it fall over."""

import base64
import json
import socket
import threading

import dns.message
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.core.checks import Warning
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError

from newsletter.doctor import findings, ground, names, spelling
from newsletter.doctor.findings import State
from newsletter.health import Finding as HealthFinding

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class FakeNames:
    """A name server on loopback that knows these TXT records and no others."""

    def __init__(self, records: dict[str, list[str]]) -> None:
        self.records = records
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = self.socket.getsockname()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                wire, asker = self.socket.recvfrom(4096)
            except OSError:
                return
            query = dns.message.from_wire(wire)
            answer = dns.message.make_response(query)
            name = query.question[0].name.to_text(omit_final_dot=True)
            if texts := self.records.get(name):
                answer.answer.append(dns.rrset.from_text(name + ".", 60, "IN", "TXT", *(f'"{text}"' for text in texts)))
            else:
                answer.set_rcode(3)
            self.socket.sendto(answer.to_wire(max_size=4096), asker)


@pytest.fixture
def published(settings, monkeypatch):
    """Call it with TXT records by name; what the doctor finds, by what it is about."""
    settings.EMAIL_BACKEND, settings.FROM_EMAIL = SMTP, "Papers <digest@papers.example>"
    settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_PRIVATE_KEY = "papers.example", "sel", ""
    servers = []

    def publish(**records):
        fake = FakeNames({name.replace("__", "."): texts for name, texts in records.items()})
        servers.append(fake)
        monkeypatch.setattr(names, "server", fake.address)
        return {finding.name: finding for finding in names.domain_is_known()}

    yield publish
    for fake in servers:
        fake.socket.close()


def test_domain_with_all_three_records_is_in_order(published):
    found = published(
        papers__example=["other", "v=spf1 include:mail.example -all"],
        sel___domainkey__papers__example=["v=DKIM1; k=rsa; p=abc"],
        _dmarc__papers__example=["v=DMARC1; p=quarantine"],
    )
    assert {name: finding.state for name, finding in found.items()} == dict.fromkeys(["spf", "dkim", "dmarc"], State.OK)


def test_domain_without_records_is_told_which_to_publish_where(published):
    found = published()
    assert (found["spf"].state, found["dmarc"].state) == (State.FAULT, State.FAULT)
    assert "v=spf1" in found["spf"].todo
    assert "_dmarc.papers.example" in found["dmarc"].todo and "v=DMARC1" in found["dmarc"].todo
    assert found["dkim"].state == State.NOTE and "DKIM_SELECTOR" in found["dkim"].todo


@pytest.mark.parametrize(
    ("records", "what"),
    [
        (["v=spf1 -all", "v=spf1 mx -all"], "2 SPF records"),
        (["v=spf1 +all"], "allows everybody"),
        (["v=spf1 all"], "allows everybody"),
    ],
)
def test_spf_that_does_not_protect_is_a_fault(published, records, what):
    found = published(papers__example=records)
    assert found["spf"].state == State.FAULT and what in found["spf"].what


def test_dmarc_of_the_domain_above_counts(published, settings):
    settings.FROM_EMAIL = "digest@mail.papers.example"
    assert published(_dmarc__papers__example=["v=DMARC1; p=none"])["dmarc"].state == State.OK


def test_dmarc_without_a_policy_is_a_fault(published):
    assert "no policy" in published(_dmarc__papers__example=["v=DMARC1; rua=mailto:x@papers.example"])["dmarc"].what


def test_own_dkim_key_is_compared_with_the_published_one(published, settings):
    key = rsa.generate_private_key(65537, 2048)
    settings.DKIM_PRIVATE_KEY = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    ours = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    halves = f'v=DKIM1; k=rsa; p={ours[:200]}" "{ours[200:]}'
    assert published(sel___domainkey__papers__example=[halves])["dkim"].what.endswith("is ours")
    other = published(sel___domainkey__papers__example=["v=DKIM1; p=AAAA"])["dkim"]
    assert other.state == State.FAULT and "not ours" in other.what
    assert published()["dkim"].state == State.FAULT


def test_withdrawn_dkim_key_is_a_fault(published):
    assert "withdrawn" in published(sel___domainkey__papers__example=["v=DKIM1; p="])["dkim"].what


def test_name_server_that_cannot_be_reached_is_a_finding(settings, monkeypatch):
    settings.EMAIL_BACKEND = SMTP
    deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.bind(("127.0.0.1", 0))
    monkeypatch.setattr(names, "server", deaf.getsockname())
    monkeypatch.setattr(names, "SECONDS", 0.2)
    [found] = names.domain_is_known()
    deaf.close()
    assert found.state == State.FAULT and "no name server answers" in found.what and "--dns" in found.todo


def test_names_are_not_looked_up_while_mail_stays_here(settings):
    settings.EMAIL_BACKEND = "newsletter.outbox.EmailBackend"
    [found] = names.domain_is_known()
    assert found.state == State.NOTE


# ---- the ground


@pytest.mark.django_db
def test_migrated_database_is_in_order(monkeypatch):
    assert [found.state for found in ground.database_answers()] == [State.OK]
    monkeypatch.setattr(ground, "_migrations_waiting", lambda: 2)
    [found] = ground.database_answers()
    assert found.state == State.FAULT and "migrate" in found.todo


def test_database_that_is_away_is_a_finding(monkeypatch):
    def away() -> int:
        raise DatabaseError("connection to postgres://papers:secret@10.0.0.1 refused\nIs it running?")

    monkeypatch.setattr(ground, "_migrations_waiting", away)
    [found] = ground.database_answers()
    assert found.state == State.FAULT and "DATABASE_URL" in found.todo
    assert found.what == "it does not answer: connection to postgres://…@10.0.0.1 refused"


def test_redis_that_is_away_is_a_fault_and_an_embedded_broker_a_note(settings, monkeypatch):
    monkeypatch.setattr("newsletter.health.broker", lambda: HealthFinding("broker", "OperationalError", "away"))
    for address, state in (("redis://10.0.0.1:6379/0", State.FAULT), ("", State.NOTE)):
        settings.REDIS_URL = address
        assert [found.state for found in ground.broker_answers()] == [state]


@pytest.mark.parametrize(("used", "state"), [(50, State.OK), (85, State.NOTE), (97, State.FAULT)])
def test_full_disk_is_told_in_time(room, used, state):
    room(used)
    assert [found.state for found in ground.disk_has_room()] == [state]


def test_folder_that_may_not_be_written_is_a_fault(monkeypatch):
    monkeypatch.setattr("os.access", lambda place, mode: False)
    first, *_rest = ground.disk_has_room()
    assert first.state == State.FAULT and "VAR_DIR" in first.todo


def test_settings_in_order_are_told_of_even_where_a_check_is_silenced(settings, monkeypatch):
    settings.DEBUG = False
    silenced = Warning("the proxy does that", id="security.W008")
    monkeypatch.setattr("django.core.checks.run_checks", lambda **options: [silenced])
    assert [(found.name, found.state) for found in ground.settings_are_sound()] == [("settings", State.OK)]


def test_start_up_checks_are_findings_with_their_hints(settings):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["papers.example"]
    found = list(ground.settings_are_sound())
    assert any(
        each.state == State.FAULT and "ALLOWED_HOSTS" in each.what and "localhost" in each.todo for each in found
    )


# ---- the command


@pytest.fixture
def examined(monkeypatch):
    """Let the doctor examine only this."""

    def only(*found):
        monkeypatch.setattr("tests.newsletter.test_doctor.FOUND", found)
        monkeypatch.setattr(findings, "examiners", {"this": "tests.newsletter.test_doctor.tell"})

    return only


FOUND: tuple[findings.Finding, ...] = ()


def tell():
    for each in FOUND:
        if isinstance(each, Exception):
            raise each
        yield each


def test_all_well_ends_with_status_zero(examined, capsys):
    examined(findings.ok("disk", "half full"), findings.note("model", "none", "plain words", "set a key"))
    call_command("doctor")
    assert capsys.readouterr().out == "ok    disk: half full\nnote  model: none; plain words. → set a key\n"


def test_fault_ends_with_status_one_and_says_why_and_what_to_do(examined, capsys):
    examined(findings.fault("mail", "it is away", "no mail goes out", "start it"))
    with pytest.raises(CommandError, match="1 of 1") as error:
        call_command("doctor")
    assert error.value.returncode == 1
    assert capsys.readouterr().out == "FAULT mail: it is away; no mail goes out. → start it\n"


def test_examination_that_breaks_is_a_fault_and_the_others_go_on(examined, capsys, monkeypatch):
    examined(RuntimeError("boom"))
    monkeypatch.setattr(
        findings, "examiners", {"this": "tests.newsletter.test_doctor.tell", "gone": "newsletter.nowhere.at_all"}
    )
    with pytest.raises(CommandError, match="2 of 2"):
        call_command("doctor")
    assert "RuntimeError" in capsys.readouterr().out


def test_machines_read_the_same_as_json(examined, capsys):
    examined(findings.fault("mail", "it is away", "no mail goes out", "start it"))
    with pytest.raises(CommandError):
        call_command("doctor", json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert told["findings"][0] == {
        "name": "mail",
        "state": "fault",
        "what": "it is away",
        "why": "no mail goes out",
        "todo": "start it",
    }


def test_everything_that_is_to_be_examined_can_be():
    from django.utils.module_loading import import_string

    assert set(findings.examiners) == {
        "settings",
        "database",
        "broker",
        "disk",
        "dns",
        "sources",
        "pictures",
        "model",
        "mail",
        "readers",
        "clock",
    }
    assert all(callable(import_string(path)) for path in findings.examiners.values())


def test_settings_that_are_probably_misspelt_are_named_and_others_are_not(monkeypatch):
    for name in ("DIGST_BUILD_HOUR", "OPENAI_KEY_FILE", "REDIS_PASSWORD", "HOSTNAME", "SEND_CHUNK"):
        monkeypatch.setenv(name, "1")
    told = [f"{found.what}: {found.todo}" for found in spelling.misspelt()]
    assert told == [
        "DIGST_BUILD_HOUR is no setting: did you mean DIGEST_BUILD_HOUR?",
        "OPENAI_KEY_FILE is no setting: did you mean OPENAI_API_KEY_FILE?",
    ]


@pytest.mark.parametrize("given", ["nonsense", "127.0.0.1:port", "127.0.0.1:"])
def test_name_server_that_is_none_is_refused(given):
    with pytest.raises(CommandError, match="is no address such as 127.0.0.1"):
        call_command("doctor", f"--dns={given}")
