"""The ground's tables: who did what, and up to when that was forgotten."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Unchangeable(Exception):
    """Somebody tried to change or delete a line of the audit log."""


class AuditLines(models.QuerySet["AuditLine"]):
    """Lines can be read and added."""

    def update(self, **fields: Any) -> NoReturn:
        """Never."""
        raise Unchangeable("The audit log is added to and never changed.")

    def delete(self) -> NoReturn:
        """Never."""
        raise Unchangeable("The audit log is added to and never deleted from.")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        """Never."""
        self.update()


class AuditLine(models.Model):
    """One act of one person, or of a setting in a person's stead. Written by `newsletter.audit.note`, changed by nobody:
    triggers in the database refuse it, too.

    `who` is a user name and no reference, so that the line outlives the account. `about` says of what in words,
    `about_type` ("digests.digest") and `about_id` which row it was. `facts` holds what changed, such as `before` and
    `after`, or a hash; never an address or a secret. `network` is the visitor's network, never the full address.
    """

    class Act(models.TextChoices):
        APPROVE = "approve", _("approved")
        POLICY = "policy", _("chose what is sent when nobody approves")
        SEND_BACK = "send-back", _("sent back to draft")
        EDIT = "edit", _("edited")
        ADD = "add", _("added")
        DELETE = "delete", _("deleted")
        DISCARD = "discard", _("discarded")
        PAUSE = "pause", _("paused sending")
        RESUME = "resume", _("resumed sending")
        CANCEL = "cancel", _("cancelled the rest")
        STOP = "stop", _("stopped all sending")
        START = "start", _("let sending go on")
        TRUST = "trust", _("trusted the database")
        SEND_AGAIN = "send-again", _("sent unknown ones again")
        AS_SENT = "as-sent", _("took unknown ones as sent")
        APPLY = "apply", _("applied held events")
        DISMISS = "dismiss", _("dismissed held events")
        FORGIVE = "forgive", _("took a complaint back")
        TEST = "test", _("sent a test mail")
        CORRECT = "correct", _("corrected")
        LOOK = "look", _("looked at a doubt")
        UNLOOK = "unlook", _("opened a doubt again")
        EXPORT = "export", _("exported")
        IMPORT = "import", _("imported")
        ERASE = "erase", _("erased")
        ROLES = "roles", _("changed rights")
        PASSWORD = "password", _("changed a password")
        SECOND_FACTOR = "second-factor", _("set up a second factor")
        FORGET_FACTOR = "forget-factor", _("forgot a second factor")
        LOGIN = "login", _("signed in")
        LOGOUT = "logout", _("signed out")
        VERIFIED = "verified", _("showed the second factor")
        PASSWORD_ASKED = "password-asked", _("asked for a new password")
        LOGIN_FAILED = "login-failed", _("failed to sign in")
        LOCKED = "locked", _("was locked out")
        PRUNE = "prune", _("forgot old lines of this log")

    at = models.DateTimeField(_("when"), db_default=Now(), db_index=True)
    who = models.CharField(_("who"), max_length=150, blank=True, db_index=True)
    act = models.CharField(_("what"), max_length=20, db_index=True)  # without choices: a new act is no migration
    about = models.CharField(_("about"), max_length=200, blank=True)
    about_type = models.CharField(max_length=100, blank=True)
    about_id = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)

    objects = AuditLines.as_manager()

    class Meta:
        verbose_name = _("line of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["about_type", "about_id"], name="audit_lines_by_row")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.act} {self.about}"

    @property
    def said(self) -> str:
        """The act in words."""
        return str(self.Act(self.act).label) if self.act in self.Act.values else self.act

    def save(self, *args: Any, **options: Any) -> None:
        """Only once. Raises Unchangeable."""
        if self.pk is not None:
            raise Unchangeable("The audit log is added to and never changed.")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Never. Raises Unchangeable."""
        raise Unchangeable("The audit log is added to and never deleted from.")


class AuditPruning(models.Model):
    """Lines of the audit log from before `through` may be deleted, and those only: the database looks here. It takes no row
    that reaches into the last days (see `newsletter.triggers`), and lets none be changed."""

    through = models.DateTimeField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "pruning of the audit log"
        verbose_name_plural = "prunings of the audit log"
        default_permissions = ()

    def __str__(self) -> str:
        return f"through {self.through:%Y-%m-%d}"
