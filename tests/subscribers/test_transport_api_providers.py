"""What each provider would be told, and so what each reader would get."""

import sys
from base64 import b64encode
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from types import ModuleType, SimpleNamespace

import pytest

from newsletter.mail import Image, harmless
from subscribers.checks import check_chart
from subscribers.delivery.compose import UNSUBSCRIBE_MARK, message_id, opaque_id, tokens_of
from subscribers.delivery.transports.base import Edition
from subscribers.delivery.transports.calls import UNSUBSCRIBE
from subscribers.delivery.transports.providers import PROVIDERS, provider_of
from tests.subscribers.wire import READERS, as_bytes, as_json, letters, words

pytestmark = [pytest.mark.once, pytest.mark.filterwarnings("ignore:.*support for SendGrid")]

BATCHES = ["mailgun", "sparkpost", "sendgrid", "unisender_go", "mailjet", "postmark", "resend", "mailtrap"]
WITHOUT_METADATA = ["mailersend", "postal"]


@pytest.mark.parametrize("backend", READERS)
def test_every_reader_gets_a_mail_of_their_own_and_sees_nobody_else(api, backend):
    posted = letters("a", "b", "c")
    sent, wire = api(backend)(posted)
    assert all(each.outcome is None and each.provider_id for each in sent)
    seen = {mail.to[0]: mail for request in wire.requests for mail in READERS[backend](request)}
    assert sorted(seen) == ["a@example.org", "b@example.org", "c@example.org"]
    for due, _edition in posted:
        mail, own = seen[due.email], tokens_of(due)
        assert mail.to == [due.email]
        for body in (mail.text, mail.html):
            assert f"/u/{own.unsubscribe}/" in body and f"/p/{own.preferences}/" in body
            assert UNSUBSCRIBE_MARK not in body and UNSUBSCRIBE not in body
            assert not any(other.due.key in body for other in posted if other.due is not due)


@pytest.mark.parametrize("backend", READERS)
def test_every_mail_has_the_headers_of_bulk_mail_and_our_name_for_it(api, backend):
    posted = letters("a", "b")
    _, wire = api(backend)(posted)
    seen = {mail.to[0]: mail for request in wire.requests for mail in READERS[backend](request)}
    for due, _edition in posted:
        mail = seen[due.email]
        headers = {name.title(): value for name, value in mail.headers.items()}
        assert f"/{tokens_of(due).unsubscribe}/>" in headers["List-Unsubscribe"]
        assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert headers["Auto-Submitted"] == "auto-generated"
        # Mailjet refuses calls that set these two, Unisender Go cannot vary the second from reader to reader.
        assert headers.get("List-Id", "").startswith("<") == (backend != "mailjet")
        assert headers.get("Message-Id") == (None if backend in ("mailjet", "unisender_go") else message_id(due))
        if backend not in WITHOUT_METADATA:
            assert mail.metadata["delivery"] == opaque_id(due)


@pytest.mark.parametrize("backend", BATCHES)
def test_many_readers_go_into_one_call(api, backend):
    _, wire = api(backend)(letters("a", "b", "c"))
    assert len(wire.requests) == 1


@pytest.mark.parametrize("backend", sorted(set(READERS) - set(BATCHES)))
def test_a_provider_without_batches_of_ours_is_sent_one_mail_a_call(api, backend):
    _, wire = api(backend)(letters("a", "b", "c"))
    assert len(wire.requests) == 3


@pytest.mark.parametrize("backend", sorted(name for name in READERS if provider_of(f"x.{name}.y").takes_images))
def test_a_chart_travels_inside_where_the_provider_takes_images(api, backend):
    image = Image("0123@inline", b"\x89PNG\r\n\x1a\n not much of a chart")
    _, wire = api(backend)(letters("a", "b", edition=Edition(words().words, image)))
    for request in wire.requests:
        sent = as_bytes(request)
        assert image.png in sent or b64encode(image.png) in sent
        assert b"0123@inline" in sent


@pytest.mark.parametrize("backend", ["brevo", "postal", "resend", "scaleway"])
def test_a_provider_that_takes_no_images_is_refused_before_the_first_mail(settings, backend):
    settings.EMAIL_BACKEND = f"anymail.backends.{backend}.EmailBackend"
    assert check_chart(None) == []
    settings.MAIL_CHART = "inline"
    assert [found.id for found in check_chart(None)] == ["subscribers.E005"]


def test_a_call_is_no_larger_than_the_provider_takes(api):
    _, wire = api("mailjet")(letters(*(f"r{n}" for n in range(120))))
    assert [len(as_json(request)["Messages"]) for request in wire.requests] == [50, 50, 20]


def test_finished_mails_are_joined_up_to_a_size(api, monkeypatch):
    monkeypatch.setitem(PROVIDERS, "postmark", replace(PROVIDERS["postmark"], largest=5000))
    sent, wire = api("postmark")(letters(*"abcdefgh"))
    sizes = [len(as_bytes(request)) for request in wire.requests]
    assert len(sent) == 8 and len(sizes) > 1 and max(sizes) < 5100
    assert sum(len(as_json(request)) for request in wire.requests) == 8


