"""A conversation without a remote: which requests it would send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from cioform.core.json_value import JsonValue
from cioform.model.conversation import Conversation, Reply, Request, Response
from cioform.plan.change import PlannedRequest

T = TypeVar("T")


def dry_run(conversation: Conversation[T]) -> tuple[Request, ...]:
    """Give the requests a conversation makes when every answer is the one it expects."""
    sent: list[Request] = []
    answer: Reply | None = None
    while True:
        try:
            asked = conversation.send(answer)
        except StopIteration:
            return tuple(sent)
        if isinstance(asked, Request):
            sent.append(asked)
            answer = _assumed_response(asked)
        else:
            sent.extend(asked)
            answer = _assumed_responses(asked)


def _assumed_response(request: Request) -> Response:
    return Response(200, request.dry_run_response)


def _assumed_responses(requests: Sequence[Request]) -> list[Response]:
    return [_assumed_response(request) for request in requests]


def to_planned_requests(requests: Iterable[Request]) -> tuple[PlannedRequest, ...]:
    """Give requests as a plan holds them."""
    return tuple(PlannedRequest(r.api, r.method, r.path, _body_shape(r.body)) for r in requests)


def _body_shape(body: JsonValue) -> JsonValue:
    """Give the members of a body without their values, which the plan holds already."""
    if isinstance(body, dict):
        return {name: _body_shape(value) for name, value in body.items()}
    if isinstance(body, list):
        # Each shape once: a thousand filters of one sort are one thing to check.
        shapes = [_body_shape(item) for item in body]
        return [
            shape for n, shape in enumerate(shapes) if shape is not None and shape not in shapes[:n]
        ]
    return None
