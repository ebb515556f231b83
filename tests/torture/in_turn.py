"""Requests one after the other, without threads, which cost more than the requests of a walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import pytest

from cioform.core import interruptible_pool

T = TypeVar("T")
P = ParamSpec("P")


class InTurn:
    """Stands for a pool of threads. It does each job when it is submitted."""

    def __init__(self, limit: int, thread_name_prefix: str) -> None:
        self.limit = limit
        self.name = thread_name_prefix

    def submit(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Do a job."""
        future: Future[T] = Future()
        try:
            future.set_result(job(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the caller gets it with the result
            future.set_exception(error)
        return future

    def shutdown(self, *, wait: bool, cancel_futures: bool) -> None:
        """Do nothing: no job is left."""


@contextmanager
def requests_in_turn() -> Iterator[None]:
    """Send what would be sent in parallel one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interruptible_pool, "ThreadPoolExecutor", InTurn)
        yield
