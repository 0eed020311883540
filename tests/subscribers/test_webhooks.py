"""The providers' door: who may knock, how much they may bring, and that Anymail's formats are read as we mean them."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from django.core.checks import run_checks
from django.test import Client

from newsletter import http
from subscribers import webhooks
from subscribers.delivery import events, names, sns
from subscribers.models import Delivery, DeliveryEvent, UnusedReports
from tests.subscribers import amazon
from tests.subscribers.came_back import make_delivery, reader_of, status_of

pytestmark = pytest.mark.django_db
SECRET = "events:0123456789abcdefghijklmnopqrstuvwxyz"
KEY = "a signing key"
RECORDED = os.environ.get("RECORDED_DATA", "")


@pytest.fixture(autouse=True)
def configured(settings):
    """Settings as with Mailgun, and all others allowed to report."""
    settings.EVENT_PROVIDERS = sorted(webhooks.VIEWS)
    settings.SNS_TOPIC_ARNS = [amazon.TOPIC]
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": [SECRET],
        "MAILGUN_WEBHOOK_SIGNING_KEY": KEY,
        "RESEND_SIGNING_SECRET": "whsec_" + base64.b64encode(b"svix").decode(),
    }
    return settings


@pytest.fixture
def amazon_answers(monkeypatch):
    fake = amazon.Amazon()
    monkeypatch.setattr(http, "transport", httpx.MockTransport(fake))
    sns._key_at.cache_clear()
    return fake


def basic(secret=SECRET):
    return "Basic " + base64.b64encode(secret.encode()).decode()


def post(body, provider="mailgun", auth=SECRET, **headers):
    """The status of the answer to this body, JSON unless it is text or bytes."""
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    if auth:
        headers["Authorization"] = basic(auth)
    client = Client(raise_request_exception=True)
    return client.post(f"/events/{provider}/", sent, content_type="application/json", headers=headers)


def mailgun(delivery, event="delivered", key=KEY, **fields):
    """A report as Mailgun posts it."""
    stamp, token = str(int(time.time())), os.urandom(25).hex()
    signature = hmac.new(key.encode(), (stamp + token).encode(), hashlib.sha256).hexdigest()
    about = {
        "event": event,
        "timestamp": time.time(),
        "recipient": delivery.subscriber.email,
        "message": {"headers": {"message-id": "whatever@mailgun"}},
        "user-variables": {"delivery": names.name_of(delivery.pk)},
    }
    return {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": about | fields}


def test_report_with_secret_and_signature_is_taken():
    delivery = make_delivery()
    assert post(mailgun(delivery)).status_code == 200
    assert status_of(delivery) == "delivered"


def test_name_in_the_message_id_will_do_without_metadata():
    delivery = make_delivery()
    own = names.message_id(delivery.digest_id, delivery.pk).strip("<>")
    about = {"user-variables": {}, "message": {"headers": {"message-id": own}}}
    assert post(mailgun(delivery, **about)).status_code == 200
    assert status_of(delivery) == "delivered"


@pytest.mark.parametrize("auth", ["", "events:wrong", "x" * 5000, SECRET + "x"])
def test_who_does_not_know_the_secret_gets_400_and_changes_nothing(auth):
    delivery = make_delivery()
    assert post(mailgun(delivery), auth=auth).status_code == 400
    assert status_of(delivery) == "sent"
    assert not UnusedReports.objects.exists()


def test_secret_in_the_address_is_no_secret():
    delivery = make_delivery()
    body = json.dumps(mailgun(delivery))
    answer = Client().post(f"/events/mailgun/?secret={SECRET}&auth={SECRET}", body, content_type="application/json")
    assert (answer.status_code, status_of(delivery)) == (400, "sent")


def test_false_signature_is_refused_though_the_secret_is_right():
    delivery = make_delivery()
    assert post(mailgun(delivery, key="another")).status_code == 400
    assert status_of(delivery) == "sent"


def test_resend_is_taken_only_with_its_signature():
    delivery = make_delivery()
    headers = [{"name": "X-Metadata", "value": json.dumps({"delivery": names.name_of(delivery.pk)})}]
    about = {"email_id": "1", "to": ["r@example.com"], "headers": headers}
    body = json.dumps({"type": "email.delivered", "data": about})
    true = base64.b64encode(hmac.digest(b"svix", f"id.1.{body}".encode(), "sha256")).decode()
    signed = {"svix-id": "id", "svix-timestamp": "1"}
    assert post(body, "resend", **signed, **{"svix-signature": "v1,AAAA"}).status_code == 400
    assert status_of(delivery) == "sent"
    assert post(body, "resend", **signed, **{"svix-signature": f"v1,AAAA v1,{true}"}).status_code == 200
    assert status_of(delivery) == "delivered"


def test_provider_that_is_not_ours_does_not_exist(settings):
    settings.EVENT_PROVIDERS = ["postmark"]
    assert post({}, "mailgun").status_code == 404
    assert post({}, "nobody").status_code == 404


def test_get_is_refused_and_head_answered():
    assert Client().get("/events/mailgun/").status_code == 405
    assert Client().head("/events/mailgun/").status_code == 200


@pytest.mark.parametrize("weak", ["", "events:short", "events:" + "ab" * 30, "x" * 60])
def test_weak_secret_is_an_error_at_start_and_closes_the_door(settings, weak):
    settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": [weak] if weak else []}
    assert "subscribers.E002" in {error.id for error in run_checks()}
    delivery = make_delivery()
    assert post(mailgun(delivery), auth=weak or SECRET).status_code == 503
    assert status_of(delivery) == "sent"


def test_missing_signature_settings_are_errors_at_start(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET]}
    settings.SNS_TOPIC_ARNS = []
    found = [error.id for error in run_checks()]
    assert found.count("subscribers.E003") == 2  # Mailgun and Resend
    assert "subscribers.E004" in found


def test_strong_secret_and_signatures_need_no_remark():
    assert [error for error in run_checks() if error.id.startswith("subscribers.")] == []


def test_more_than_a_megabyte_is_refused_unread():
    assert post(b"x" * 1_000_001).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 100_000,
        '{"a":' * 50_000,
        json.dumps([{}] * 10_000),
        json.dumps(list(range(10_000))),
        '{"RecordType": "Bounce", "Metadata": []}',
        '{"RecordType": "Delivery", "Metadata": {"delivery": "x"}, "DeliveredAt": 7}',
        '{"RecordType": "Delivery", "Metadata": {"delivery": "x"}, "DeliveredAt": "2024-11-22T10:00:00"}',
        "9" * 100_000,
        b"\xff\xfe",
    ],
)
@pytest.mark.parametrize("provider", ["brevo", "mailjet", "postmark"])
def test_what_no_provider_sends_is_refused_or_ignored_and_nothing_breaks(provider, body):
    assert post(body, provider).status_code in (200, 400)
    assert not DeliveryEvent.objects.exists()


def test_time_without_a_zone_is_taken_for_utc():
    delivery = make_delivery()
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat()
    said = {"RecordType": "Delivery", "Metadata": {"delivery": names.name_of(delivery.pk)}, "DeliveredAt": now}
    assert post(said, "postmark").status_code == 200
    assert status_of(delivery) == "delivered"


def test_more_events_than_a_provider_sends_at_once_are_refused():
    event = {"event": "sent", "time": 1, "MessageID": 1, "email": "r@example.com"}
    assert post([event] * 1001, "mailjet").status_code == 400
    assert post([event] * 1000, "mailjet").status_code == 200


def test_half_surrogates_and_nul_reach_no_database_in_raw_form():
    delivery = make_delivery()
    words = {"code": 550, "message": "5.1.1 \ud800\x00<script>alert(1)</script>"}
    body = mailgun(delivery, "failed", severity="permanent", reason="bounce", **{"delivery-status": words})
    assert post(body).status_code == 200
    assert DeliveryEvent.objects.get().detail == "5.1.1 ?<script>alert(1)</script>"


def test_markup_in_a_providers_words_is_escaped_in_admin(admin_client):
    delivery = make_delivery()
    words = {"code": 550, "message": "5.1.1 <script>alert(1)</script>"}
    post(mailgun(delivery, "failed", severity="permanent", reason="bounce", **{"delivery-status": words}))
    page = admin_client.get("/admin/subscribers/deliveryevent/").content.decode()
    assert "&lt;script&gt;alert" in page and "<script>alert" not in page


def test_answer_comes_only_after_everything_is_committed(monkeypatch):
    def fails(*args):
        raise RuntimeError("killed here")

    delivery = make_delivery()
    monkeypatch.setattr(events, "_count", fails)  # the last step of the transaction
    with pytest.raises(RuntimeError):
        post(mailgun(delivery))
    assert not DeliveryEvent.objects.exists()
    assert status_of(delivery) == "sent"


@pytest.mark.parametrize(
    ("provider", "said", "kind"),
    [
        ("mailgun", {"event": "failed", "severity": "permanent", "reason": "bounce"}, "bounced"),
        ("mailgun", {"event": "failed", "severity": "permanent", "reason": "old"}, "soft"),
        ("mailgun", {"event": "failed", "severity": "permanent", "reason": "suppress-complaint"}, "complained"),
        ("mailgun", {"event": "failed", "severity": "temporary"}, "accepted"),
        ("mailgun", {"event": "failed", "severity": "permanent", "delivery-status": {"message": "5.7.1 spam"}}, "soft"),
        ("postmark", {"RecordType": "Bounce", "Type": "HardBounce"}, "bounced"),
        ("postmark", {"RecordType": "Bounce", "Type": "SoftBounce"}, "soft"),
        ("postmark", {"RecordType": "Bounce", "Type": "Blocked"}, "failed"),
        ("postmark", {"RecordType": "Bounce", "Type": "BadEmailAddress"}, "bounced"),
        ("postmark", {"RecordType": "SubscriptionChange", "SuppressionReason": "ManualSuppression"}, "left"),
        ("brevo", {"event": "hard_bounce"}, "bounced"),
        ("brevo", {"event": "soft_bounce"}, "soft"),
        ("brevo", {"event": "spam"}, "complained"),
        ("mailjet", {"event": "bounce", "hard_bounce": True, "error": "user unknown"}, "bounced"),
        ("mailjet", {"event": "bounce", "hard_bounce": False, "error": "quota exceeded"}, "soft"),
        ("mailjet", {"event": "blocked", "error": "preblocked"}, "failed"),
    ],
)
def test_providers_words_are_ours(provider, said, kind):
    delivery = make_delivery()
    name = names.name_of(delivery.pk)
    body = {
        "mailgun": lambda: mailgun(delivery, **said),
        "postmark": lambda: said | {"Metadata": {"delivery": name}, "MessageID": "1"},
        "brevo": lambda: said | {"X-Mailin-custom": json.dumps({"delivery": name}), "message-id": "1"},
        "mailjet": lambda: [said | {"Payload": json.dumps({"delivery": name}), "MessageID": 1}],
    }[provider]()
    assert post(body, provider).status_code == 200
    assert DeliveryEvent.objects.get().kind == kind


@pytest.mark.parametrize("event", ["opened", "clicked"])
def test_who_opened_or_clicked_is_not_kept(event):
    assert post(mailgun(make_delivery(), event)).status_code == 200
    assert not DeliveryEvent.objects.exists()


# ---- Amazon


def post_sns(message, auth=SECRET):
    headers = {"X-Amz-Sns-Message-Type": message["Type"], "X-Amz-Sns-Message-Id": message["MessageId"]}
    return post(message, "amazon_ses", auth, **headers).status_code


@pytest.mark.parametrize("version", ["1", "2"])
def test_bounce_that_amazon_signed_is_taken(amazon_answers, version):
    delivery = make_delivery()
    Delivery.objects.filter(pk=delivery.pk).update(provider_id="ses-1")
    delivery.subscriber.email = "r@example.com"
    delivery.subscriber.save()
    assert post_sns(amazon.signed(amazon.message(), version)) == 200
    assert reader_of(delivery) == "bounced"
    assert amazon_answers.asked == [amazon.CERTIFICATE]


@pytest.mark.parametrize(
    "changed",
    [
        {"Message": '{"notificationType": "Complaint"}'},
        {"Signature": "AAAA"},
        {"SignatureVersion": "3"},
        {"Type": "UnsubscribeConfirmation"},
    ],
)
def test_message_that_amazon_did_not_sign_so_is_refused(amazon_answers, changed):
    assert post_sns(amazon.signed(amazon.message()) | changed) == 400


@pytest.mark.parametrize(
    "changed",
    [
        {"TopicArn": "arn:aws:sns:us-east-1:999999999999:papers"},
        {"TopicArn": ["x"]},
        {"SigningCertURL": "https://evil.s3.amazonaws.com/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://sns.us-east-1.amazonaws.com.evil/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://sns.us-east-1.amazonaws.com@evil/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://sns.us-east-1.amazonaws.com/elsewhere/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://127.0.0.1/SimpleNotificationService-1.pem"},
        {"SigningCertURL": "https://[bad"},
    ],
)
def test_foreign_topic_or_certificate_is_refused_without_a_fetch(amazon_answers, changed):
    assert post_sns(amazon.signed(amazon.message(**changed))) == 400
    assert amazon_answers.asked == []


def test_redirected_or_outdated_certificate_is_not_believed(amazon_answers):
    amazon_answers.status = 302
    assert post_sns(amazon.signed(amazon.message())) == 503
    assert amazon_answers.asked == [amazon.CERTIFICATE]
    amazon_answers.status, amazon_answers.pem = 200, amazon.certificate(until=dt.timedelta(days=-1))
    assert post_sns(amazon.signed(amazon.message())) == 400


def test_subscription_is_confirmed_at_amazon_and_never_at_the_address_given(amazon_answers):
    offer = amazon.message(Type="SubscriptionConfirmation", Token="t", SubscribeURL="http://127.0.0.1:9/internal")
    assert post_sns(amazon.signed(offer)) == 200
    [_certificate, confirmed] = amazon_answers.asked
    assert confirmed.startswith("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn")


def test_amazon_is_asked_for_the_secret_before_it_sends_it(amazon_answers):
    assert post_sns(amazon.signed(amazon.message()), auth="") == 401
    assert amazon_answers.asked == []


# ---- recorded requests of three providers, with the events they mean

KINDS = {
    "test_alt_smtp_code": "bounced", "test_bounce_event": "bounced", "test_bounce_unsubscribe_variant": "left",
    "test_complained_event": "complained", "test_complaint_event": "complained", "test_delivered_event": "delivered",
    "test_delivery_event": "delivered", "test_delivery_status_is_none_event": "accepted",
    "test_dropped_bounce": "bounced", "test_dropped_spam": "complained", "test_dropped_timed_out": "failed",
    "test_failed_greylisted_event": "accepted", "test_failed_permanent_event": "bounced",
    "test_failed_temporary_event": "accepted", "test_invalid_mailbox": "bounced",
    "test_multiple_bounce_event": "bounced", "test_reject_event": "failed", "test_rejected_event": "failed",
    "test_rendering_failure_event": "failed", "test_send_event": "accepted", "test_spam_event": "complained",
    "test_subscription_change_bounce": "bounced", "test_unsubscribe": "left", "test_unsubscribed_event": "left",
}  # fmt: skip
OF_OTHER_SETTINGS = {
    "test_requires_webhook_signing_key",
    "test_sns_subscription_confirmation_auth_disabled",
    "test_sns_subscription_confirmation_failure",
    "test_defaults_webhook_signing_to_api_key",
}


@pytest.mark.skipif(not RECORDED, reason="RECORDED_DATA names no folder of recorded requests")
def test_recorded_requests_are_answered_and_read_as_recorded(settings, amazon_answers, monkeypatch):
    settings.DEBUG = True  # the recorded secrets are short
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": ["username:password", "cred1:pass1", "cred2:pass2"],
        "MAILGUN_WEBHOOK_SIGNING_KEY": "TEST_WEBHOOK_SIGNING_KEY",
    }
    seen = Counter()
    monkeypatch.setattr(webhooks, "record", lambda reports: seen.update(report.kind for report in reports) or {})
    lines = Path(RECORDED, "data", "webhooks.jsonl").read_text(encoding="utf-8").splitlines()
    for recorded in map(json.loads, lines):
        name = recorded["test"].rpartition(".")[2]
        if name in OF_OTHER_SETTINGS:
            continue
        seen.clear()
        assert answer_to(recorded, settings) == (recorded["status"] or 400), name
        expected = [KINDS[name]] * len(recorded["events"]) if name in KINDS else []
        quiet = {event["event_type"] for event in recorded["events"]} - {"clicked", "opened", "subscribed", "unknown"}
        assert seen == Counter(expected) or not expected and quiet == {"delivered"}, (name, seen)


def answer_to(recorded, settings):
    """The status of our answer to a recorded request; what Amazon's key signed is signed with ours."""
    body, headers = recorded["body"], dict(recorded["headers"])
    if recorded["esp"] == "amazon_ses":
        message = json.loads(body)
        message = {"TopicArn": amazon.TOPIC, "Token": "t", **message}
        settings.SNS_TOPIC_ARNS = [message["TopicArn"]]
        region = message["TopicArn"].split(":")[3]
        message["SigningCertURL"] = amazon.CERTIFICATE.replace("us-east-1", region)
        body = json.dumps(amazon.signed(message))
    path = f"/events/{recorded['esp']}/"
    return Client().post(path, body.encode(), content_type=recorded["content_type"], headers=headers).status_code
