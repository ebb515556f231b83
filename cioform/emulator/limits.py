"""The rate limit: a strict sliding window of one second."""

import math
import threading
from collections import deque
from collections.abc import Callable

from cioform.emulator.refusal import Refusal


class Limiter:
    """Counts the requests of each bucket over the last second."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._taken: dict[str, deque[float]] = {}

    def take(self, bucket: str, rate: float | None, *, retry_after: bool) -> None:
        """Count one request; 429 when the bucket is full. A refused request is not counted."""
        if rate is None:
            return
        window = max(1.0, 1.0 / rate)
        allowed = max(1, int(rate * window))
        with self._lock:
            now = self._monotonic()
            taken = self._taken.setdefault(bucket, deque())
            while taken and now - taken[0] >= window:
                taken.popleft()
            if len(taken) < allowed:
                taken.append(now)
                return
            wait = max(1, math.ceil(window - (now - taken[0])))
        headers = (("Retry-After", str(wait)),) if retry_after else ()
        raise Refusal(429, f"rate limited to {allowed} requests per {window:g}s", headers=headers)
