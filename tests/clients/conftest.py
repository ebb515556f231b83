"""The clients' runs, each made once, and the reason when one cannot be made here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from clients_run import Absent, Run, browser_run, node_run, python_run


@pytest.fixture(scope="session")
def python() -> Run:
    return _made(python_run)


@pytest.fixture(scope="session")
def node() -> Run:
    return _made(node_run)


@pytest.fixture(scope="session")
def browser() -> Run:
    return _made(browser_run)


def _made(run: Callable[[], Run]) -> Run:
    try:
        return run()
    except Absent as absent:
        pytest.skip(str(absent))
