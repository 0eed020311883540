"""What is kept of a reader, why, and how long: docs/operations.md has the same table for operators."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext, ngettext

from newsletter.visitors import SHOWN
from subscribers.owner.asking import REFUSAL_HOLDS
from subscribers.owner.forgetting import LINKS_KEPT
from subscribers.retention import LETTERS_DAYS


class Kept(NamedTuple):
    """A line of the table. `parts` are the parts of a reader's own file (`owner.keeping.everything_about`) that it tells of: a
    test holds that none is left out."""

    what: str
    why: str
    how_long: str
    parts: tuple[str, ...]


def kept() -> list[Kept]:
    """All of it, in the active language."""
    as_long = gettext("While you subscribe; after you left, until you have it erased.")
    network = gettext("the network (the first %(four)d bits of an IPv4 address, %(six)d of an IPv6 one)") % {
        "four": SHOWN[4],
        "six": SHOWN[6],
    }
    return [
        Kept(
            gettext(
                "Your e-mail address, categories, language, hour, time zone, how often, pause, keywords and authors"
            ),
            gettext("To send you what you chose, when you chose it."),
            as_long,
            ("subscription",),
        ),
        Kept(
            gettext("The sentence that you agreed to, and when and from where you signed up and confirmed: %s")
            % network,
            gettext("To be able to prove your consent, as the law asks of us."),
            as_long,
            ("subscription",),
        ),
        Kept(
            gettext("An address that was entered and not confirmed, or was taken off instead"),
            gettext("To wait for its owner’s yes."),
            gettext("%s, then deleted.") % days(settings.PENDING_DAYS),
            ("sign_ups_not_decided_yet",),
        ),
        Kept(
            gettext(
                "That the form was used: the visitor’s network and the address, as keyed hashes that nobody can read"
            ),
            gettext("So that nobody can have strangers mailed through the form."),
            gettext("%s, then deleted.") % days(settings.SIGN_UP_MEMORY_DAYS),
            (),
        ),
        Kept(
            gettext(
                "Which digests were mailed to you, and what the mail servers reported: delivered, bounced, complained of"
            ),
            gettext("So that you get nothing twice, and nothing after an address stopped working."),
            gettext("%(as_long)s The servers’ own words: %(days)s.")
            % {"as_long": as_long, "days": days(settings.DETAIL_DAYS)},
            ("mails", "reports_about_mails"),
        ),
        Kept(
            gettext(
                "Which letters about your subscription went out (confirmation, welcome, change of address), and what came back"
            ),
            gettext("To find out why a letter did not reach you."),
            gettext("%(letters)s; the servers’ own words: %(days)s.")
            % {"letters": days(LETTERS_DAYS), "days": days(settings.DETAIL_DAYS)},
            ("letters",),
        ),
        Kept(
            gettext("What you say on the page behind a mail: more or less like this, or an error that you report"),
            gettext("To choose better, and to correct what is wrong."),
            gettext("Until you have it erased; then it is counted, without you and without your words."),
            ("feedback",),
        ),
        Kept(
            gettext("That you asked for the link to your data, or for a change of address"),
            gettext("So that only the owner of an address gets at it."),
            gettext("Links: %(links)s; changes of address: %(changes)s.")
            % {"links": days(LINKS_KEPT.days), "changes": days(REFUSAL_HOLDS.days)},
            ("links_asked_for", "changes_of_address"),
        ),
        Kept(
            gettext("That one of us exported or erased your data by hand: who and when, and your address masked"),
            gettext("So that nobody can do that unseen."),
            days(settings.AUDIT_DAYS),
            (),
        ),
        Kept(
            gettext(
                "Of an address that bounced, complained or was erased: a keyed hash, out of which the address cannot be read"
            ),
            gettext("Never to mail it again, not even after a restored backup or an imported list."),
            gettext("For ever, unless its owner wants mail again."),
            ("not_to_be_mailed_because",),
        ),
    ]


def days(number: int) -> str:
    """A time in days, in words."""
    return ngettext("%d day", "%d days", number) % number
