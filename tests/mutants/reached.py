"""Find out which tests reach which function, and how long each takes, by one run of all tests."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import pytest
from coverage import Coverage

from tests.mutants.code import ROOT, clear_caches, functions_by_line
from tests.mutants.flips import Mutant

FIXTURE: Final = "fixture "
NEAR: Final = ("tests/plan/", "tests/run/", "tests/state/", "tests/test_golden")
"""The tests that tell most mutants."""


@dataclass(frozen=True)
class Reached:
    """What the tests reach when nothing is flipped."""

    seconds: dict[str, float]
    """How long each test took, by its id, if it passed."""
    failed: list[str]
    """The tests that failed, which can judge no mutant."""
    functions: dict[str, list[str]]
    """The tests that reach each function, and the fixtures that do, when they are set up."""

    def tests_for(self, mutant: Mutant, items: Sequence[pytest.Item]) -> list[pytest.Item]:
        """Return the tests that can tell a mutant, those first that most likely do.

        These are the tests named after its module, those of its package, those near, and the
        quickest.
        """
        reaching = set(self.functions.get(functions_by_line(mutant.path)[mutant.line], ()))
        able = [item for item in items if self._can_tell(item, reaching)]
        _, package, *_, name = mutant.path.split("/")

        def rank(item: pytest.Item) -> tuple[bool, bool, bool, float]:
            is_of_package = item.nodeid.startswith(f"tests/{package}/")
            is_near = item.nodeid.startswith(NEAR)
            is_own = item.path.name == f"test_{name}"
            return not is_own, not is_of_package, not is_near, self.seconds_of(item)

        return sorted(able, key=rank)

    def seconds_of(self, item: pytest.Item) -> float:
        """Return how long a test takes."""
        return self.seconds[item.nodeid]

    def together_with(self, other: Reached) -> Reached:
        """Return what is reached by the tests of both."""
        names = self.functions.keys() | other.functions.keys()
        return Reached(
            {**self.seconds, **other.seconds},
            sorted({*self.failed, *other.failed}),
            {n: [*self.functions.get(n, ()), *other.functions.get(n, ())] for n in names},
        )

    def _can_tell(self, item: pytest.Item, reaching: set[str]) -> bool:
        if item.nodeid in self.failed:
            return False
        fixtures = {f"{FIXTURE}{name}" for name in getattr(item, "fixturenames", ())}
        return item.nodeid in reaching or not fixtures.isdisjoint(reaching)

    def save(self, path: Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Reached:
        """Read it from a file."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def measure(
    session: pytest.Session, items: Sequence[pytest.Item], packages: Sequence[str]
) -> Reached:
    """Run some tests of a session, and return what they reach of some packages."""
    folders = [str(ROOT / "cioform" / package) for package in packages]
    watcher = _Watcher(Coverage(data_file=None, config_file=False, source=folders))
    session.config.pluginmanager.register(watcher)
    with watcher.coverage.collect():
        for _ in run_tests(session, items):
            pass
    return Reached(watcher.seconds, sorted(watcher.failed), _functions(watcher.coverage))


def run_tests(session: pytest.Session, items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Run some tests of a session, and yield each one before it runs."""
    for item, following in zip(items, [*items[1:], None], strict=False):
        yield item
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


@dataclass(eq=False)
class _Watcher:
    """Notes by a plugin of pytest what runs on behalf of which test or fixture."""

    coverage: Coverage
    seconds: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    path: Path | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if item.path != self.path:
            clear_caches()
            self.path = item.path
        started = time.monotonic()
        self.coverage.switch_context(item.nodeid)
        result = yield
        self.seconds[item.nodeid] = time.monotonic() - started
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
    ) -> Iterator[None]:
        """What is set up for several tests counts for all of them."""
        if fixturedef.scope == "function":
            return (yield)
        self.coverage.switch_context(f"{FIXTURE}{fixturedef.argname}")
        try:
            return (yield)
        finally:
            self.coverage.switch_context(request._pyfuncitem.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)


def _functions(coverage: Coverage) -> dict[str, list[str]]:
    data = coverage.get_data()
    functions: dict[str, set[str]] = defaultdict(set)
    for file in data.measured_files():
        names = functions_by_line(Path(file).relative_to(ROOT).as_posix())
        for line, contexts in data.contexts_by_lineno(file).items():
            if line in names:
                functions[names[line]].update(contexts)
    return {name: sorted(contexts) for name, contexts in functions.items()}
