"""The archive's catalogue: what it must know of each public digest without opening its content."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from digests.models.digest import Digest


class CataloguedDigest(models.Model):
    """A public digest in one line. `content_hash` and `form` say of which words, and by which rules, the catalogue was
    made; `digests.archive.catalogue` brings it up to date when either differs. Nothing here is the source of anything:
    all of it can be made again from the approved content. `card_failures` is how often drawing the digest's cards failed
    in a row, `card_due_at` when it is tried again, `card_error` what was wrong the last time."""

    digest = models.OneToOneField(Digest, models.CASCADE, primary_key=True, related_name="catalogued")
    content_hash = models.CharField(max_length=64)
    form = models.PositiveSmallIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=10)
    is_sample = models.BooleanField(default=False)
    is_advertising = models.BooleanField(default=False, db_default=False)
    distribution = models.JSONField(default=list)
    papers = models.PositiveSmallIntegerField()
    card_failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    card_due_at = models.DateTimeField(null=True)
    card_error = models.CharField(max_length=200, blank=True, default="", db_default="")
    catalogued_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "-day"], name="digest_lines_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}: {self.papers}"


class CataloguedPaper(models.Model):
    """A paper in a public digest: where it stands, and what the digest says about it.

    `paper` is as the content has it, with its first authors; `said` maps languages to `{"line": str, "parts": {part:
    [text]}, "limits": [text]}`. `terms` is what PostgreSQL searches; SQLite has a table of its own, see
    `digests.archive.fulltext`.
    """

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="catalogued_papers")
    arxiv_id = models.CharField(max_length=32, db_index=True)
    day = models.DateField()
    kind = models.CharField(max_length=10)
    is_sample = models.BooleanField(default=False)
    is_advertising = models.BooleanField(default=False, db_default=False)
    category = models.SlugField(db_index=False)
    position = models.PositiveSmallIntegerField()
    paper = models.JSONField()
    said = models.JSONField()
    terms = SearchVectorField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["category", "-day"], name="catalogued_by_category")]
        constraints = [models.UniqueConstraint(fields=["digest", "arxiv_id"], name="a_paper_once_a_catalogued_digest")]

    def __str__(self) -> str:
        return f"{self.day} {self.arxiv_id}"


class Card(models.Model):
    """The picture that other sites show beside a link to a digest (Open Graph): 1200 × 630 pixels, one a language, drawn by
    the clock from the content of `content_hash`, and named by the hash of its bytes like a chart."""

    WIDTH, HEIGHT = 1200, 630

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="cards")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    content_hash = models.CharField(max_length=64)
    png = models.BinaryField()
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "language"], name="one_card_a_language")]

    def __str__(self) -> str:
        return f"{self.digest} {self.language}"
