"""Conversations with a remote: its responses, errors and unexpected responses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cioform.core.errors import RemoteError
from cioform.core.json_value import JsonValue
from cioform.model.remote_access.conversation import Api, Conversation, Request, Response, ask
from cioform.run.reading.driver import run_conversation


class ConstantProvider:
    """A provider that returns the same response to every request."""

    apis = frozenset({Api.APP})
    count = 0

    def __init__(self, body: JsonValue) -> None:
        self._body = body

    def send(self, request: Request) -> Response:
        del request
        return Response(200, self._body)

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        return [self.send(request) for request in requests]

    def close(self) -> None:
        """Nothing is open."""


def _name() -> Conversation[str]:
    answer = yield from ask(Request(Api.APP, "GET", "/v1/thing"))
    return str(answer["thing"]["name"])


def test_the_result_is_returned() -> None:
    assert run_conversation(_name(), ConstantProvider({"thing": {"name": "a"}})) == "a"


@pytest.mark.parametrize("body", [{}, {"thing": None}, [], None, {"thing": []}])
def test_an_unexpected_response_is_an_error_and_not_a_crash(body: JsonValue) -> None:
    with pytest.raises(RemoteError, match=r"Invalid response: .*GET /v1/thing"):
        run_conversation(_name(), ConstantProvider(body))


def test_a_bug_before_any_response_is_raised_unchanged() -> None:
    def wrong() -> Conversation[None]:
        nothing: dict[str, str] = {}
        nothing["name"].strip()
        yield Request(Api.APP, "GET", "/v1/thing")

    with pytest.raises(KeyError):
        run_conversation(wrong(), ConstantProvider({}))
