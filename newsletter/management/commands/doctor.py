"""Is everything in order, and what is to be done?"""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from ipaddress import ip_address
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from newsletter.doctor import names
from newsletter.doctor.findings import Finding, State, examine

MARKS = {State.OK: "ok   ", State.NOTE: "note ", State.FAULT: "FAULT"}


class Command(BaseCommand):
    help = (
        "Look at settings, database, broker, disk, mail provider, DNS, language model, sources and clock, and say of each "
        "finding why it matters and what to do. Sends no mail and asks no model. Exit status 1 with any fault."
    )
    requires_system_checks = ()  # it tells their messages itself, with all the others

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--json` and `--dns`."""
        parser.add_argument("--json", action="store_true", help="as one JSON value")
        parser.add_argument("--dns", type=_address, metavar="IP[:PORT]", help="the name server to ask")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, and tell as it comes."""
        names.server = options["dns"]
        found = []
        with translation.override("en"):
            for finding in examine():
                found.append(finding)
                if not options["json"]:
                    self.stdout.write(_line(finding))
        faults = sum(finding.state == State.FAULT for finding in found)
        if options["json"]:
            told = {"ok": not faults, "findings": [asdict(finding) for finding in found]}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        if faults:
            raise CommandError(f"{faults} of {len(found)} findings are faults.")


def _line(finding: Finding) -> str:
    told = f"{MARKS[finding.state]} {finding.name}: {finding.what}"
    return told if finding.state == State.OK else f"{told}; {finding.why}. → {finding.todo}"


def _address(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "53")
    try:
        return str(ip_address(host)), int(port)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no address such as 127.0.0.1 or 127.0.0.1:53.") from error
