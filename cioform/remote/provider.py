"""The connection to a workspace, as the layers above see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cioform.model.remote_access.conversation import Api, Request, Response


class Provider(Protocol):
    """Sends requests and returns their responses.

    A response is always a success: an error is raised as RemoteError or AuthError, a write of
    unknown outcome as OutcomeUnknownError. A paged list is returned whole, as one response.
    """

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that a credential is set for."""

    @property
    def count(self) -> int:
        """The number of requests sent, each page and retry included, token exchanges not."""

    @property
    def max_parallel(self) -> int:
        """How many requests to send at once: one if they are served in this process."""

    def send(self, request: Request) -> Response:
        """Send one request and return its response."""

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        """Send independent requests in parallel; the responses keep the order.

        After a failure no further request is started, those started are waited for, and the worst
        error is raised (OutcomeUnknownError before any other).
        """

    def close(self) -> None:
        """Close the connections."""
