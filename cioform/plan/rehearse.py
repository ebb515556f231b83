"""A conversation without a remote: which requests it would send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from cioform.model.conversation import Conversation, Request, Response

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
