"""Flip the code of plan, run and state and count what the tests find: `python -m tests.mutants`.

A seeded sample of all flips is tried by the tests of these packages, each flip in a process of its
own. A flip that no test finds is a *survivor*: it is printed with its line.

We looked at mutmut 3 and cosmic-ray 8. Neither draws a sample with a seed. cosmic-ray changes the
files of the checkout while it runs; mutmut chooses its own kinds of changes, most of them in texts.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from random import Random
from typing import Final

from tests.mutants.flips import Mutant, mutants_of
from tests.mutants.trial import ROOT, try_mutant

PACKAGES: Final = ("plan", "run", "state")
LIBRARIES: Final = ("httpx", "pydantic", "ruamel.yaml", "werkzeug", "typer", "liquid")
"""What every trial would import again."""
WANTED: Final = 0.95
"""The share of the sample that the tests must find."""


def main() -> int:
    """Try a sample of mutants. Return 1 if too few were killed."""
    options = _options()
    os.chdir(ROOT)
    for library in LIBRARIES:
        import_module(library)
    if options.baseline and _try(None, 10 * options.seconds) != "survived":
        _print("The tests fail without a mutant, so that they would find each of them.")
        return 2
    found = all_mutants()
    sample = Random(options.seed).sample(found, options.count)[options.skip :]
    survivors = [each for each in sample if _try(each, options.seconds) == "survived"]
    return _report(sample, survivors, len(found))


def all_mutants() -> list[Mutant]:
    """Return every flip of the packages, in a stable order."""
    return [
        mutant
        for package in PACKAGES
        for path in sorted((ROOT / "cioform" / package).rglob("*.py"))
        for mutant in mutants_of(path, path.relative_to(ROOT).as_posix())
    ]


def _try(mutant: Mutant | None, seconds: int) -> str:
    started = time.monotonic()
    verdict = try_mutant(mutant, seconds)
    _print(f"{time.monotonic() - started:5.0f} s  {verdict:9} {mutant or 'no mutant'}")
    return verdict


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
    parser.add_argument(
        "--no-baseline", dest="baseline", action="store_false", help="trust that the tests pass"
    )
    parser.add_argument("--seconds", type=int, default=300, help="processor time for each mutant")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
