"""Carries one request over httpx: pace kept, safe retries made, size capped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

import cioform
from cioform.model.conversation import Request
from cioform.remote import responses
from cioform.remote.rate_limiter import PaceMaker
from cioform.remote.redact import Redactor
from cioform.remote.responses import Answer
from cioform.remote.retry import LONGEST_WAIT, TRIES, backoff, may_repeat, retry_after

CAP: Final = 64 * 2**20
CONNECTIONS: Final = 10
"""Beyond ten the pool of httpx collapses, and ten fill any rate we may use."""

_NEVER_SENT = (
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


class _TooLarge(Exception):
    """An answer went over the cap."""


class Line:
    """One httpx client and its manners. Safe between threads."""

    def __init__(
        self,
        pace: PaceMaker,
        timing: Timing,
        redact: Redactor,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._pace = pace
        self._timing = timing
        self._redact = redact
        self._lock = threading.Lock()
        self._count = 0
        self.client = httpx.Client(
            transport=transport,
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            headers={
                "User-Agent": f"cioform/{cioform.__version__}",
                "Accept": "application/json",
            },
            follow_redirects=False,
        )

    @property
    def count(self) -> int:
        """How many requests were counted so far, retries included."""
        return self._count

    def carry(self, request: Request, sent: httpx.Request, *, counted: bool = True) -> Answer:
        """Give the answer to `sent`, whatever its status, after the retries that are safe for
        `request`. Raises InDoubt or RemoteRefused when there is no answer to give."""
        pace = self._pace.of(request)
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            pause = backoff(attempt, self._timing.jitter)
            pace.take()  # before the connection: a slot waited for must not hold one
            try:
                answer = self._once(sent, counted)
            except _TooLarge:
                raise responses.too_large(request, CAP, self._redact) from None
            except httpx.HTTPError as error:
                self._raise_unless_safe(request, sent, error, last)
                self._timing.sleep(pause)
                continue
            wait = self._asked_wait(answer, pause)
            if last or wait > LONGEST_WAIT or not may_repeat(request, answer.status):
                return answer
            if answer.status == 429:
                pace.hold(wait)  # every thread waits, not only this one
            else:
                self._timing.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _raise_unless_safe(
        self, request: Request, sent: httpx.Request, error: httpx.HTTPError, last: bool
    ) -> None:
        """Raise, unless trying again is safe: nothing was sent, or it is only a read."""
        why = str(error) or type(error).__name__
        if request.writes and not isinstance(error, _NEVER_SENT):
            what = f"The connection failed before the answer was read: {why.rstrip('.')}."
            raise responses.in_doubt(request, what, self._redact) from None
        if last:
            raise responses.not_reached(request, sent.url.host, why, self._redact) from None

    def _asked_wait(self, answer: Answer, pause: float) -> float:
        asked = retry_after(answer.headers.get("retry-after"), self._timing.clock())
        return pause if asked is None else asked

    def _once(self, sent: httpx.Request, counted: bool) -> Answer:
        """Send and read to the end, or raise httpx.HTTPError or _TooLarge."""
        if counted:
            with self._lock:
                self._count += 1
        response = self.client.send(sent, stream=True)
        try:
            announced = response.headers.get("content-length", "")
            if announced.isdigit() and int(announced) > CAP:
                raise _TooLarge
            content = bytearray()
            for piece in response.iter_bytes(2**16):
                content += piece
                if len(content) > CAP:
                    raise _TooLarge
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(content))
