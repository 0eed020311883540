"""`make faults`: run the drills side by side, print the table, write it as JSON and Markdown.

python -m tests.faults [--only F01,F11] [--seeds 3] [--jobs 3] [--out var/faults]
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newsletter.supervisor import tied_to_this_process
from tests.faults import table
from tests.faults.base import prepare
from tests.faults.drills import Skip, load
from tests.faults.machines import ROOT, GaveUp, forget
from tests.faults.rig import Rig

READERS = 1500
LONGEST = 420.0  # seconds for one drill


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; 0 when every drill held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="codes, comma-separated")
    parser.add_argument("--seeds", type=int, default=1, help="how often to run the drills that have chance in them")
    parser.add_argument("--jobs", type=int, default=(os.cpu_count() or 2) + 1, help="how many drills at a time")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "faults")
    parser.add_argument("--base", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if options.base:
        return run_one(options.only, options.seed, options.base, options.out)
    return run_all(options)


def run_one(code: str, seed: int, base: Path, out: Path) -> int:
    """Run one drill in this process; its result goes to a file."""
    drill = load()[code]
    result: dict[str, Any] = {"code": code, "title": drill.title, "seed": seed}
    began = time.monotonic()
    with Rig(out / f"{code}-{seed}", base, seed) as rig:
        try:
            drill.run(rig)
            result |= rig.verdict().as_json()
        except Skip as reason:
            result |= {"skipped": str(reason)}
        except Exception as error:  # noqa: BLE001 - a drill that breaks is a result too
            trace = "" if isinstance(error, GaveUp) else f"\n{traceback.format_exc()}"
            result |= {"holds": False, "broken": [f"{type(error).__name__}: {error}{trace}", *rig.broken]}
    result["seconds"] = round(time.monotonic() - began, 1)
    (out / f"{code}-{seed}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    return 0


def run_all(options: argparse.Namespace) -> int:
    """Prepare once, then run every drill with every seed."""
    known = load()
    spelled = {code.upper(): code for code in known}
    named = [code for code in options.only.upper().split(",") if code]
    wanted = [spelled.get(code, code) for code in named] or list(known)
    if unknown := set(wanted) - set(known):
        print(f"No such drill: {', '.join(sorted(unknown))}. There are {', '.join(known)}.", file=sys.stderr)
        return 2
    forget(options.out)
    options.out.mkdir(parents=True)
    # The clusters lie where PostgreSQL's own user may go, which the project's folder need not be.
    work = Path(tempfile.mkdtemp(prefix="papers-faults-"))
    work.chmod(0o755)
    try:
        base = prepare(work / "base", READERS)
        turns = [
            (code, seed) for seed in range(1, options.seeds + 1) for code in wanted if seed == 1 or not known[code].once
        ]
        results = run_turns(turns, base, work, options.jobs)
    finally:
        for log in sorted(work.glob("F*/**/*.log")):
            kept = options.out / "-".join(log.relative_to(work).parts)
            kept.write_bytes(log.read_bytes()[-200_000:])
        forget(work)
    print(table.as_text(results))
    (options.out / "faults.json").write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    (options.out / "faults.md").write_text(table.as_markdown(results), encoding="utf-8")
    return 0 if all(result.get("holds", True) for result in results) else 1


def run_turns(turns: list[tuple[str, int]], base: Path, work: Path, jobs: int) -> list[dict[str, Any]]:
    """Run the drills as processes of their own, `jobs` at a time, and say how each one ended."""
    waiting, running, results = list(turns), {}, []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                code, seed = waiting.pop(0)
                command = [sys.executable, "-m", "tests.faults", "--only", code, "--seed", str(seed)]
                command += ["--base", str(base), "--out", str(work)]
                started = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    preexec_fn=tied_to_this_process(),  # noqa: PLW1509 - one thread
                )
                running[started] = (code, seed, time.monotonic())
            for process, (code, seed, began) in list(running.items()):
                if process.poll() is None and time.monotonic() - began < LONGEST:
                    continue
                process.terminate()
                process.wait()
                del running[process]
                results.append(result_of(work / f"{code}-{seed}.json", code, seed))
                print(table.line_of(results[-1]), flush=True)
            time.sleep(0.1)
    finally:
        for process in running:
            process.terminate()
            process.wait()
    return sorted(results, key=lambda result: (result["code"], result["seed"]))


def result_of(file: Path, code: str, seed: int) -> dict[str, Any]:
    """What a drill wrote, or that it wrote nothing."""
    if file.exists():
        return dict(json.loads(file.read_text(encoding="utf-8")))
    return {
        "code": code,
        "title": load()[code].title,
        "seed": seed,
        "holds": False,
        "broken": ["the drill never ended"],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
