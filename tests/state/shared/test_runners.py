"""A sample of `python -m tests.state.shared.runners`."""

from __future__ import annotations

from tests.state.shared.runners import run_together


def test_no_swap_of_several_runners_is_lost(tmp_path):
    result = run_together(tmp_path, runners=2, swaps=3)
    assert result.counted == result.in_history == result.expected == 6
