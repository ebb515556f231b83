"""Try one mutant: the tests of its package, in a process of their own with a time limit."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NoReturn

import hypothesis
import pytest

from tests.mutants.flips import Mutant
from tests.mutants.loader import install

ROOT: Final = Path(__file__).resolve().parents[2]
TESTS: Final = {
    "plan": ("tests/plan", "tests/test_golden.py", "tests/run", "tests/faults", "tests/kinds"),
    "run": ("tests/run", "tests/test_golden.py", "tests/faults", "tests/plan", "tests/kinds"),
    "state": ("tests/state", "tests/faults", "tests/run", "tests/cli"),
}
"""The tests that try a package, those first that find most."""
PYTEST_OPTIONS: Final = (
    *("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-o", "addopts=--import-mode=importlib --strict-markers"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
TOO_SLOW: Final = -signal.SIGXCPU
VERDICTS: Final = {0: "survived", 1: "killed", 2: "killed", TOO_SLOW: "too slow"}
"""What the exit code of pytest says: 2 means that the tests could not even be collected."""
BROKEN: Final = 99
PATIENCE: Final = 20
"""How many times the limit of processor time a trial may take on a busy machine."""


def try_mutant(mutant: Mutant | None, seconds: int) -> str:
    """Return the verdict of the tests on a mutant, or on the code as it is.

    A trial has so many seconds of processor time.
    """
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        _run_and_exit(mutant, seconds)
    code = _wait(child, time.monotonic() + PATIENCE * seconds)
    if code not in VERDICTS:
        raise SystemExit(f"The tests cannot be run with {mutant or 'no mutant'}: exit code {code}")
    return VERDICTS[code]


def _run_and_exit(mutant: Mutant | None, seconds: int) -> NoReturn:
    code = BROKEN
    try:
        code = _run_tests(mutant, seconds)
    finally:
        os._exit(code)


def _run_tests(mutant: Mutant | None, seconds: int) -> int:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    # A failing example is enough; a small one takes minutes.
    hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.generate])
    hypothesis.settings.load_profile("mutants")
    if mutant is not None:
        install(mutant)
    # Most flips are found by the first tests, so that the others need not be collected.
    codes = (int(pytest.main([*PYTEST_OPTIONS, *paths])) for paths in _tests(mutant) if paths)
    return next((code for code in codes if code), 0)


def _tests(mutant: Mutant | None) -> Iterable[Sequence[str]]:
    """Yield the tests that try a mutant: those named after its module, its package's, the rest."""
    if mutant is None:
        yield list(dict.fromkeys(path for paths in TESTS.values() for path in paths))
        return
    _, package, *_, name = mutant.path.split("/")
    own = sorted((ROOT / "tests").glob(f"*/test_{name}"))
    yield [path.relative_to(ROOT).as_posix() for path in own]
    yield TESTS[package][:1]
    yield TESTS[package][1:]


def _wait(child: int, deadline: float) -> int:
    """Return the exit code of a child process, which is stopped at the deadline."""
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TOO_SLOW
