"""Run the operations of a kind without a remote."""

from __future__ import annotations

from typing import Any, TypeVar

from cioform.model.kind import Kind
from cioform.model.remote_access.conversation import Api, Conversation, Request, Response
from cioform.model.router import RouteT

T = TypeVar("T")


def route_of(kind: Kind, route_type: type[RouteT], api: Api = Api.JOURNEYS) -> RouteT:
    """Return the first route of a verb over an API."""
    routes = (route for route in kind.routes if isinstance(route, route_type))
    return next(route for route in routes if route.api is api)


def converse(conversation: Conversation[T], *bodies: Any) -> tuple[list[Request], T]:
    """Run a conversation of single requests with the bodies of their responses.

    Return the requests and the result. All bodies must be used.
    """
    remaining = list(bodies)
    sent, result = _run(conversation, lambda _: remaining.pop(0))
    assert not remaining
    return sent, result


def run_dry(conversation: Conversation[T]) -> tuple[list[Request], T]:
    """Run a conversation with the responses that a dry run assumes."""
    return _run(conversation, lambda request: request.dry_run_response)


def _run(conversation: Conversation[T], answer: Any) -> tuple[list[Request], T]:
    sent: list[Request] = []
    response: Response | None = None
    while True:
        try:
            request = conversation.send(response)
        except StopIteration as end:
            return sent, end.value
        assert isinstance(request, Request)
        sent.append(request)
        response = Response(200, answer(request))
