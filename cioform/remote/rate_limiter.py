"""Keep requests below the rate limits, so that none has to be rejected."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from cioform.core.secrets.secret import Secret
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.settings.limits import Rates

RATE_SHARE: Final = 0.98
"""The share of the allowed rate that is used. At the full rate a strict server rejects a request
now and then, and each rejection costs a second."""

_BROADCAST_TRIGGER_PATH = lazy_pattern(r"/v1/campaigns/[^/]+/triggers")


class RateLimitBucket(StrEnum):
    """A budget that Customer.io keeps for a workspace (app facts, section 2, Rate limits)."""

    APP = "app"
    JOURNEYS = "journeys"
    TRACK = "track"
    BROADCAST = "broadcast"


def rate_limit_bucket(request: Request) -> RateLimitBucket:
    """Return the budget that a request counts against."""
    if (
        request.api is Api.APP
        and request.writes
        and _BROADCAST_TRIGGER_PATH.fullmatch(request.path)
    ):
        return RateLimitBucket.BROADCAST
    return RateLimitBucket(request.api.value)


class Throttle:
    """Spaces the requests of one bucket: GCRA with a burst of one, safe between threads.

    At 10 requests per second, a burst of two would already be an eleventh request in a second.
    """

    def __init__(
        self, rate: float, monotonic: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._interval = 1 / (rate * RATE_SHARE)
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = float("-inf")

    def acquire(self) -> None:
        """Wait for a slot. Slots are granted in the order they are requested."""
        with self._lock:
            now = self._monotonic()
            slot = max(self._next, now)
            self._next = slot + self._interval
        if slot > now:
            self._sleep(slot - now)

    def slow_down(self, rate: float) -> None:
        """Lower the rate to `rate`, unless it is lower already."""
        with self._lock:
            self._interval = max(self._interval, 1 / (rate * RATE_SHARE))

    def pause(self, seconds: float) -> None:
        """Grant no slot to any thread for `seconds`, after a request was rejected for its rate."""
        with self._lock:
            self._next = max(self._next, self._monotonic() + seconds)


class RateDomains:
    """The throttles that connections share if they use the same credential on the same server.

    Customer.io does not say whether it counts the requests of a service account for each workspace
    or for all of them, so one credential has one budget here. A credential of the Track API belongs
    to one workspace, so its throttle is not shared.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._throttles: dict[tuple[RateLimitBucket, str, Secret], Throttle] = {}

    def limiter(
        self,
        endpoint: Endpoint,
        credentials: Credentials,
        rates: Rates,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> RateLimiter:
        """Return the limiter of a connection. The lowest rate of a credential applies."""
        own = RateLimiter(rates, monotonic, sleep)
        owners = {
            RateLimitBucket.APP: (endpoint.app, credentials.app_api_key, rates.app),
            RateLimitBucket.JOURNEYS: (
                endpoint.journeys, credentials.service_account_token, rates.journeys,
            ),
        }  # fmt: skip
        with self._lock:
            for bucket, (server, secret, rate) in owners.items():
                if secret is not None:
                    shared = self._throttles.setdefault(
                        (bucket, server, secret), own.throttles[bucket]
                    )
                    shared.slow_down(rate)
                    own.throttles[bucket] = shared
        return own


class RateLimiter:
    """The throttles of one workspace, by bucket."""

    def __init__(
        self, rates: Rates, monotonic: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.throttles = {
            bucket: Throttle(rate, monotonic, sleep)
            for bucket, rate in (
                (RateLimitBucket.APP, rates.app),
                (RateLimitBucket.JOURNEYS, rates.journeys),
                (RateLimitBucket.TRACK, rates.track),
                (RateLimitBucket.BROADCAST, rates.broadcast),
            )
        }

    def of(self, request: Request) -> Throttle:
        """Return the throttle of a request."""
        return self.throttles[rate_limit_bucket(request)]
