"""`make bench`: measure, print the table, write var/bench/*.json.

python -m tests.bench [--n 1000000] [--mails 20000] [--rounds 3] [--only share,cpu] [--out var/bench]
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench import api, archive, lists, recovery, rows, visits, wire  # noqa: F401 - they register their figures
from tests.bench.figures import FIGURES, CannotMeasure, Row, as_markdown, as_text, keep
from tests.bench.place import Place
from tests.faults.machines import ROOT, GaveUp, forget


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; 0 when everything could be measured and no figure is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1_000_000, help="readers for the ledger and for memory")
    parser.add_argument("--mails", type=int, default=20_000, help="mails in a run over the wire")
    parser.add_argument("--rounds", type=int, default=3, help="runs in turn, of which the median counts")
    parser.add_argument("--only", default="", help=f"of {', '.join(FIGURES)}")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench")
    options = parser.parse_args(arguments)
    wanted = [name for name in options.only.split(",") if name] or list(FIGURES)
    if unknown := set(wanted) - set(FIGURES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    options.out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="papers-bench-"))
    folder.chmod(0o755)
    try:
        with Place(folder, options.n, min(options.mails, options.n), options.rounds) as place:
            found = [row for name in wanted for row in measured(name, place, options.out)]
    finally:
        forget(folder)
    print(as_text(found))
    (options.out / "bench.md").write_text(as_markdown(found), encoding="utf-8")
    return 0 if all(row.reached != "below" and row.value is not None for row in found) else 1


def measured(name: str, place: Place, out: Path) -> list[Row]:
    """The rows of one measurement; a row that says why, where it could not be done."""
    began = time.monotonic()
    try:
        found = list(FIGURES[name](place))
    except (CannotMeasure, GaveUp, RuntimeError) as error:
        found = [Row(name, None, "", beside=f"not measured: {error}")]
    keep(name, found, out)
    for row in found:
        print(f"{row.figure}: {row.value if row.value is not None else '–'} {row.unit} ({row.beside})", flush=True)
    print(f"  {name} took {time.monotonic() - began:.0f} s", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