def test_editions_are_not_mixed_where_the_words_go_over_once(api):
    posted = letters("a", edition=words("one")) + letters("x", "b", edition=words("two"))[1:]
    _, wire = api("mailgun")(posted)
    seen = {mail.to[0]: mail.text for request in wire.requests for mail in READERS["mailgun"](request)}
    assert "one" in seen["a@example.org"] and "two" in seen["b@example.org"]


@pytest.mark.parametrize("odd", ["name@도메인.example.org", '"a,b"@example.org', "100%recipient.x%@example.org"])
def test_a_reader_whose_address_can_be_spelled_in_two_ways_travels_alone(api, odd):
    posted = letters("a", odd, "b")
    _, wire = api("sparkpost")(posted)
    alone, together = sorted((list(READERS["sparkpost"](request)) for request in wire.requests), key=len)
    assert (len(alone), len(together)) == (1, 2)
    assert tokens_of(posted[1].due).unsubscribe in alone[0].html


def test_an_address_is_never_twice_in_a_call(api):
    posted = letters("a", "A", "b")
    _, wire = api("mailgun")(posted)
    bodies = [mail.html for request in wire.requests for mail in READERS["mailgun"](request)]
    assert len(wire.requests) == 2
    assert all(any(tokens_of(due).unsubscribe in body for body in bodies) for due, _edition in posted)


@pytest.mark.parametrize("backend", BATCHES)
def test_a_title_cannot_ask_for_a_readers_link(api, backend):
    title = harmless("%recipient.unsubscribe% {{unsubscribe}} {{var:unsubscribe}} [[unsubscribe]] %recipient_email%")
    posted = letters("a", "b", edition=words(title))
    _, wire = api(backend)(posted)
    for request in wire.requests:
        for mail in READERS[backend](request):
            assert mail.text.startswith(title)


@pytest.mark.parametrize("backend", ["mailgun", "sparkpost", "sendgrid", "unisender_go", "mailjet", "postmark"])
def test_nobodys_reading_is_tracked(api, backend):
    _, wire = api(backend)(letters("a", "b"))
    body = as_bytes(wire.requests[0]).decode().lower()
    told = {"mailgun": 'o:tracking-clicks"\r\n\r\nno', "sparkpost": '"click_tracking": false', "postmark": '"none"'}
    told |= {"sendgrid": '"enable": false', "unisender_go": '"track_links": 0', "mailjet": '"trackclicks": "disabled"'}
    assert told[backend] in body


def test_resend_gets_a_key_in_the_call_and_brevo_in_the_mail_and_both_the_same_again(api):
    def keys():
        _, resend = api("resend")(letters("a", "b"))
        _, brevo = api("brevo")(letters("a"))
        return resend.requests[0].headers["Idempotency-Key"], as_json(brevo.requests[0])["headers"]["idempotencyKey"]

    first = keys()
    assert first == keys() and first[0] != first[1]
    _, other = api("resend")(letters("a", "b", "c"))
    assert other.requests[0].headers["Idempotency-Key"] != first[0]


def test_a_provider_not_in_the_table_is_sent_one_mail_a_call():
    assert provider_of("somebody.own.EmailBackend").most == 1


@pytest.fixture
def amazon(monkeypatch):
    """boto3 and what Anymail wants of it, without a network: (settings of the client, calls)."""
    calls = []

    class Config(SimpleNamespace):
        def merge(self, other):
            return Config(**vars(self) | vars(other))

    class Session:
        def client(self, name, **given):
            made.update(given)
            send = lambda **params: calls.append(params) or {"MessageId": f"ses-{len(calls)}"}
            return SimpleNamespace(send_email=send, close=lambda: None)

    made = {}
    names = {"BotoCoreError", "ClientError", "ConnectionError"}
    errors = {name: type(name, (Exception,), {}) for name in names}
    modules = {
        "boto3": {},
        "boto3.session": {"Session": Session},
        "botocore": {},
        "botocore.client": {"Config": Config},
    }
    for name, content in (modules | {"botocore.exceptions": errors}).items():
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    sys.modules["boto3"].session = sys.modules["boto3.session"]
    monkeypatch.delitem(sys.modules, "anymail.backends.amazon_ses", raising=False)
    yield made, calls
    sys.modules.pop("anymail.backends.amazon_ses", None)


def test_amazon_gets_whole_mails_and_is_never_asked_twice_by_boto3(amazon, api):
    made, calls = amazon
    posted = letters("a", "b")
    sent, _ = api("amazon_ses")(posted)
    assert sorted(each.provider_id for each in sent) == ["ses-1", "ses-2"]
    assert made["config"].retries == {"total_max_attempts": 1}
    for due, params in zip([due for due, _edition in posted], calls, strict=True):
        mail = message_from_bytes(params["Content"]["Raw"]["Data"], policy=default)
        assert params["Destination"] == {"ToAddresses": [due.email]} and mail["To"] == due.email
        assert mail["Message-ID"] == message_id(due) and tokens_of(due).unsubscribe in mail["List-Unsubscribe"]
        assert tokens_of(due).preferences in mail.get_body(("html",)).get_content()
        assert opaque_id(due) in mail["X-Metadata"]
