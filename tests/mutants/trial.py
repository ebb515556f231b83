"""Try mutants by the tests that reach them, each in a process of its own.

The parent process has collected all tests and imported what they need, so that a trial costs no
more than its tests.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final

import hypothesis
import pytest

from tests.mutants.code import ROOT, install
from tests.mutants.flips import Mutant
from tests.mutants.reached import Reached, run_tests

PYTEST_OPTIONS: Final = (
    *("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-o", "addopts=--import-mode=importlib --strict-markers"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
BLIND: Final = (
    *("clients", "config", "contract", "data_contract", "docs", "editor", "emulator", "language"),
    *("lint", "mutants", "preview", "storage", "support", "upgrade"),
)
"""Folders of tests that do not tell a mutant from the code: they reach it by chance, or not."""
KILLED: Final = 1
TOO_SLOW: Final = -signal.SIGXCPU
UNDECIDED: Final = 3
SURVIVED: Final = ("survived", "undecided")
VERDICTS: Final = {0: "survived", KILLED: "killed", TOO_SLOW: "too slow", UNDECIDED: "undecided"}
"""What an exit code says. A mutant that makes a test endless is killed; one that has used up its
time is not."""
BROKEN: Final = 99
LEAST_SECONDS: Final = 30
TIMES_SLOWER: Final = 20
"""A test has so much more processor time than it took without a mutant, and at least the least."""


def with_tests(work: Callable[[pytest.Session], None], packages: Sequence[str]) -> int:
    """Collect all tests, do the work with them, and return the exit code of pytest."""
    # A failing example is enough; a small one takes minutes.
    hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.generate])
    hypothesis.settings.load_profile("mutants")
    options = [*PYTEST_OPTIONS, *(f"--ignore=tests/{folder}" for folder in BLIND), "tests"]
    return int(pytest.main(options, plugins=[_InsteadOfTests(work, packages)]))


class _InsteadOfTests:
    """A plugin of pytest that does some work where the tests would run."""

    def __init__(self, work: Callable[[pytest.Session], None], packages: Sequence[str]) -> None:
        self.work = work
        self.packages = packages

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for package in self.packages:
            for path in sorted((ROOT / "cioform" / package).rglob("*.py")):
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        self.work(session)
        return True


def try_mutant(mutant: Mutant, reached: Reached, session: pytest.Session, seconds: int) -> str:
    """Return the verdict of the tests on a mutant, within so many seconds of processor time."""
    items = reached.tests_for(mutant, session.items)
    limits = TIMES_SLOWER * (LEAST_SECONDS + sum(map(reached.seconds_of, items)))
    code = in_child(lambda: _run_and_exit(mutant, reached, session, seconds), limits)
    if code not in VERDICTS:
        raise SystemExit(f"The tests cannot be run with {mutant}: exit code {code}")
    return VERDICTS[code]


def in_child(work: Callable[[], None], limits: float) -> int:
    """Do some work in a process of its own, and return its exit code. Its output is dropped."""
    child = os.fork()
    if child == 0:
        code = BROKEN
        try:
            os.setpgid(0, 0)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            work()
            code = 0
        finally:
            os._exit(code)
    return _wait(child, time.monotonic() + limits)


def _run_and_exit(mutant: Mutant, reached: Reached, session: pytest.Session, seconds: int) -> None:
    install(mutant)
    for item in run_tests(session, reached.tests_for(mutant, session.items)):
        if session.testsfailed:
            break
        if time.process_time() > seconds:
            os._exit(UNDECIDED)
        _limit(LEAST_SECONDS + TIMES_SLOWER * reached.seconds_of(item))
    os._exit(KILLED if session.testsfailed else 0)


def _limit(seconds: float) -> None:
    """Let the kernel end this process after so much more processor time."""
    used = time.process_time()
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds), hard))


def _wait(child: int, deadline: float) -> int:
    """Return the exit code of a child process, which is stopped at the deadline."""
    try:
        while time.monotonic() < deadline:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return TOO_SLOW
    finally:
        with suppress(ProcessLookupError):  # what its tests have started
            os.killpg(child, signal.SIGKILL)
