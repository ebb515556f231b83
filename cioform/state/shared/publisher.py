"""Push the journal of a run from time to time, while the run goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Protocol

from typing_extensions import override

INTERVAL_SECONDS: Final = 5.0
"""A record is pushed at the latest after this time."""
WRITES: Final = 20
"""After this many writes the journal is pushed without waiting."""


class Publisher(Protocol):
    """Decides when what was recorded is pushed."""

    def check(self) -> None:
        """Raise the error of an earlier push."""
        ...

    def request(self, *, urgent: bool) -> None:
        """Announce new records. Urgent ones are pushed as soon as possible."""
        ...

    def close(self) -> None:
        """Wait for the push in flight; there will be no other."""
        ...


class BackgroundPublisher(Publisher):
    """Pushes in a thread of its own, one push at a time, so that the run does not wait.

    What is requested during a push is part of the next one.
    """

    def __init__(self, publish: Callable[[], None]) -> None:
        self._publish = publish
        self._changed = threading.Condition()
        self._has_records = False
        self._is_urgent = False
        self._is_closed = False
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="publish-journal", daemon=True)
        self._thread.start()

    @override
    def check(self) -> None:
        if self._error is not None:
            raise self._error

    @override
    def request(self, *, urgent: bool) -> None:
        with self._changed:
            self._has_records = True
            self._is_urgent = self._is_urgent or urgent
            self._changed.notify()

    @override
    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while self._wait():
            try:
                self._publish()
            except Exception as error:  # noqa: BLE001  Raised where the run goes on, in `check`.
                self._error = error
                return

    def _wait(self) -> bool:
        """Wait until something is to be pushed; return False when the thread has to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._has_records or self._is_closed)
            self._changed.wait_for(lambda: self._is_urgent or self._is_closed, INTERVAL_SECONDS)
            self._has_records = self._is_urgent = False
            return not self._is_closed


class ImmediatePublisher(Publisher):
    """Pushes what is urgent before the run goes on, so that the order of all steps is fixed."""

    def __init__(self, publish: Callable[[], None]) -> None:
        self._publish = publish

    @override
    def check(self) -> None:
        pass

    @override
    def request(self, *, urgent: bool) -> None:
        if urgent:
            self._publish()

    @override
    def close(self) -> None:
        pass
