"""The words that Korean texts keep to."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Term(models.Model):
    """How a technical term is written in Korean. `variants`, one a line, are the spellings that give way to it."""

    english = models.CharField(_("English"), max_length=60, unique=True)
    korean = models.CharField(_("Korean"), max_length=60)
    variants = models.TextField(
        _("spellings to replace"), blank=True, help_text=_("One a line. Found at the beginning of a word only.")
    )

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["english"]

    def __str__(self) -> str:
        return f"{self.english} → {self.korean}"

    @property
    def replaced(self) -> list[str]:
        """The spellings that give way."""
        return [line.strip() for line in self.variants.splitlines() if line.strip()]

    def clean(self) -> None:
        """Raise ValidationError when a spelling to replace is what another term is to be written as."""
        kept = set(Term.objects.exclude(pk=self.pk).values_list("korean", flat=True))
        if clash := kept & set(self.replaced):
            raise ValidationError(
                {"variants": _("Another term is written so: %(words)s") % {"words": ", ".join(sorted(clash))}}
            )
