"""Measure the built-in classifier, the checks and the built-in writer on labelled papers."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from digests.evaluation import classification, extraction, faithfulness, report
from digests.evaluation.gold import NotGold, read_gold


class Command(BaseCommand):
    help = "Measure classification, faithfulness and the built-in writer on JSON lines that people labelled."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The path, and where the figures go."""
        parser.add_argument(
            "gold", type=Path, help="a .jsonl file, or a folder of them (see digests/evaluation/gold.py)"
        )
        parser.add_argument("--out", type=Path, default=None, help="folder for the JSON; var/eval unless told")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures and write them as JSON."""
        try:
            gold = read_gold(options["gold"])
        except NotGold as error:
            raise CommandError(str(error)) from error
        figures: dict[str, Any] = {}
        if gold.labelled:
            figures["classification"] = classification.measure(gold.labelled)
        if gold.cases:
            figures["faithfulness"] = faithfulness.measure(gold.cases)
        if gold.references:
            figures["extraction"] = extraction.measure(gold.references)
        self.stdout.write("\n".join(report.lines(figures)))
        folder: Path = options["out"] or settings.VAR_DIR / "eval"
        folder.mkdir(parents=True, exist_ok=True)
        for name, measured in figures.items():
            (folder / f"{name}.json").write_text(json.dumps(measured, indent=1, ensure_ascii=False), encoding="utf-8")
        self.stdout.write(f"The figures are in {folder}.")
