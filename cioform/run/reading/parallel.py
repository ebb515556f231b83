"""Run a function for many items in parallel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from cioform.core.interruptible_pool import interruptible_pool

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


def run_parallel(
    work: Callable[[ItemT], ResultT], items: Iterable[ItemT], limit: int
) -> list[ResultT]:
    """Return the results in the order of the items, of which at most `limit` are at work.

    After a failure or an interrupt no further item is started.
    """
    numbered = list(enumerate(items))
    results: dict[int, ResultT] = {}
    remaining = iter(numbered)
    stopped = threading.Event()

    def worker() -> None:
        # One job for each worker instead of each item: the pool is slow with 10,000 jobs.
        with _set_on_failure(stopped):
            for number, item in remaining:
                if stopped.is_set():
                    return
                results[number] = work(item)

    with interruptible_pool(limit) as pool, _set_on_failure(stopped):
        others = [pool.submit(worker) for _ in range(min(limit, len(numbered)) - 1)]
        worker()  # This thread works too: a single item needs no other one.
        for other in others:
            other.result()
    return [results[number] for number, _ in numbered]


@contextmanager
def _set_on_failure(stopped: threading.Event) -> Iterator[None]:
    """Set `stopped` when the block does not end normally."""
    try:
        yield
    except BaseException:
        stopped.set()
        raise
