"""Requests one after the other, without threads, which cost more than the requests of a walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

import pytest

from cioform.run.reading import parallel

T = TypeVar("T")


class InTurn:
    """Stands for a pool of threads. It does each job when it is submitted."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Do a job."""
        future: Future[T] = Future()
        try:
            future.set_result(job())
        except Exception as error:  # noqa: BLE001 - the caller gets it with the result
            future.set_exception(error)
        return future

    def shutdown(self, *, wait: bool, cancel_futures: bool) -> None:
        """Do nothing: no job is left."""


@contextmanager
def requests_in_turn() -> Iterator[None]:
    """Send what would be sent in parallel one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "ThreadPoolExecutor", InTurn)
        yield
