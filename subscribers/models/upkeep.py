"""How far the clock got with what is done once for each day."""

from django.db import models


class Upkeep(models.Model):
    """A chore of the clock, and the last day it is done for: `through`. Days are done in order, so one date tells all."""

    name = models.CharField(max_length=30, primary_key=True)
    through = models.DateField()

    class Meta:
        verbose_name = "upkeep"
        verbose_name_plural = "upkeep"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name} through {self.through}"
