"""The requests that a conversation would send, found without sending them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, cast

from cioform.core.data.json_value import Json
from cioform.model.remote_access.conversation import Conversation, Reply, Request, Response
from cioform.plan.change import PlannedRequest

T = TypeVar("T")


def dry_run(conversation: Conversation[T]) -> tuple[Request, ...]:
    """Return the requests of a conversation when every response is the one that it expects."""
    requests: list[Request] = []
    reply: Reply | None = None
    while True:
        try:
            sent = conversation.send(reply)
        except StopIteration:
            return tuple(requests)
        if isinstance(sent, Request):
            requests.append(sent)
            reply = _assumed_response(sent)
        else:
            requests.extend(sent)
            reply = [_assumed_response(request) for request in sent]


def _assumed_response(request: Request) -> Response:
    return Response(200, cast(Json, request.dry_run_response))


def to_planned_requests(requests: Iterable[Request]) -> tuple[PlannedRequest, ...]:
    """Return requests as a plan holds them."""
    return tuple(
        PlannedRequest(r.api, r.method, r.path, _body_shape(r.body), r.creates) for r in requests
    )


def _body_shape(body: object) -> Json:
    """Return the members of a body without their values, which the plan has already."""
    if isinstance(body, dict):
        return {name: _body_shape(value) for name, value in body.items()}
    if isinstance(body, list):
        # Each shape is kept once: a thousand filters of one type need one check.
        shapes = [_body_shape(item) for item in body]
        return [
            shape for n, shape in enumerate(shapes) if shape is not None and shape not in shapes[:n]
        ]
    return None
