"""The clients' runs, each made once, and the reason when one cannot be made here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.clients.runs import Absent, Run, browser_run, node_run, python_run


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
