"""Papers, where they were seen, and the editors' closed list of categories."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

OTHER = "other"
HIGHEST_BIT = 61  # a subscriber's choice is one signed 64-bit number, see subscribers.models.Subscriber.categories


class Category(models.Model):
    """A topic of the editors' closed list. Every paper gets exactly one.

    `bit` (0 to 61) is the category's place in the number that holds a subscriber's choice. It is given once and never
    reused, so that a removed category cannot turn into somebody's wish for its successor.
    """

    slug = models.SlugField(_("slug"), unique=True)
    emoji = models.CharField(_("emoji"), max_length=8)
    name_ko = models.CharField(_("Korean name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    guidance = models.TextField(_("guidance for the classifier"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)
    bit = models.PositiveSmallIntegerField(unique=True, editable=False, validators=[MaxValueValidator(HIGHEST_BIT)])

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(condition=models.Q(bit__lte=HIGHEST_BIT), name="category_bit_fits"),
            models.CheckConstraint(
                condition=~models.Q(slug=OTHER) | models.Q(is_active=True), name="category_other_stays"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.emoji} {self.name(get_language() or 'ko')}"

    def name(self, language: str) -> str:
        """The name in `language` ("ko", otherwise English)."""
        return self.name_ko if language.startswith("ko") else self.name_en

    def clean(self) -> None:
        """Raise ValidationError when "other", where unplaceable papers go, is taken out of use."""
        if self.slug == OTHER and not self.is_active:
            raise ValidationError(_("“Other” must stay in use: papers that fit nowhere else go there."))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises ValidationError: a deleted category's bit could be given again, to be somebody's unwitting choice."""
        raise ValidationError(_("A category is taken out of use, not deleted: subscribers' choices refer to it."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give a new category the lowest bit that was never used."""
        if self.bit is None:
            highest = Category.objects.aggregate(models.Max("bit"))["bit__max"]
            self.bit = 0 if highest is None else highest + 1
            if self.bit > HIGHEST_BIT:
                raise ValidationError(_("The list is full: no more than 62 categories can ever be made."))
        super().save(*args, **kwargs)


class Paper(models.Model):
    """A work, kept once, keyed by its arXiv id without version.

    Title and abstract are cleaned text (see `digests.text`); `raw_title` and `raw_abstract` are as the source gave them.
    `decided_by` says who chose the category: "editor", "builtin" or the name of a model.
    """

    arxiv_id = models.CharField(_("arXiv id"), max_length=32, unique=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=500)
    abstract = models.TextField(_("abstract"), blank=True)
    raw_title = models.TextField(blank=True, editable=False)
    raw_abstract = models.TextField(blank=True, editable=False)
    authors = models.JSONField(_("authors"), default=list, blank=True)
    arxiv_categories = models.JSONField(_("arXiv categories"), default=list, blank=True)
    published_at = models.DateTimeField(_("first version"), null=True, blank=True)
    has_record = models.BooleanField(_("confirmed by arXiv"), default=False)
    is_withdrawn = models.BooleanField(_("withdrawn by its authors"), default=False)
    is_sample = models.BooleanField(_("from the sample"), default=False)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"), related_name="papers"
    )
    confidence = models.FloatField(_("confidence"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-created_at", "arxiv_id"]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """The abstract page. Built from the checked id alone, never taken from a source."""
        return f"https://arxiv.org/abs/{self.arxiv_id}"


class Sighting(models.Model):
    """The stored fact that a source listed a paper on a day. `rank` counts from 1; `votes` are as last polled;
    `announced` is what arXiv's feed calls the announcement: new or cross."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="sightings", verbose_name=_("paper"))
    source = models.CharField(_("source"), max_length=20)
    day = models.DateField(_("day"))
    rank = models.PositiveSmallIntegerField(_("rank"))
    votes = models.PositiveIntegerField(_("votes"), null=True, blank=True)
    announced = models.CharField(_("announced as"), max_length=13, blank=True)
    seen_at = models.DateTimeField(_("seen at"), db_default=Now())

    class Meta:
        verbose_name = _("sighting")
        verbose_name_plural = _("sightings")
        ordering = ["-day", "source", "rank"]
        constraints = [models.UniqueConstraint(fields=["paper", "source", "day"], name="sighting_once_a_day")]
        indexes = [models.Index(fields=["day", "source"])]

    def __str__(self) -> str:
        return f"{self.source} {self.day} #{self.rank}"


class Throttle(models.Model):
    """When a source may next be called, and until when at most the call under way takes, for all workers together.
    See `digests.sources.turns`."""

    source = models.CharField(max_length=20, primary_key=True)
    free_at = models.DateTimeField()
    busy_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.source} from {self.free_at:%H:%M:%S}"


class KeptPage(models.Model):
    """A source's last answer to a question, so that asking again costs it nothing when nothing changed.
    `body` is packed by zlib. See `digests.sources.asking`."""

    address = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the address with its parameters")
    etag = models.CharField(max_length=200)
    body = models.BinaryField()
    kept_at = models.DateTimeField(auto_now=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.address[:12]} {self.kept_at:%Y-%m-%d %H:%M}"
