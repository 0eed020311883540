"""The receipt of a digest and of its corrections."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db.models.functions import Lower

from digests.models import Digest
from newsletter.arguments import day
from subscribers.delivery.reach import left_out_of, mailings_of, told_of
from subscribers.delivery.receipt import reasons, receipt
from subscribers.models import Subscriber


class Command(BaseCommand):
    help = (
        "Print how many readers a digest had and what became of each delivery; the outcomes sum up to the audience. The same"
        " for each of its corrections, with those whom it left out. With --reader: what became of one person's mails."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--date`, `--kind`, `--reader` and `--format`."""
        parser.add_argument("--date", type=day, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--kind", choices=[kind.value for kind in Digest.WITH_PAPERS], default=Digest.Kind.DAILY)
        parser.add_argument("--reader", metavar="ADDRESS", help="what became of this person's mails, and why")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Print the receipt."""
        digest = Digest.objects.filter(day=options["date"], kind=options["kind"]).first()
        if digest is None:
            raise CommandError(f"There is no {options['kind']} digest of {options['date']}.")
        told = _of_one(digest, options["reader"]) if options["reader"] else _of_all(digest)
        if options["format"] == "json":
            self.stdout.write(json.dumps(told))
        else:
            self._write(told)

    def _write(self, told: dict[str, Any], margin: str = "") -> None:
        """The same as text: counts, below them the reasons, below those the corrections."""
        if "mail" in told:
            self.stdout.write(f"{margin}{told['mail']}{': ' * bool(told['why'])}{told['why']}")
        for name, count in told.items():
            if isinstance(count, int) and name != "correction" and (count or name == "audience"):
                self.stdout.write(f"{margin}{name:<11}{count:>9}")
        for each in told.get("reasons", ()):
            self.stdout.write(f"{margin}  {each['status']}: {each['why']} ({each['count']})")
        for each in told.get("left_out", ()):
            self.stdout.write(f"{margin}  no mail: {each['why']} ({each['count']})")
        for each in told.get("corrections", ()):
            self.stdout.write(f"{margin}correction {each['correction']}: {each['status']}")
            self._write(each, margin + "  ")


def _of_all(digest: Digest) -> dict[str, Any]:
    """The counts of the digest, and of each correction's mailing."""
    told = {"date": digest.day.isoformat(), "kind": digest.kind, "status": digest.status, **_counted(digest)}
    corrections = []
    for correction in mailings_of(digest):
        each: dict[str, Any] = {"correction": correction.pk, "status": correction.status}
        if correction.mailed_as:
            each |= {"mailing": correction.mailed_as.status, **_counted(correction.mailed_as)}
            left_out = left_out_of(correction)
            each["left_out"] = [
                {"status": g.status, "reader": g.reader, "why": g.why, "count": g.many} for g in left_out
            ]
        corrections.append(each)
    return told | {"corrections": corrections}


def _counted(digest: Digest) -> dict[str, Any]:
    told = [{"status": status, "why": why, "count": count} for status, why, count in reasons(digest)]
    return {**receipt(digest), "reasons": told}


def _of_one(digest: Digest, address: str) -> dict[str, Any]:
    """What became of one person's mails. Raises CommandError when nobody has the address."""
    reader = Subscriber.objects.alias(address=Lower("email")).filter(address=address.strip().lower()).first()
    if reader is None:
        raise CommandError("Nobody is known under this address.")
    mail, why = told_of(reader, digest)
    told: dict[str, Any] = {"date": digest.day.isoformat(), "kind": digest.kind, "mail": mail, "why": why}
    told["corrections"] = []
    for correction in mailings_of(digest):
        mail, why = told_of(reader, correction.mailed_as) if correction.mailed_as else ("none", "it was not mailed")
        each = {"correction": correction.pk, "status": correction.status, "mail": mail, "why": why}
        told["corrections"].append(each)
    return told
