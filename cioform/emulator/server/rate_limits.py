"""The rate limit: a strict sliding window, of one second or longer."""

import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from cioform.emulator.wire.errors import ApiError


@dataclass(frozen=True)
class RateLimit:
    """So many requests in so many seconds."""

    allowed: int
    seconds: float

    @classmethod
    def per_second(cls, rate: float) -> "RateLimit":
        """A rate per second; one below 1 has a longer window."""
        seconds = max(1.0, 1.0 / rate)
        return cls(max(1, int(rate * seconds)), seconds)


class SlidingWindowLimiter:
    """Counts the requests of each bucket over its window."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._taken: dict[str, deque[float]] = {}

    def acquire(self, bucket: str, limit: RateLimit, *, retry_after: bool) -> None:
        """Count one request; 429 when the bucket is full. A refused request is not counted."""
        allowed, window = limit.allowed, limit.seconds
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
        raise ApiError(429, f"rate limited to {allowed} requests per {window:g}s", headers=headers)
