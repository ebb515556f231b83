"""A run of each client, once a session. Tests are skipped if a client cannot run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.clients.runs import ClientMissingError, Run, browser_run, node_run, python_run


@pytest.fixture(scope="session")
def python() -> Run:
    return _run_or_skip(python_run)


@pytest.fixture(scope="session")
def node() -> Run:
    return _run_or_skip(node_run)


@pytest.fixture(scope="session")
def browser() -> Run:
    return _run_or_skip(browser_run)


def _run_or_skip(run: Callable[[], Run]) -> Run:
    try:
        return run()
    except ClientMissingError as error:
        pytest.skip(str(error))
