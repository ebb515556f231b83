"""Opens the door to a workspace."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import httpx

from cioform.core.errors import OutcomeUnknownError
from cioform.model.conversation import Api, Paging, Request, Response
from cioform.model.endpoints import Credentials, Endpoint
from cioform.model.limits import Rates
from cioform.remote import pagination
from cioform.remote.http import ApiConnection
from cioform.remote.rate_limiter import RateLimiter
from cioform.remote.transport import MAX_CONNECTIONS, Timing


def connect(
    endpoint: Endpoint,
    credentials: Credentials,
    environment_id: int | None,
    *,
    rates: Rates | None = None,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = random.random,
) -> HttpProvider:
    """Give the provider of one workspace. Nothing is sent yet, and no token exchanged.

    `rates` is the documented ones unless given; `transport` takes the place of the network.
    """
    pace = RateLimiter(rates or Rates(), monotonic, sleep)
    timing = Timing(clock, monotonic, sleep, jitter)
    door = ApiConnection(endpoint, credentials, environment_id, pace, timing, transport)
    return HttpProvider(door)


class HttpProvider:
    """A Provider over HTTP. `door` is for what needs more than a decoded answer."""

    def __init__(self, connection: ApiConnection) -> None:
        self.connection = connection
        self._pool = ThreadPoolExecutor(MAX_CONNECTIONS, thread_name_prefix="cioform")

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs whose credentials are at hand."""
        return self.connection.apis

    @property
    def count(self) -> int:
        """How many requests were sent, each page and each retry counted, token exchanges not."""
        return self.connection.count

    def send(self, request: Request) -> Response:
        """Send one request, or read one list to its end."""
        if request.paging is Paging.NONE:
            return self.connection.send(request)
        return pagination.read_all_pages(request, self.connection.send)

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        """Send independent requests side by side; the answers keep the order."""
        if len(requests) < 2:
            return [self.send(request) for request in requests]
        failed = threading.Event()
        try:
            futures = [self._pool.submit(self._send_unless, failed, each) for each in requests]
            responses = [_outcome(future) for future in futures]
        except BaseException:
            failed.set()  # an interrupt, which reaches only the thread that waits
            raise
        errors = [each for each in responses if isinstance(each, BaseException)]
        if errors:
            raise next(
                (error for error in errors if isinstance(error, OutcomeUnknownError)), errors[0]
            )
        return [each for each in responses if isinstance(each, Response)]

    def close(self) -> None:
        """Hang up."""
        self._pool.shutdown(cancel_futures=True)
        self.connection.close()

    def _send_unless(self, failed: threading.Event, request: Request) -> Response | None:
        """Send, unless another of the batch has failed by now."""
        if failed.is_set():
            return None
        try:
            return self.send(request)
        except BaseException:
            failed.set()
            raise


def _outcome(future: Future[Response | None]) -> Response | BaseException | None:
    return future.exception() or future.result()
