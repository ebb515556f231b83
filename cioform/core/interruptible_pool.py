"""A pool of threads that nobody waits for after an interrupt."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def interruptible_pool(limit: int, name: str = "") -> Iterator[ThreadPoolExecutor]:
    """Yield a pool whose threads end with the block.

    An interrupt reaches only the main thread. It does not wait for the others, which may be waiting
    for a rate limit or a response.
    """
    pool = ThreadPoolExecutor(limit, thread_name_prefix=name)
    is_interrupted = False
    try:
        yield pool
    except (KeyboardInterrupt, SystemExit):
        is_interrupted = True
        raise
    finally:
        pool.shutdown(wait=not is_interrupted, cancel_futures=is_interrupted)
