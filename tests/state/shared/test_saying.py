"""The sentence that is added to an error of a shared state."""

from __future__ import annotations

import pytest

from cioform.core.errors import StateError, StateUnreachableError
from cioform.state.git.command import GitError
from cioform.state.shared.session import adding_detail


@pytest.mark.parametrize(
    "error",
    [
        StateError.of("State not writable", "The disk is full."),
        StateUnreachableError.of("State not reachable", "The network is down."),
        GitError("write-tree", "fatal: No space left on device", "", "Free some disk space."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_sentence_is_added_once_to_the_same_error(error: StateError) -> None:
    with (
        pytest.raises(type(error)) as caught,
        adding_detail("Nothing was sent."),
        adding_detail("Nothing was sent."),
    ):
        raise error
    assert caught.value is error
    [shown] = caught.value.diagnostics
    assert shown.detail.endswith(".\nNothing was sent.")
    assert shown.detail.count("Nothing was sent.") == 1
    assert shown.detail in str(caught.value)
