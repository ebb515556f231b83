"""Walk at random through files, edits, cuts and recoveries: `python -m tests.torture`.

Each walk has a workspace of its own. A command that is killed has a process of its own, which is
really killed. A walk that goes wrong is printed with everything that it did; its seed and number
repeat it.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import nullcontext
from multiprocessing import get_context
from pathlib import Path
from random import Random

from tests.torture.in_turn import requests_in_turn
from tests.torture.walk import Walk

ROUNDS = 4
THREADED = 4
"""One walk of so many has threads."""


def walk(seed: int, number: int, *, in_child: bool = True) -> tuple[int, str, Counter[str]]:
    """Run one walk. Return its number, what went wrong, and how its commands ended."""
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        walked = Walk(Path(folder), Random(f"{seed}/{number}"), in_child)
        try:
            with requests_in_turn() if number % THREADED else nullcontext():
                walked.run(ROUNDS)
        except Exception:  # noqa: BLE001 - whatever it is, the walk is the report
            lines = [*walked.log, *traceback.format_exc().splitlines()]
            return number, "\n".join(f"    {line}" for line in lines), walked.endings
    return number, "", walked.endings


def main() -> int:
    """Run the walks. Return 1 if one of them went wrong."""
    options = _options()
    numbers = [options.only] if options.only is not None else range(options.walks)
    endings: Counter[str] = Counter()
    walked = failed = 0
    deadline = time.monotonic() + 60 * options.minutes
    walk(options.seed, 0, in_child=False)  # imports what a command needs
    with get_context("fork").Pool(options.jobs) as pool:
        arguments = [(options.seed, number) for number in numbers]
        for number, problem, ended in pool.imap_unordered(_walk, arguments):
            endings += ended
            walked += 1
            if problem:
                failed += 1
                sys.stdout.write(f"walk {number} of seed {options.seed}:\n{problem}\n")
                sys.stdout.flush()
            if time.monotonic() > deadline:
                break
    lines = "".join(f"    {name:24} {count}\n" for name, count in sorted(endings.items()))
    sys.stdout.write(f"{walked} walks of {ROUNDS} rounds, {failed} failed\n{lines}")
    return 1 if failed else 0


def _walk(arguments: tuple[int, int]) -> tuple[int, str, Counter[str]]:
    return walk(*arguments)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--walks", type=int, default=100)
    parser.add_argument("--only", type=int, help="run only this walk")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="walks at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
