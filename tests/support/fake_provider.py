"""A provider without a connection, for tests that make up the responses."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.model.remote_access.conversation import Api, Request, Response


class FakeProvider:
    """Answers one request after the other in `send`, which a test's own class defines."""

    apis: frozenset[Api] = frozenset({Api.JOURNEYS})
    max_parallel = 1
    count = 0

    def send(self, request: Request) -> Response:
        raise NotImplementedError

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        return [self.send(request) for request in requests]

    def close(self) -> None:
        """Do nothing: nothing is open."""
