"""SMTP: how near we come to the speed of the wire, and how far from the usual ways."""

from __future__ import annotations

import subprocess
import time
from statistics import median
from typing import Any

from tests.bench.figures import CannotMeasure, Row, figure
from tests.bench.packages import program
from tests.bench.peers import django_newsletter
from tests.bench.place import Place, postfix_environment, smtp_settings

CONNECTIONS = 8
SIZES = (40_000, 110_000)
LOOP_MAILS, NEWSLETTER_MAILS = 300, 200
ROUND_TRIP, ACCEPT = 0.02, 0.03
SLOW_MAILS = 60
WIDTHS = (1, 2, 5, 10, 25, 50)
WINDOW = (1.5, 5.5)  # seconds after the first mail: past the start, before the end


def source_rate(port: int, size: int, count: int, sessions: int = CONNECTIONS) -> float | None:
    """Mails a second of Postfix's smtp-source, which does nothing but send; None without it."""
    tool = program("postfix", "smtp-source")
    if tool is None:
        return None
    command = [tool, "-d", "-s", str(sessions), "-l", str(size), "-m", str(count), "-f", "a@papers.example"]
    command += ["-t", "b@example.org", f"127.0.0.1:{port}"]
    began = time.monotonic()
    subprocess.run(command, check=True, cwd="/", env=postfix_environment(tool))
    return count / (time.monotonic() - began)


def our_send(place: Place, port: int, size: int, mails: int, **settings: str) -> dict[str, Any]:
    """Send a new digest of such mails to `mails` readers; what `inside.send` says, and the mean size of a mail."""
    database = place.readers(mails, wide=True)
    made = place.inside("digest", database, size=size)
    result = place.inside("send", database, smtp_settings(port, CONNECTIONS) | settings)
    sent = result["counts"].get("sent", 0)
    if not sent:
        raise CannotMeasure(f"nothing was sent: {result['counts']}")
    return result | {"sent": sent, "rate": sent / result["seconds"], "made": made}


@figure("share")
def share_of_the_wire(place: Place) -> list[Row]:
    """Our rate beside smtp-source's, in turn, for two sizes."""
    rows = []
    with place.fast_sink() as port:
        for size in SIZES:
            ours, theirs, sends = [], [], []
            for _ in range(place.rounds):
                theirs.append(source_rate(port, size, place.mails))
                sends.append(our_send(place, port, size, place.mails))
                ours.append(sends[-1]["rate"])
            rate = median(ours)
            source = median(one for one in theirs if one) if theirs[0] else None
            beside = f"{rate:,.0f}/s, smtp-source {source:,.0f}/s" if source else f"{rate:,.0f}/s; no smtp-source here"
            rows.append(
                Row(
                    f"SMTP, {size // 1000} kB: share of smtp-source's rate",
                    100 * rate / source if source else None,
                    "%",
                    60,
                    95,
                    beside=f"{beside}; {sends[-1]['made']['editions']} editions",
                    details={"ours": ours, "smtp-source": theirs, "sends": sends},
                )
            )
    return rows


@figure("peers")
def usual_ways(place: Place) -> list[Row]:
    """Our rate beside the usual Django loop's and django-newsletter's."""
    size = SIZES[1]
    with place.fast_sink() as port:
        ours = our_send(place, port, size, place.mails)
        database = place.readers(place.mails, wide=True)
        place.inside("digest", database, size=size)
        loop = place.inside("usual_loop", database, smtp_settings(port), count=LOOP_MAILS)
        theirs, why_not = django_newsletter(place, port, size, NEWSLETTER_MAILS)
    loop_rate = loop["sent"] / loop["seconds"]
    rows = [
        Row("SMTP, 110 kB: against the usual Django loop", ours["rate"] / loop_rate, "×", 10, 16,
            beside=f"{ours['rate']:,.0f}/s, loop {loop_rate:,.0f}/s", details={"ours": ours, "loop": loop}),
    ]  # fmt: skip
    times = ours["rate"] / theirs if theirs else None
    told = f"django-newsletter {theirs:,.0f}/s" if theirs else why_not
    rows.append(Row("SMTP, 110 kB: against django-newsletter", times, "×", 10, 20, beside=told))
    return rows


@figure("cpu")
def sender_cpu(place: Place) -> list[Row]:
    """What a thousand mails cost us, unsigned and signed."""
    key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True, text=True).stdout
    rows = []
    with place.fast_sink() as port:
        for name, settings, floor, goal in (
            ("unsigned", {}, 0.4, 0.15),
            ("signed DKIM rsa-2048", {"DKIM_PRIVATE_KEY": key}, 0.8, 0.5),
        ):
            sends = [our_send(place, port, SIZES[0], place.mails, **settings) for _ in range(place.rounds)]
            costs = [1000 * one["cpu"] / one["sent"] for one in sends]
            rates = median(one["rate"] for one in sends)
            rows.append(Row(f"SMTP, 40 kB: sender CPU for 1,000 mails, {name}", median(costs), "s", floor, goal, False,
                            f"{rates:,.0f}/s", {"costs": costs, "sends": sends}))  # fmt: skip
    return rows


@figure("distance")
def far_server(place: Place) -> list[Row]:
    """A server 20 ms away that takes 30 ms over each mail: a connection of ours beside one of smtplib."""
    pace = {"round_trip": ROUND_TRIP, "accept_seconds": ACCEPT}
    with place.sink(pace=pace) as sink:
        plain = place.inside("plain_smtplib", "template1", port=sink.port, size=SIZES[0], count=SLOW_MAILS)
    base = plain["sent"] / plain["seconds"]
    rates = {width: paced_rate(place, width, pace) for width in WIDTHS}
    growth = rates[WIDTHS[-1]] / rates[1]
    told = ", ".join(f"{width}: {rate:,.0f}/s" for width, rate in rates.items())
    return [
        Row("SMTP, 20 ms away, 30 ms to accept: one connection against smtplib", rates[1] / base, "×", 1.5, 2.2,
            beside=f"{rates[1]:.1f}/s, smtplib {base:.1f}/s", details={"rates": rates, "smtplib": base}),
        Row("the same: growth from 1 to 50 connections", growth, "×", 40, 47.5, beside=told),
    ]  # fmt: skip


def paced_rate(place: Place, connections: int, pace: dict[str, float]) -> float:
    """Mails a second to a far server, by its own log, in the middle of a run of a few seconds."""
    database = place.readers(2000 + 200 * connections, wide=True)
    place.inside("digest", database, size=SIZES[0])
    with place.sink(pace=pace) as sink:
        place.inside("send", database, smtp_settings(sink.port, connections), seconds=WINDOW[1] + 2)
        times = sorted(line["t"] for line in sink.accepted())
    inside = [t for t in times if WINDOW[0] <= t - times[0] <= WINDOW[1]]
    if len(inside) < 2:
        raise CannotMeasure(f"only {len(times)} mails came through")
    return (len(inside) - 1) / (inside[-1] - inside[0])


@figure("mjml")
def compilations(place: Place) -> list[Row]:
    """How often MJML is compiled for a send with many editions."""
    mails = min(place.mails, 5000)
    with place.fast_sink() as port:
        result = our_send(place, port, SIZES[1], mails)
    made = result["made"]
    return [Row("MJML compilations for a send", result["mjml"], "", made["editions"], 8 * 2 + 1, False,
                f"{made['editions']} editions", {"send": result})]  # fmt: skip
