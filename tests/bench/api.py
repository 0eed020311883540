"""A provider's API: recipients a second into a bare receiver."""

from __future__ import annotations

from statistics import median

from tests.bench.figures import Row, figure
from tests.bench.place import Place


@figure("api")
def recipients(place: Place) -> list[Row]:
    """Mailgun's API by Anymail."""
    rates, calls = [], 0
    for _ in range(place.rounds):
        database = place.readers(place.mails)
        made = place.inside("digest", database, size=0)
        with place.sink("tests.bench.bare_mailgun") as receiver:
            settings = {
                "EMAIL_BACKEND": "anymail.backends.mailgun.EmailBackend",
                "ANYMAIL_MAILGUN_API_URL": f"http://127.0.0.1:{receiver.port}/v3",
                "ANYMAIL_MAILGUN_API_KEY": "key",
                "ANYMAIL_MAILGUN_SENDER_DOMAIN": "mail.example",
                "ANYMAIL_WEBHOOK_SECRET": "bench:a secret of more than thirty-two characters",
                "ANYMAIL_MAILGUN_WEBHOOK_SIGNING_KEY": "key",
            }
            result = place.inside("send", database, settings)
            calls = receiver.ask("calls")
        rates.append(result["counts"].get("sent", 0) / result["seconds"])
    return [
        Row("API: recipients a second into a bare Mailgun", median(rates), "/s", 8000, 15000,
            beside=f"{calls:,} calls for {place.mails:,} readers, {made['editions']} editions",
            details={"rates": rates}),
    ]  # fmt: skip
