"""Carries one request over httpx: pace kept, safe retries made, size capped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from cioform.core.version import __version__
from cioform.model.conversation import Request
from cioform.remote import responses
from cioform.remote.rate_limiter import RateLimiter
from cioform.remote.redact import Redactor
from cioform.remote.responses import ParsedResponse
from cioform.remote.retry import (
    MAX_ATTEMPTS,
    MAX_RETRY_AFTER,
    backoff,
    is_retryable,
    parse_retry_after,
)

MAX_RESPONSE_BYTES: Final = 64 * 2**20
MAX_CONNECTIONS: Final = 10
"""Beyond ten the pool of httpx collapses, and ten fill any rate we may use."""

_NOT_SENT_ERRORS = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=None)


@dataclass(frozen=True, slots=True)
class Timing:
    """Time as seen by the door; a test passes its own. `clock` is Unix seconds, `jitter` gives
    a number from 0 to 1."""

    clock: Callable[[], float]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]


class _ResponseTooLargeError(Exception):
    """An answer went over the cap."""


class Transport:
    """One httpx client and its manners. Safe between threads."""

    def __init__(
        self,
        rate_limiter: RateLimiter,
        timing: Timing,
        redact: Redactor,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._rate_limiter = rate_limiter
        self._timing = timing
        self._redact = redact
        self._lock = threading.Lock()
        self._count = 0
        self.client = httpx.Client(
            transport=transport,
            timeout=_TIMEOUT,
            limits=httpx.Limits(
                max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS
            ),
            headers={
                "User-Agent": f"cioform/{__version__}",
                "Accept": "application/json",
            },
            follow_redirects=False,
        )

    @property
    def count(self) -> int:
        """How many requests were counted so far, retries included."""
        return self._count

    def send(
        self, request: Request, http_request: httpx.Request, *, counted: bool = True
    ) -> ParsedResponse:
        """Give the answer to `sent`, whatever its status, after the retries that are safe for
        `request`. Raises InDoubt or RemoteRefused when there is no answer to give."""
        pace = self._rate_limiter.of(request)
        for attempt in range(MAX_ATTEMPTS):
            last = attempt == MAX_ATTEMPTS - 1
            pause = backoff(attempt, self._timing.jitter)
            pace.acquire()  # before the connection: a slot waited for must not hold one
            try:
                answer = self._send_once(http_request, counted)
            except _ResponseTooLargeError:
                raise responses.response_too_large_error(
                    request, MAX_RESPONSE_BYTES, self._redact
                ) from None
            except httpx.HTTPError as error:
                self._raise_unless_retryable(request, http_request, error, last)
                self._timing.sleep(pause)
                continue
            wait = self._retry_delay(answer, pause)
            if last or wait > MAX_RETRY_AFTER or not is_retryable(request, answer.status):
                return answer
            if answer.status == 429:
                pace.pause(wait)  # every thread waits, not only this one
            else:
                self._timing.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _raise_unless_retryable(
        self, request: Request, http_request: httpx.Request, error: httpx.HTTPError, last: bool
    ) -> None:
        """Raise, unless trying again is safe: nothing was sent, or it is only a read."""
        why = str(error) or type(error).__name__
        if request.writes and not isinstance(error, _NOT_SENT_ERRORS):
            what = f"The connection failed before the answer was read: {why.rstrip('.')}."
            raise responses.outcome_unknown_error(request, what, self._redact) from None
        if last:
            raise responses.unreachable_error(
                request, http_request.url.host, why, self._redact
            ) from None

    def _retry_delay(self, answer: ParsedResponse, pause: float) -> float:
        asked = parse_retry_after(answer.headers.get("retry-after"), self._timing.clock())
        return pause if asked is None else asked

    def _send_once(self, http_request: httpx.Request, counted: bool) -> ParsedResponse:
        """Send and read to the end, or raise httpx.HTTPError or _TooLarge."""
        if counted:
            with self._lock:
                self._count += 1
        response = self.client.send(http_request, stream=True)
        try:
            announced = response.headers.get("content-length", "")
            if announced.isdigit() and int(announced) > MAX_RESPONSE_BYTES:
                raise _ResponseTooLargeError
            content = bytearray()
            for piece in response.iter_bytes(2**16):
                content += piece
                if len(content) > MAX_RESPONSE_BYTES:
                    raise _ResponseTooLargeError
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return ParsedResponse(response.status_code, headers, bytes(content))
