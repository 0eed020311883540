"""What editors want more or less of, and why each paper was chosen or passed over."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.arxiv_id import split_id
from digests.models.paper import Paper


class Rule(models.Model):
    """An editor's wish about the choice of papers: a word, an author or one paper, pushed up or kept out.

    `points` count like votes. A paper that is wanted by its id is chosen whatever speaks against it.
    """

    class Kind(models.TextChoices):
        KEYWORD = "keyword", _("word or phrase in title or abstract")
        AUTHOR = "author", _("author")
        PAPER = "paper", _("paper, by arXiv id")

    class Effect(models.TextChoices):
        BOOST = "boost", _("push up")
        BLOCK = "block", _("keep out")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.KEYWORD)
    text = models.CharField(_("text"), max_length=120, help_text=_("Compared without regard to case, as whole words."))
    effect = models.CharField(_("effect"), max_length=10, choices=Effect, default=Effect.BOOST)
    points = models.PositiveSmallIntegerField(
        _("points"), default=20, validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("Worth as many votes; without meaning where a paper is kept out."),
    )  # fmt: skip
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("rule of choice")
        verbose_name_plural = _("rules of choice")
        ordering = ["effect", "kind", "text"]
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="one_rule_a_text")]

    def __str__(self) -> str:
        return f"{self.get_effect_display()}: {self.text}"

    def clean(self) -> None:
        """Bring the text into the form that is compared. Raise ValidationError for one that could match nothing, or
        for an id that is none."""
        self.text = " ".join(self.text.split())
        if self.kind == self.Kind.PAPER:
            known = split_id(self.text)
            if not known:
                raise ValidationError({"text": _("This is no arXiv id, such as 2411.10958.")})
            self.text = known[0]
        elif not any(character.isalnum() for character in self.text):
            raise ValidationError({"text": _("There is no letter or digit to look for.")})


class Consideration(models.Model):
    """The stored fact that a paper was up for a day's digest, what it was worth, and why it was chosen or passed over. One
    that an editor held back was not passed over: it is up again on the next days as if it were new."""

    day = models.DateField(_("day"))
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="considerations", verbose_name=_("paper"))
    is_chosen = models.BooleanField(_("chosen"))
    is_held = models.BooleanField(_("held back"), default=False, db_default=False)
    votes = models.PositiveIntegerField(_("votes"), default=0)
    score = models.FloatField(_("score"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("consideration")
        verbose_name_plural = _("considerations")
        ordering = ["-day", "-is_chosen", "-score"]
        constraints = [models.UniqueConstraint(fields=["day", "paper"], name="a_paper_is_considered_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.paper_id}: {self.reason}"
