"""A real Celery worker process is killed halfway through sending. The mail server's own log says who got what."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from celery import current_app

from newsletter import embedded
from subscribers.delivery.receipt import receipt
from subscribers.models import Delivery
from tests.factories import make_approved, make_reader

READERS = 24
KILL_AFTER = 8
CONNECTIONS, CHUNK = 2, 2


class Sink:
    """A mail server that keeps a log of its own, and at some mail falls silent for good."""

    def __init__(self):
        self.accepted: Counter[str] = Counter()
        self.silent_from = KILL_AFTER

    async def handle_DATA(self, server, session, envelope):
        """Accept, note, and answer. From some mail on the answer never comes: nobody can know then."""
        message = message_from_bytes(envelope.content)
        self.accepted[message["Message-ID"], *envelope.rcpt_tos] += 1
        if sum(self.accepted.values()) >= self.silent_from:
            await asyncio.get_running_loop().create_future()
        return "250 OK"


class OnAnyPort(Controller):
    """A mail server on a port that the system gives it."""

    def __init__(self, handler):
        self.listener = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self.listener.getsockname()[1])

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.listener)


@pytest.fixture
def sink():
    log = Sink()
    controller = OnAnyPort(log)
    log.port = controller.port
    controller.start()
    yield log
    controller.stop()


@pytest.fixture
def crew(sink, settings, db):
    """Starts real workers on this test's database and broker, and ends them all."""
    from django.db import connection

    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        login = f"{database['USER']}:{database['PASSWORD']}@" if database["USER"] else ""
        url = f"postgres://{login}{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}/{database['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "newsletter.settings",
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink.port),
        "SEND_CONNECTIONS": str(CONNECTIONS),
        "SEND_CHUNK": str(CHUNK),
        "VAR_DIR": str(settings.VAR_DIR),
    }
    broker = None if settings.REDIS_URL else subprocess.Popen(embedded.server_command())
    if broker:
        wait_until(embedded.is_running)
    current_app.control.purge()  # calls that other tests left there
    workers = []

    def start():
        command = [sys.executable, "-m", "celery", "-A", "newsletter", "worker", "-c", "1", "-l", "warning"]
        worker = subprocess.Popen(command, env=environment, start_new_session=True)
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        kill(worker)
    if broker:
        broker.kill()
        broker.wait()


def kill(worker):
    """End a worker and its pool as an out-of-memory killer would: no farewell."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def wait_until(happened):
    while not happened():
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_killed_worker_makes_nobody_get_the_digest_twice_and_nobody_is_forgotten(crew, sink, monkeypatch):
    from subscribers.tasks import tick

    for _ in range(READERS):
        make_reader()
    digest = make_approved()
    worker = crew()
    tick.delay()
    wait_until(lambda: sum(sink.accepted.values()) >= KILL_AFTER)
    kill(worker)
    assert KILL_AFTER <= sum(sink.accepted.values()) < KILL_AFTER + CONNECTIONS, "the kill came halfway"
    sink.silent_from = READERS * 2

    # What five minutes would do: the dead worker's leases run out.
    digest.deliveries.filter(status__in=["claimed", "sending"]).update(lease_until="2000-01-01T00:00:00Z")
    crew()
    tick.delay()
    wait_until(lambda: not digest.deliveries.filter(status__in=Delivery.OPEN).exists())

    assert max(sink.accepted.values()) == 1, "somebody was mailed twice"
    counts = receipt(digest)
    assert counts["audience"] == READERS == counts["sent"] + counts["unknown"]
    assert counts["unknown"] <= CONNECTIONS * CHUNK, "what a crash leaves unknown has a bound"
    assert len(sink.accepted) >= counts["sent"]
    missed = READERS - len(sink.accepted)
    assert missed <= counts["unknown"], "a reader without mail must be one of the unknown"
