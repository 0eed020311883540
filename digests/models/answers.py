"""What language models were asked and what they answered."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from digests.models.digest import Digest


class Answer(models.Model):
    """One question to a model, for the cache, the bill and the audit; pruned after `llm.answers.DAYS_KEPT`.

    `key` is the SHA-256 of what was asked (see `llm.answers.key_of`); only an answer that was `used` is given again.
    `cost` counts against the day's budget, in US dollars: while the question is on its way, and when nobody knows what
    came of it, the most it can cost. `is_price_known` says whether it was counted with a price of LLM_PRICES.
    """

    class Outcome(models.TextChoices):
        ASKED = "asked", _("on its way")
        USED = "used", _("used")
        UNUSABLE = "unusable", _("could not be used")
        FAILED = "failed", _("no answer")

    key = models.CharField(max_length=64, db_index=True)
    digest = models.ForeignKey(
        Digest, models.SET_NULL, null=True, blank=True, related_name="answers", verbose_name=_("digest")
    )
    model = models.CharField(_("model"), max_length=200)
    messages = models.JSONField(_("question"))
    text = models.TextField(_("answer"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.ASKED)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    tokens_in = models.PositiveIntegerField(_("tokens in"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens out"), default=0)
    cost = models.DecimalField(_("cost in US dollars"), max_digits=12, decimal_places=6, default=0)
    is_price_known = models.BooleanField(_("price known"), default=True)
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("model's answer")
        verbose_name_plural = _("models' answers")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.model} {self.asked_at:%Y-%m-%d %H:%M:%S} {self.get_outcome_display()}"
