"""The tables of what is said."""

from digests.models.addition import Addition
from digests.models.answers import Answer
from digests.models.approval import Approval, PolicyChoice
from digests.models.archive import Card, CataloguedDigest, CataloguedPaper
from digests.models.choosing import Consideration, Rule
from digests.models.correction import Correction, CorrectionApproval
from digests.models.day import DayReport, Notice
from digests.models.digest import Chart, Digest, Entry, Section, Summary
from digests.models.look import Look
from digests.models.paper import Category, KeptPage, Paper, Sighting, Throttle
from digests.models.rewrite import Rewrite
from digests.models.term import Term

__all__ = [
    "Addition",
    "Answer",
    "Approval",
    "Card",
    "CataloguedDigest",
    "CataloguedPaper",
    "Category",
    "Chart",
    "Consideration",
    "Correction",
    "CorrectionApproval",
    "DayReport",
    "Digest",
    "Entry",
    "KeptPage",
    "Look",
    "Notice",
    "Paper",
    "PolicyChoice",
    "Rewrite",
    "Rule",
    "Section",
    "Sighting",
    "Summary",
    "Term",
    "Throttle",
]
