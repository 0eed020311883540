"""A day's digest: sections, entries, summaries and charts, and the states it moves through."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digests.models.paper import Category, Paper


class Digest(models.Model):
    """One day's content, the same for everyone.

    Status moves only along `NEXT` and only by `advance`, a conditional update. `approved_content` is the frozen copy
    (see `digests.content`) that mails, archive and exports are made from; `content_hash` is the SHA-256 it was
    approved under. `build_lease_until` keeps a second worker from building the same digest at once. `spent` is what the
    models' answers cost, as `digests.llm.answers.spent_on` tells it.
    `editor_notes` and `subjects` hold, by language, what an editor says above the papers and instead of the usual subject.
    A digest of kind "correction" is the mailing of one `Correction`: it has no sections, and no page on the web.
    """

    class Kind(models.TextChoices):
        DAILY = "daily", _("daily")
        WEEKLY = "weekly", _("weekly")
        CORRECTION = "correction", _("correction")

    class Status(models.TextChoices):
        BUILDING = "building", _("building")
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        SENDING = "sending", _("sending")
        PAUSED = "paused", _("paused")
        SENT = "sent", _("sent")
        CANCELLED = "cancelled", _("cancelled")
        DISCARDED = "discarded", _("discarded")

    NEXT: dict[str, set[str]] = {
        Status.BUILDING: {Status.DRAFT},
        Status.DRAFT: {Status.APPROVED, Status.DISCARDED},
        Status.APPROVED: {Status.SENDING, Status.DRAFT, Status.DISCARDED},
        Status.SENDING: {Status.SENT, Status.PAUSED},
        Status.PAUSED: {Status.SENDING, Status.CANCELLED},
        Status.SENT: {Status.SENDING},  # when an editor lets unknown deliveries be sent again
    }
    PUBLIC = (Status.APPROVED, Status.SENDING, Status.PAUSED, Status.SENT, Status.CANCELLED)
    """Content is frozen and readable on the web from approval on, whatever becomes of the sending."""

    WITH_PAPERS = (Kind.DAILY, Kind.WEEKLY)
    """The kinds that are built of papers."""

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DAILY)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.BUILDING)
    is_sample = models.BooleanField(_("sample"), default=False)
    is_advertising = models.BooleanField(_("contains advertising"), default=False, db_default=False)
    notes = models.JSONField(_("notes for the editor"), default=list, blank=True)
    spent = models.JSONField(_("spent on models"), default=dict, blank=True, editable=False)
    editor_notes = models.JSONField(
        _("editor’s note"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True, editable=False
    )
    subjects = models.JSONField(
        _("subject"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True, editable=False
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    build_lease_until = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    approved_content = models.JSONField(null=True, editable=False)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    _lease_taken: datetime | None = None  # by this object; a lease that was only read is somebody else's

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-day", "kind"]
        permissions = [
            ("approve_digest", _("Can approve a digest")),
            ("steer_digest", _("Can pause, resume and cancel the sending of a digest")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind"], condition=~Q(kind="correction"), name="one_digest_a_day_and_kind"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "sending", "paused", "sent", "cancelled"])
                | Q(approved_by__isnull=False, approved_at__isnull=False, approved_content__isnull=False)
                & ~Q(content_hash=""),
                name="approval_has_a_name_on_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"

    def advance(self, to: str, **changes: object) -> bool:
        """Move to status `to` if the row still stands where this object saw it; True when this call moved it.

        Raises ValueError for a move that `NEXT` does not know. Of any number of callers at once exactly one gets True.
        """
        if to not in self.NEXT.get(self.status, set()):
            raise ValueError(f"A digest does not go from {self.status} to {to}.")
        moved = Digest.objects.filter(pk=self.pk, status=self.status).update(status=to, **changes)
        if moved:
            self.refresh_from_db()
        return bool(moved)

    @property
    def is_public(self) -> bool:
        """Whether readers may see it."""
        return self.status in self.PUBLIC

    @property
    def is_editable(self) -> bool:
        """Whether an editor may still change its words: nobody has been sent any of them."""
        return self.status in (self.Status.DRAFT, self.Status.APPROVED)

    def touch(self) -> None:
        """Note that the content changed: an approval, being for other words, falls back to draft.

        Call inside the transaction that makes the change. Raises ValueError when the digest is already on its way.
        """
        changed = Digest.objects.filter(pk=self.pk, status__in=[self.Status.DRAFT, self.Status.APPROVED]).update(
            status=self.Status.DRAFT,
            revision=F("revision") + 1,
            approved_by=None,
            approved_at=None,
            approved_content=None,
            content_hash="",
        )
        if not changed:
            raise ValueError("This digest is being sent or was sent; its words can no longer change.")
        self.refresh_from_db()

    def lease_build(self, seconds: int) -> bool:
        """Take, or prolong, the right to build for `seconds`; False while another worker holds it."""
        now = timezone.now()
        free = Q(build_lease_until__isnull=True) | Q(build_lease_until__lt=now)
        mine = Q(build_lease_until=self._lease_taken) if self._lease_taken else Q(pk__in=[])
        until = now + timedelta(seconds=seconds)
        taken = Digest.objects.filter(free | mine, pk=self.pk, status=self.Status.BUILDING).update(
            build_lease_until=until
        )
        if taken:
            self.build_lease_until = self._lease_taken = until
        return bool(taken)


class Section(models.Model):
    """A category in a digest."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="sections")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("category"))
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["digest", "category"], name="one_section_a_category")]

    def __str__(self) -> str:
        return f"{self.digest.day} {self.category}"


