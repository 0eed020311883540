"""The switch that stops all sending, and the guard against a restored or copied database."""

from argparse import ArgumentParser
from getpass import getuser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter import audit
from subscribers.delivery import guard
from subscribers.owner.erasing import replay


class Command(BaseCommand):
    help = "Show whether anything may be sent (exit status 1 when not), stop all sending, let it go on, or trust this database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do; `--reason` and `--keep-queue`."""
        parser.add_argument("what", choices=["status", "stop", "start", "confirm"])
        parser.add_argument("--reason", default="", help="stop: why, for the others to read")
        parser.add_argument(
            "--keep-queue",
            action="store_true",
            help="confirm: nothing was sent since this database was saved, so what waits in it is sent as it is",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how things stand."""
        match options["what"]:
            case "stop":
                if guard.stop(getuser(), options["reason"]):
                    audit.note(audit.Act.STOP, by=getuser(), reason=options["reason"])
            case "start":
                if guard.start():
                    audit.note(audit.Act.START, by=getuser())
            case "confirm":
                self._confirm(options["keep_queue"])
        refusal = guard.may_send()
        if refusal and options["what"] != "stop":
            raise CommandError(refusal)
        self.stdout.write(refusal or "Mails may be sent.")

    def _confirm(self, keep_queue: bool) -> None:
        if guard.refusal_of_guard() is None:
            self.stdout.write("There was nothing to confirm: this database is the one that was sent from.")
            return
        erased = replay()  # ahead of the trust: nobody whom the backup brought back is mailed
        counts = guard.confirm(keep_queue)
        audit.note(audit.Act.TRUST, by=getuser(), keep_queue=keep_queue, erased=erased, **counts)
        self.stdout.write("This database is trusted from now on. Make sure that the other one does not send as well.")
        if erased:
            self.stdout.write(f"{erased} people who had been erased since it was saved were erased from it again.")
        if counts["unknown"]:
            self.stdout.write(
                f"{counts['unknown']} deliveries may have been sent since it was saved; they are unknown now, and an editor may send them again."
            )
        if counts["taken_back"]:
            self.stdout.write(f"{counts['taken_back']} approvals were taken back, for the same reason.")
        self.stdout.write(
            "Digests that were made after it was saved are not in it: look at the archive before you approve one again."
        )
