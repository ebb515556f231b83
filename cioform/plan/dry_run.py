"""A conversation without a remote: which requests it would send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from cioform.core.json_value import Plain
from cioform.model.conversation import Conversation, Request, Response
from cioform.plan.change import PlannedRequest

T = TypeVar("T")


def rehearse(conversation: Conversation[T]) -> tuple[Request, ...]:
    """Give the requests a conversation makes when every answer is the one it expects."""
    sent: list[Request] = []
    answer: Any = None
    while True:
        try:
            asked = conversation.send(answer)
        except StopIteration:
            return tuple(sent)
        if isinstance(asked, Request):
            sent.append(asked)
            answer = _expected(asked)
        else:
            sent.extend(asked)
            answer = _expected_all(asked)


def _expected(request: Request) -> Response:
    return Response(200, request.rehearsal)


def _expected_all(requests: Sequence[Request]) -> list[Response]:
    return [_expected(request) for request in requests]


def planned(requests: Iterable[Request]) -> tuple[PlannedRequest, ...]:
    """Give requests as a plan holds them."""
    return tuple(PlannedRequest(r.api, r.method, r.path, _shape(r.body)) for r in requests)


def _shape(body: Plain) -> Plain:
    """Give the members of a body without their values, which the plan holds already."""
    if isinstance(body, dict):
        return {name: _shape(value) for name, value in body.items()}
    if isinstance(body, list):
        # Each shape once: a thousand filters of one sort are one thing to check.
        shapes = [_shape(item) for item in body]
        return [
            shape for n, shape in enumerate(shapes) if shape is not None and shape not in shapes[:n]
        ]
    return None
