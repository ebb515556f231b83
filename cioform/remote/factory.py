"""Connect to a workspace."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from cioform.core.errors import CioformError, OutcomeUnknownError
from cioform.core.lazy_modules import lazy_module
from cioform.core.secrets.sensitive import SensitiveValues
from cioform.model.remote_access.conversation import Api, Paging, Request, Response
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.settings.limits import Rates
from cioform.remote.http import ApiConnection
from cioform.remote.own_workspace import OwnWorkspaceCheck
from cioform.remote.paging.pagination import read_all_pages
from cioform.remote.rate_limiter import RateDomains
from cioform.remote.redact import Redactor
from cioform.remote.responses.response_errors import ResponseErrors
from cioform.remote.transport import MAX_CONNECTIONS, Timing, Transport

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy_module("httpx")


def connect(
    endpoint: Endpoint,
    credentials: Credentials,
    workspace_id: int | None,
    *,
    workspace: str = "",
    rates: Rates | None = None,
    domains: RateDomains | None = None,
    sensitive: SensitiveValues | None = None,
    confirms_workspace: bool = False,
    transport: httpx.BaseTransport | None = None,
    max_parallel: int = MAX_CONNECTIONS,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = random.random,
) -> HttpProvider:
    """Return the provider of one workspace. Nothing is sent yet, and no token exchanged.

    `workspace` is its name, for the commands that errors propose. Without `rates`, the documented
    rates apply; `domains` shares them with other connections. `sensitive` has the values that only
    requests may contain. With `confirms_workspace`, a credential of another workspace is refused,
    if Customer.io says to which workspace it belongs. `transport` replaces the network. At most
    `max_parallel` requests are sent at once.
    """
    sensitive = sensitive or SensitiveValues(workspace)
    errors = ResponseErrors(Redactor(credentials.secrets, sensitive), workspace)
    timing = Timing(clock, monotonic, sleep, jitter)
    limiter = (domains or RateDomains()).limiter(
        endpoint, credentials, rates or Rates(), monotonic, sleep
    )
    sender = Transport(limiter, timing, errors, transport)
    connection = ApiConnection(endpoint, credentials, workspace_id, sender, timing, errors)
    confirmed = workspace_id if confirms_workspace else None
    return HttpProvider(
        connection, sensitive, OwnWorkspaceCheck(connection, errors, confirmed), max_parallel
    )


class HttpProvider:
    """A Provider over HTTP. `connection` sends what needs more than a decoded response.

    Requests and responses have placeholders where the remote has sensitive values.
    """

    def __init__(
        self,
        connection: ApiConnection,
        sensitive: SensitiveValues,
        own_workspace: OwnWorkspaceCheck,
        max_parallel: int = MAX_CONNECTIONS,
    ) -> None:
        self.connection = connection
        self.own_workspace = own_workspace
        self.sensitive = sensitive
        self.max_parallel = max_parallel
        self._pool = ThreadPoolExecutor(max_parallel, thread_name_prefix="cioform")

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that a credential is set for."""
        return self.connection.apis

    @property
    def count(self) -> int:
        """The number of requests sent, each page and retry included, token exchanges not."""
        return self.connection.count

    def send(self, request: Request) -> Response:
        """Send one request, or read one list to its end.

        Raises AuthError before a write, and after a read, if the credential is another workspace's.
        """
        own = self.own_workspace
        if (known := own.response_to(request)) is not None:
            return replace(known, body=self.sensitive.masked(known.body))
        own.begin(request.api)
        if request.writes:
            own.require(request.api)
            return self._send(request)
        try:
            response = self._send(request)
        except CioformError as error:
            own.require(request.api)
            own.require_found(request, error)
            raise
        own.require(request.api)
        return response

    def _send(self, request: Request) -> Response:
        revealed = replace(request, body=self.sensitive.revealed(request.json_body))
        if request.paging is Paging.NONE:
            response = self.connection.send(revealed)
        else:
            response = read_all_pages(revealed, self.connection.send)
        return replace(response, body=self.sensitive.masked(response.body))

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        """Send independent requests in parallel; the responses keep the order."""
        if min(len(requests), self.max_parallel) < 2:
            return [self.send(request) for request in requests]
        failed = threading.Event()
        try:
            futures = [self._pool.submit(self._send_unless, failed, each) for each in requests]
            outcomes = [_outcome(future) for future in futures]
        except BaseException:
            failed.set()  # an interrupt, which only reaches the thread that waits
            raise
        errors = [each for each in outcomes if isinstance(each, BaseException)]
        if errors:
            raise next(
                (error for error in errors if isinstance(error, OutcomeUnknownError)), errors[0]
            )
        return [each for each in outcomes if isinstance(each, Response)]

    def close(self) -> None:
        """Close the connections and stop the threads."""
        # After an interrupt a thread may still wait for a rate limit or for a response.
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.own_workspace.close()
        self.connection.close()

    def _send_unless(self, failed: threading.Event, request: Request) -> Response | None:
        """Send, unless another request of the batch has failed."""
        if failed.is_set():
            return None
        try:
            return self.send(request)
        except BaseException:
            failed.set()
            raise


def _outcome(future: Future[Response | None]) -> Response | BaseException | None:
    return future.exception() or future.result()
