"""A day with all its troubles, and what the log of it holds: no reader's address, no link that works, no key. Nor does a
language model hear of any reader."""

import io
import json
import logging
import logging.config

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.auth import get_user_model
from django.core.management import call_command

from digests.models import Answer, Digest
from newsletter.logs import Discreet, DiscreetLines
from subscribers import lifecycle, links
from subscribers.delivery.send import send_due
from subscribers.mail import send_letters
from subscribers.models import ALL_CATEGORIES, Subscriber
from tests.factories import DAY, make_reader
from tests.fakes import FakePaper
from tests.subscribers.wire import Wire

pytestmark = pytest.mark.django_db

KEYS = {
    "OPENAI_API_KEY": "sk-verysecretmodelkey123",
    "POSTMARK": "secret-server-token-456",
    "WEBHOOK": "events:0123456789abcdefghijklmnopqrstuvwxyz",
}
READERS = ("min.ji@reader.example", "hana@reader.example", "refused@reader.example")


@pytest.fixture
def log():
    """What the product's own handler writes, from DEBUG on."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(Discreet())
    handler.setFormatter(DiscreetLines(configured.LOGGING["formatters"]["line"]["format"]))
    assert configured.LOGGING["formatters"]["line"]["()"] == "newsletter.logs.DiscreetLines"
    root = logging.getLogger()
    before = root.level
    quiet = {name: logging.getLogger(name).level for name in configured.LOGGING["loggers"]}
    for name, options in configured.LOGGING["loggers"].items():
        logging.getLogger(name).setLevel(options["level"])
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)
    for name, level in quiet.items():
        logging.getLogger(name).setLevel(level)


def says(request):
    """Postmark takes every mail but one, whose address it repeats in its refusal."""
    mails = json.loads(request.body)
    answers = [
        {"ErrorCode": 406, "Message": f"Inactive recipient: {mail['To']}"}
        if "refused" in mail["To"]
        else {"ErrorCode": 0, "To": mail["To"], "MessageID": "m1", "Message": "OK", "SubmittedAt": "2024-11-22"}
        for mail in (mails if isinstance(mails, list) else [mails])
    ]
    return 200, answers if isinstance(mails, list) else answers[0]


def test_log_of_a_day_names_nobody_and_holds_no_secret(client, sources, model, settings, monkeypatch, tmp_path, log):
    settings.VAR_DIR = tmp_path
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": KEYS["POSTMARK"], "WEBHOOK_SECRET": [KEYS["WEBHOOK"]]}
    settings.EVENT_PROVIDERS = ["postmark"]
    settings.OPENAI_API_KEY = KEYS["OPENAI_API_KEY"]
    wire = Wire(says)
    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", lambda self, request, **kw: wire.send(request, **kw))
    sources.add(FakePaper("2411.00001", "Image generation", "We present a model. It cuts FID by 12%.", 30, ("cs.CV",)))
    client.raise_request_exception = False

    with time_machine.travel("2024-11-21T09:00:00+09:00", tick=True):
        lifecycle.sign_up(READERS[0], "ko", ALL_CATEGORIES)
        send_letters()
        newcomer = Subscriber.objects.get(email=READERS[0])
        client.post(links.path(links.CONFIRM, newcomer.key))
        others = [make_reader(email) for email in READERS[1:]]
    with time_machine.travel("2024-11-22T05:00:00+09:00", tick=True):
        model(401)
        call_command("build_digest", date=DAY)
        get_user_model().objects.create_superuser("kim", "kim@desk.example", "a long enough password")
        call_command("approve_digest", date=DAY, by="kim")
    with time_machine.travel("2024-11-22T09:00:00+09:00", tick=True):
        send_due()
        tokens = [links.token(purpose, newcomer.key) for purpose in (links.PREFERENCES, links.UNSUBSCRIBE)]
        client.get(f"/preferences/{tokens[0]}x/")
        client.get(f"/preferences/{tokens[0]}/nowhere/")
        client.post(f"/unsubscribe/{tokens[1]}/", {"List-Unsubscribe": "One-Click"})
        client.post("/events/postmark/", "{}", content_type="application/json", HTTP_AUTHORIZATION="Basic c2VjcmV0MTIz")
        monkeypatch.setattr("subscribers.suppression.lift", fail_with_address)
        left = Subscriber.objects.get(email=READERS[0])
        Subscriber.objects.filter(pk=left.pk).update(status="pending")
        answer = client.post(links.path(links.CONFIRM, left.key))
        assert answer.status_code == 500, "an error with its trace belongs into this log, too"

    written = log.getvalue()
    assert wire.requests and Digest.objects.get().deliveries.count() == 3
    assert "Traceback" in written and "<address>" in written, "the log must have had something to hide"
    people = [*READERS, "kim@desk.example", *(each.key for each in (newcomer, *others))]
    for secret in (*people, *tokens, *KEYS.values(), settings.SECRET_KEY, *settings.LINK_KEYS, "c2VjcmV0MTIz"):
        assert secret.lower() not in written.lower()


def fail_with_address(email, *reasons):
    raise RuntimeError(f"the database hung up over {email}, token sk-verysecretmodelkey123, Bearer abcdefghijkl")


def test_no_question_to_a_model_holds_anything_of_a_reader(sources, model, settings):
    readers = [make_reader(email) for email in READERS]
    sources.add(FakePaper("2411.00001", "Image generation", "We present a model. It cuts FID by 12%.", 30, ("cs.CV",)))
    fake = model(500)
    with time_machine.travel("2024-11-22T05:00:00+09:00", tick=True):
        call_command("build_digest", date=DAY)
    asked = json.dumps([*Answer.objects.values_list("messages", flat=True), *map(str, fake.requests)])
    assert "Image generation" in asked
    for reader in readers:
        assert reader.email not in asked and reader.key not in asked
