"""The thread that pushes the journal of a run."""

from __future__ import annotations

import threading

import pytest

from cioform.core.errors import StateError
from cioform.state.shared.publisher import BackgroundPublisher


@pytest.mark.parametrize(
    "error", [StateError.of("Moved", "It moved."), RuntimeError("a bug"), MemoryError()]
)
def test_the_run_stops_at_whatever_stopped_the_pushes(error: Exception) -> None:
    was_called = threading.Event()

    def publish() -> None:
        was_called.set()
        raise error

    publisher = BackgroundPublisher(publish)
    publisher.check()
    publisher.request(urgent=True)
    assert was_called.wait(5)
    publisher.close()
    with pytest.raises(type(error)):
        publisher.check()
