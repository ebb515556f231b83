"""Flip the code of plan, run and state and count what the tests find: `python -m tests.mutants`.

A seeded sample of all flips is tried by the tests that reach them, each flip in a process of its
own. A flip that no test finds is a *survivor*: it is printed with its line.

We looked at mutmut 3 and cosmic-ray 8. Neither draws a sample with a seed. cosmic-ray changes the
files of the checkout while it runs; mutmut chooses its own kinds of changes, most of them in texts.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.mutants.code import ROOT
from tests.mutants.flips import Mutant, mutants_of
from tests.mutants.reached import Reached, measure
from tests.mutants.trial import SURVIVED, in_child, try_mutant, with_tests

PACKAGES: Final = ("plan", "run", "state")
WANTED: Final = 0.95
"""The share of the sample that the tests must find."""
A_DAY: Final = 86_400.0


def main() -> int:
    """Try a sample of mutants. Return 1 if too few were killed."""
    options = _options()
    os.chdir(ROOT)
    found = all_mutants()
    if options.at:
        sample = [each for each in found if str(each).startswith(options.at)]
    else:
        sample = Random(options.seed).sample(found, options.count)[options.skip :]
    survivors: list[Mutant] = []

    def work(session: pytest.Session) -> None:
        reached = _reached(session, options.reached)
        survivors.extend(
            each for each in sample if _survives(each, reached, session, options.seconds)
        )

    code = with_tests(work, PACKAGES)
    return code or _report(sample, survivors, len(found))


def all_mutants() -> list[Mutant]:
    """Return every flip of the packages, in a stable order."""
    return [
        mutant
        for package in PACKAGES
        for path in sorted((ROOT / "cioform" / package).rglob("*.py"))
        for mutant in mutants_of(path, path.relative_to(ROOT).as_posix())
    ]


def _reached(session: pytest.Session, file: Path | None) -> Reached:
    """Return what each test reaches. What the file knows already is not measured again."""
    reached = Reached.load(file) if file and file.exists() else Reached({}, [], {})
    if new := [item for item in session.items if item.nodeid not in reached.seconds]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reached.json"
            if code := in_child(lambda: measure(session, new, PACKAGES).save(path), A_DAY):
                raise SystemExit(f"The tests cannot be run: exit code {code}")
            reached = reached.together_with(Reached.load(path))
    if file:
        reached.save(file)
    for name in reached.failed:
        _print(f"fails without a mutant and is left out: {name}")
    return reached


def _survives(mutant: Mutant, reached: Reached, session: pytest.Session, seconds: int) -> bool:
    started = time.monotonic()
    verdict = try_mutant(mutant, reached, session, seconds)
    _print(f"{time.monotonic() - started:5.0f} s  {verdict:9} {mutant}")
    return verdict in SURVIVED


def _report(sample: Sequence[Mutant], survivors: Sequence[Mutant], total: int) -> int:
    killed = len(sample) - len(survivors)
    _print(f"{killed} of {len(sample)} mutants were killed, out of {total}.")
    for mutant in survivors:
        _print(f"    survived: {mutant}")
    return 0 if killed >= WANTED * len(sample) else 1


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--skip", type=int, default=0, help="leave out the first of the sample")
    parser.add_argument("--at", help="try all flips of this place: cioform/plan/plan.py:131")
    parser.add_argument(
        "--reached", type=Path, help="keep here what each test reaches, and use it the next time"
    )
    parser.add_argument("--seconds", type=int, default=300, help="processor time for each mutant")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
