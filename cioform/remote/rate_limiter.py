"""Keeps to the rate limits without learning them by being refused."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from cioform.model.conversation import Api, Request
from cioform.model.limits import Rates

RATE_SHARE: Final = 0.98
"""Of the allowed rate. At the full rate a strict server refuses now and then, and each refusal
costs a second."""

_BROADCAST_TRIGGER_PATH = re.compile(r"/v1/campaigns/[^/]+/triggers")


class RateLimitBucket(StrEnum):
    """A budget that the remote keeps for a workspace (app facts, section 2, Rate limits)."""

    APP = "app"
    JOURNEYS = "journeys"
    TRACK = "track"
    BROADCAST = "broadcast"


def rate_limit_bucket(request: Request) -> RateLimitBucket:
    """Give the budget that a request is taken from."""
    if (
        request.api is Api.APP
        and request.writes
        and _BROADCAST_TRIGGER_PATH.fullmatch(request.path)
    ):
        return RateLimitBucket.BROADCAST
    return RateLimitBucket(request.api.value)


class Throttle:
    """The pace of one limit class: GCRA with a burst of one, safe between threads.

    A burst of two would already be the eleventh request of a second at 10 a second.
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
        """Wait for a slot. Slots are given in the order asked for."""
        with self._lock:
            now = self._monotonic()
            slot = max(self._next, now)
            self._next = slot + self._interval
        if slot > now:
            self._sleep(slot - now)

    def pause(self, seconds: float) -> None:
        """Give no slot for a while, to anybody: the remote said that it is too much."""
        with self._lock:
            self._next = max(self._next, self._monotonic() + seconds)


class RateLimiter:
    """The paces of one workspace."""

    def __init__(
        self, rates: Rates, monotonic: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._throttles = {
            bucket: Throttle(rate, monotonic, sleep)
            for bucket, rate in (
                (RateLimitBucket.APP, rates.app),
                (RateLimitBucket.JOURNEYS, rates.journeys),
                (RateLimitBucket.TRACK, rates.track),
                (RateLimitBucket.BROADCAST, rates.broadcast),
            )
        }

    def of(self, request: Request) -> Throttle:
        """Give the pace that `request` keeps to."""
        return self._throttles[rate_limit_bucket(request)]
