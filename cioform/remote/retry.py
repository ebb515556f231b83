"""Rules for retries: which requests, and after how long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cioform.model.remote_access.conversation import Request

MAX_ATTEMPTS: Final = 4
MAX_RETRY_AFTER: Final = 120.0
"""Seconds. A longer Retry-After is a quota; whether to wait for it is the user's decision."""

_BASE_DELAY, _MAX_DELAY = 0.5, 30.0
_RETRYABLE_STATUSES: Final = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
"""The statuses that the official clients retry (app facts, section 2, Rate limits)."""


def is_retryable(request: Request, status: int) -> bool:
    """Return whether the status allows a retry.

    A write is only retried when it exceeded the rate: after a 5xx it may have been done (journeys
    facts, section 9.1).
    """
    return status == 429 if request.writes else status in _RETRYABLE_STATUSES


def backoff(attempt: int, jitter: Callable[[], float]) -> float:
    """Return the seconds to wait after `attempt` (from 0): exponential with full jitter."""
    return float(min(_MAX_DELAY, _BASE_DELAY * 2**attempt) * jitter())
