"""A sample of walks in this process, cut off by exceptions. `python -m tests.torture` kills."""

from __future__ import annotations

import threading
from pathlib import Path
from random import Random

import pytest

from cioform.run.reading.parallel import run_parallel
from tests.torture.in_turn import requests_in_turn
from tests.torture.walk import Walk


@pytest.mark.parametrize("number", range(8))
def test_a_walk_loses_doubles_and_touches_nothing(number: int, tmp_path: Path) -> None:
    walk = Walk(tmp_path, Random(f"suite/{number}"))
    try:
        walk.run(rounds=3)
    except AssertionError as error:
        error.add_note("\n".join(walk.log))
        raise


def test_requests_are_sent_in_turn() -> None:
    """The command does without threads, which cost more than the requests of a walk."""
    with requests_in_turn():
        threads = run_parallel(lambda _: threading.current_thread(), range(3), limit=3)
    assert set(threads) == {threading.main_thread()}
