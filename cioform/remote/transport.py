"""Send one request over httpx: at the allowed rate, with safe retries and a limited size."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cioform.core.dataclasses import dataclass
from cioform.core.lazy_modules import lazy_module
from cioform.core.time.retry_after import parse_retry_after
from cioform.core.version import __version__
from cioform.model.remote_access.conversation import Request
from cioform.remote.rate_limiter import RateLimiter
from cioform.remote.responses.response_errors import ResponseErrors
from cioform.remote.responses.responses import RawResponse
from cioform.remote.retry import (
    MAX_ATTEMPTS,
    MAX_RETRY_AFTER,
    backoff,
    is_retryable,
)
from cioform.storage.certificates import trusted_authorities

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy_module("httpx")

MAX_RESPONSE_BYTES: Final = 64 * 2**20
MAX_CONNECTIONS: Final = 10
"""The connection pool of httpx gets slow beyond ten, and ten suffice for any rate we may use."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The clocks of a connection; tests pass their own."""

    clock: Callable[[], float]
    """Returns Unix seconds."""
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]
    """Returns a number from 0 to 1."""


def _keep_none(_response: httpx.Response) -> None:
    """Store no cookie of a response."""


class _ResponseTooLargeError(Exception):
    """A response exceeded `MAX_RESPONSE_BYTES`."""


class Transport:
    """One httpx client with rate limit, retries and size limit. Safe between threads."""

    def __init__(
        self,
        rate_limiter: RateLimiter,
        timing: Timing,
        errors: ResponseErrors,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._rate_limiter = rate_limiter
        self._timing = timing
        self._errors = errors
        self._lock = threading.Lock()
        self._count = 0
        self.client = httpx.Client(
            transport=transport,
            verify=trusted_authorities() if transport is None else False,
            timeout=httpx.Timeout(30.0, connect=10.0, pool=None),
            limits=httpx.Limits(
                max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS
            ),
            headers={"User-Agent": f"cioform/{__version__}", "Accept": "application/json"},
            follow_redirects=False,
        )
        # No API sets cookies. To look for them took a sixth of the time of a request.
        self.client.cookies.extract_cookies = _keep_none  # type: ignore[assignment, method-assign]

    @property
    def count(self) -> int:
        """The number of requests counted so far, retries included."""
        return self._count

    def send(
        self, request: Request, http_request: httpx.Request, *, counted: bool = True
    ) -> RawResponse:
        """Send `http_request` and return its response, whatever the status.

        It is retried as far as that is safe for `request`. Raises OutcomeUnknownError or
        RemoteError when there is no response.
        """
        throttle = self._rate_limiter.of(request)
        for attempt in range(MAX_ATTEMPTS):
            is_last = attempt == MAX_ATTEMPTS - 1
            pause = backoff(attempt, self._timing.jitter)
            throttle.acquire()  # before connecting, so that waiting does not hold a connection
            try:
                response = self._send_once(http_request, counted)
            except _ResponseTooLargeError:
                raise self._errors.too_large(request, MAX_RESPONSE_BYTES) from None
            except httpx.HTTPError as error:
                self._raise_unless_retryable(request, http_request, error, is_last)
                self._timing.sleep(pause)
                continue
            delay = self._retry_delay(response, pause)
            if is_last or delay > MAX_RETRY_AFTER or not is_retryable(request, response.status):
                return response
            if response.status == 429:
                throttle.pause(delay)  # every thread waits, not only this one
            else:
                self._timing.sleep(delay)
        raise AssertionError("the last attempt returns or raises")

    def _raise_unless_retryable(
        self, request: Request, http_request: httpx.Request, error: httpx.HTTPError, is_last: bool
    ) -> None:
        """Raise, unless a retry is safe: nothing was sent, or it is only a read."""
        reason = str(error) or type(error).__name__
        is_sent = not isinstance(
            error,
            httpx.ConnectError
            | httpx.ConnectTimeout
            | httpx.PoolTimeout
            | httpx.ProxyError
            | httpx.UnsupportedProtocol,
        )
        if request.writes and is_sent:
            detail = f"The connection failed before the response was read: {reason.rstrip('.')}."
            raise self._errors.outcome_unknown(request, detail) from None
        if is_last:
            describe = self._errors.no_response if is_sent else self._errors.unreachable
            raise describe(request, http_request.url.host, reason) from None

    def _retry_delay(self, response: RawResponse, pause: float) -> float:
        retry_after = parse_retry_after(response.headers.get("retry-after"), self._timing.clock())
        return pause if retry_after is None else retry_after

    def _send_once(self, http_request: httpx.Request, counted: bool) -> RawResponse:
        """Send and read to the end, or raise httpx.HTTPError or _ResponseTooLargeError."""
        if counted:
            with self._lock:
                self._count += 1
        response = self.client.send(http_request, stream=True)
        try:
            length = response.headers.get("content-length", "")
            if length.isdigit() and int(length) > MAX_RESPONSE_BYTES:
                raise _ResponseTooLargeError
            content = bytearray()
            for piece in response.iter_bytes(2**16):
                content += piece
                if len(content) > MAX_RESPONSE_BYTES:
                    raise _ResponseTooLargeError
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return RawResponse(response.status_code, headers, bytes(content))