class Entry(models.Model):
    """A paper in a section. `kind` repeats the digest's, so that the database can hold the rule: a paper is in at
    most one daily and one weekly digest, ever; a sample's entries have a kind of their own and keep no paper from its real day.
    `reason` says why the paper was chosen; `is_late` marks one that an earlier digest passed over and that rose since."""

    SAMPLE = "sample"

    section = models.ForeignKey(Section, models.CASCADE, related_name="entries")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="entries", verbose_name=_("paper"))
    kind = models.CharField(max_length=10, default=Digest.Kind.DAILY)
    position = models.PositiveSmallIntegerField(_("position"))
    votes = models.PositiveIntegerField(_("votes"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    is_late = models.BooleanField(_("late riser"), default=False)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["paper"], condition=Q(kind="daily"), name="a_paper_comes_once"),
            models.UniqueConstraint(fields=["paper"], condition=Q(kind="weekly"), name="a_paper_comes_once_weekly"),
            models.UniqueConstraint(fields=["section", "paper"], name="a_paper_once_a_section"),
        ]

    def __str__(self) -> str:
        return self.paper.title


class Summary(models.Model):
    """A section's five parts in one language, and what stands beside them.

    `parts` maps each name of `digests.parts.PARTS` to a list of `{"text": str, "papers": [arXiv ids], "sentences":
    [ids of `digests.writing.evidence`]}`. `limits` (what the results rest on) and `one_liners` (each paper in a line) are such
    lists, with one paper to each. `written_by` is a model's name, or "offline"; `flags` lists what `digests.verify`
    doubts, as `{"kind", "text"}`; `making` says how it came about, see `digests.writing.making`.
    """

    OFFLINE = "offline"

    section = models.ForeignKey(Section, models.CASCADE, related_name="summaries")
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    parts = models.JSONField(_("parts"))
    limits = models.JSONField(_("what the results rest on"), default=list, blank=True)
    one_liners = models.JSONField(_("papers in a line"), default=list, blank=True)
    making = models.JSONField(default=dict, blank=True, editable=False)
    written_by = models.CharField(_("written by"), max_length=80)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("edited by")
    )
    flags = models.JSONField(_("flags"), default=list, blank=True)

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")
        ordering = ["section__position", "-language"]
        constraints = [models.UniqueConstraint(fields=["section", "language"], name="one_summary_a_language")]

    def __str__(self) -> str:
        return f"{self.section} {self.language}"


class Chart(models.Model):
    """The day's category distribution in one language: PNG bytes, kept in the database so that every machine of an
    installation can serve them; `sha256` names the file, which therefore never changes under a reader."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="charts")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    png = models.BinaryField()
    sha256 = models.CharField(max_length=64, db_index=True)
    width = models.PositiveSmallIntegerField(help_text=_("in CSS pixels; the image has twice as many"))
    height = models.PositiveSmallIntegerField(help_text=_("in CSS pixels; the image has twice as many"))

    class Meta:
        verbose_name = _("chart")
        verbose_name_plural = _("charts")
        constraints = [models.UniqueConstraint(fields=["digest", "language"], name="one_chart_a_language")]

    def __str__(self) -> str:
        return f"{self.digest} {self.language}"
