"""Whether mail would go out: providers and mail servers are asked, and nothing is sent."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from django.utils import timezone

from newsletter.doctor.findings import State
from subscribers import doctor
from subscribers.delivery import guard
from subscribers.demo import crowd
from tests.factories import make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings):
    """Call it with a backend and the status it answers with; what was asked."""
    running = []

    def serve(name: str, status: int, **keys: str):
        asked: list[tuple[str, str, str | None]] = []

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                known_by = self.headers.get("Authorization") or self.headers.get("X-Postmark-Server-Token")
                asked.append(("GET", self.path, known_by))
                self.send_response(status)
                self.end_headers()

            do_POST = do_PUT = lambda self: asked.append(("sent!", self.path, None))

            def log_message(self, *args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
        url = f"http://127.0.0.1:{server.server_port}/"
        settings.ANYMAIL = {f"{name.upper()}_{key}": value for key, value in keys.items()} | {
            f"{name.upper()}_API_URL": url
        }
        return asked

    yield serve
    for server in running:
        server.shutdown()
        server.server_close()


def found():
    [finding] = doctor.mail_goes_out()
    return finding


def test_a_trials_readers_are_a_fault_as_soon_as_mail_is_real(settings):
    make_reader("kim@example.org")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert list(doctor.readers_are_real()) == []
    make_reader(crowd.addresses()[7])
    [finding] = doctor.readers_are_real()
    assert finding.state == State.FAULT and finding.what == "made up for the trial: 1"
    settings.EMAIL_BACKEND = doctor.OUTBOX
    assert list(doctor.readers_are_real()) == []


def test_provider_that_takes_our_key_is_in_order_and_is_sent_nothing(provider):
    asked = provider("postmark", 200, SERVER_TOKEN="tok")
    assert found().state == State.OK
    assert asked == [("GET", "/server", "tok")]


def test_mailgun_is_asked_about_the_senders_domain(provider):
    asked = provider("mailgun", 200, API_KEY="key", SENDER_DOMAIN="mg.papers.example")
    assert found().state == State.OK
    assert asked[0][:2] == ("GET", "/domains/mg.papers.example") and asked[0][2].startswith("Basic ")


@pytest.mark.parametrize(
    ("status", "state", "told"),
    [
        (401, State.FAULT, "refuses our key"),
        (503, State.FAULT, "has trouble"),
        (404, State.NOTE, "not to this question"),
    ],
)
def test_what_a_provider_says_is_told_in_words(provider, status, state, told):
    provider("postmark", status, SERVER_TOKEN="tok")
    assert found().state == state and told in found().what and "tok" not in str(found())


def test_provider_that_is_away_is_a_fault(settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "tok", "POSTMARK_API_URL": "http://127.0.0.1:1/"}
    assert found().state == State.FAULT and "cannot be reached" in found().what


def test_provider_without_its_key_is_a_fault(settings):
    settings.EMAIL_BACKEND, settings.ANYMAIL = "anymail.backends.postmark.EmailBackend", {}
    assert found().state == State.FAULT and "ANYMAIL_" in found().todo


def test_mail_server_that_is_away_is_a_fault(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert found().state == State.FAULT and "EMAIL_HOST" in found().todo


def test_outbox_folder_is_no_fault_but_worth_knowing(settings):
    settings.EMAIL_BACKEND = "newsletter.outbox.EmailBackend"
    assert found().state == State.NOTE


def test_clock_that_stands_still_and_stopped_sending_are_faults(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    assert [each.state for each in doctor.clock_ticks()] == [State.NOTE]
    guard.note_tick()
    assert {each.state for each in doctor.clock_ticks()} == {State.OK}
    guard.stop("kim", "a bad link")
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1), tick=False):
        faults = {each.name: each for each in doctor.clock_ticks() if each.state == State.FAULT}
    assert set(faults) == {"beat age", "may send"}
    assert all(each.why and each.todo for each in faults.values())
