"""The tables of what is said."""

from digests.models.digest import Chart, Digest, Entry, Section, Summary
from digests.models.paper import Category, Paper, Sighting, Throttle

__all__ = ["Category", "Chart", "Digest", "Entry", "Paper", "Section", "Sighting", "Summary", "Throttle"]
