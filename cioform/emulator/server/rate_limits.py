"""Rate limits: strict sliding windows of one second or longer."""

import math
import threading
from collections import deque
from collections.abc import Callable

from cioform.core.dataclasses import dataclass
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.protocol.route import Route
from cioform.emulator.store.database import EmulatedWorkspace
from cioform.emulator.wire.errors import ApiError

SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class RateLimit:
    """A number of requests that are allowed in a number of seconds."""

    allowed: int
    seconds: float

    @classmethod
    def per_second(cls, rate: float) -> "RateLimit":
        """Return the limit for a rate per second; a rate below 1 has a longer window."""
        seconds = max(1.0, 1.0 / rate)
        return cls(max(1, int(rate * seconds)), seconds)


class SlidingWindowLimiter:
    """Counts the requests of each bucket over its window."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._accepted_at: dict[str, deque[float]] = {}

    def acquire(self, bucket: str, limit: RateLimit, *, retry_after: bool) -> None:
        """Count one request. Raises ApiError (429) without counting it if the bucket is full.

        With `retry_after`, the response says in how many seconds there is room again.
        """
        allowed, window = limit.allowed, limit.seconds
        with self._lock:
            now = self._monotonic()
            accepted_at = self._accepted_at.setdefault(bucket, deque())
            while accepted_at and now - accepted_at[0] >= window:
                accepted_at.popleft()
            if len(accepted_at) < allowed:
                accepted_at.append(now)
                return
            wait = max(1, math.ceil(window - (now - accepted_at[0])))
        headers = (("Retry-After", str(wait)),) if retry_after else ()
        raise ApiError(429, f"rate limited to {allowed} requests per {window:g}s", headers=headers)


class RateLimits:
    """The limits of each workspace: one per API, and one per day for some operations."""

    def __init__(self, behavior: Behavior, limiter: SlidingWindowLimiter) -> None:
        self._behavior = behavior
        self._limiter = limiter

    def acquire(self, route: Route, workspace: EmulatedWorkspace) -> None:
        """Count one request. Raises ApiError (429) if it exceeds a limit."""
        rate = route.surface.requests_per_second(self._behavior)
        if rate is None:
            return  # without a rate limit, the daily limit is off too
        bucket = f"{route.surface.name}/{route.surface.rate_owner(self._behavior, workspace)}"
        limit = RateLimit.per_second(rate)
        self._limiter.acquire(bucket, limit, retry_after=self._behavior.retry_after)
        if route.has_daily_limit:
            daily = RateLimit(self._behavior.archived_messages_per_day, SECONDS_PER_DAY)
            self._limiter.acquire(f"{route.path}/{workspace.name}", daily, retry_after=False)
