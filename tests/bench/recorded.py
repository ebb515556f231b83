"""A provider with recorded responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.data.json_value import JsonValue
from cioform.model.remote_access.conversation import Api, Request, Response


class RecordedProvider:
    """A provider whose responses were recorded, by API and path."""

    def __init__(self, responses: Mapping[str, JsonValue]) -> None:
        self._responses = responses
        self.apis = frozenset({Api.APP, Api.JOURNEYS})
        self.max_parallel = 10
        self.count = 0

    def send(self, request: Request) -> Response:
        self.count += 1
        return Response(200, self._responses[f"{request.api} {request.path}"])

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        return [self.send(request) for request in requests]

    def close(self) -> None:
        pass
