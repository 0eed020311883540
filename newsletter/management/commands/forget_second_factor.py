"""The way back in when a phone is lost, and the backup codes with it."""

from argparse import ArgumentParser
from getpass import getuser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from newsletter.signing_in import factor


class Command(BaseCommand):
    help = "Take somebody's second factor away: their next sign-in, with the password, sets up another."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Do it, and say so. It is noted in the audit log under the name of the machine's user."""
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        had = factor.forget(user, by=getuser())
        self.stdout.write(
            f"{username} has no second factor any more; the next sign-in sets up another."
            if had
            else f"{username} had none."
        )
