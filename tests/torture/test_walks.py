"""A sample of walks in this process, cut off by exceptions. `python -m tests.torture` kills."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.torture.walk import Walk


@pytest.mark.parametrize("number", range(8))
def test_a_walk_loses_doubles_and_touches_nothing(number: int, tmp_path: Path) -> None:
    walk = Walk(tmp_path, Random(f"suite/{number}"))
    try:
        walk.run(rounds=3)
    except AssertionError as error:
        error.add_note("\n".join(walk.log))
        raise
