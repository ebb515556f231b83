"""The time to wait before a request to GitHub may be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from cioform.core.lazy_modules import lazy_module
from cioform.core.time.retry_after import parse_retry_after

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy_module("httpx")

MAX_ATTEMPTS: Final = 4
MAX_WAIT: Final = 120.0
"""Seconds. A limit that ends later is left to the next job."""
_SECONDARY_WAIT: Final = 60.0
"""What the documentation asks for at least if a secondary limit comes without Retry-After."""
_BASE_WAIT: Final = 0.5
_SERVER_ERRORS: Final = frozenset({500, 502, 503, 504})


def is_limit(response: httpx.Response) -> bool:
    """Return whether a response is one of GitHub's rate limits, and not a lack of rights."""
    if response.status_code == 429:
        return True
    if response.status_code != 403:
        return False
    headers = response.headers
    return (
        "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
        or "secondary rate limit" in response.text.lower()
    )


def seconds_to_wait(response: httpx.Response, attempt: int, now: float) -> float | None:
    """Return how long to wait before a request is sent again, None if it must not be.

    After an error of the server, what was to be written may have been, so only reads are repeated.
    """
    if is_limit(response):
        return _wait_for_limit(response.headers, attempt, now)
    is_read = response.request.method == "GET"
    if is_read and response.status_code in _SERVER_ERRORS:
        return _BASE_WAIT * 2.0**attempt
    return None


def _wait_for_limit(headers: Mapping[str, str], attempt: int, now: float) -> float:
    asked = parse_retry_after(headers.get("retry-after"), now)
    if asked is not None:
        return asked
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(0.0, int(reset) - now)
    return float(_SECONDARY_WAIT * 2.0**attempt)
