"""Conversations with a remote: its responses, errors and unexpected responses."""

from __future__ import annotations

import re

import pytest
from typing_extensions import TypedDict

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import OutcomeUnknownError, RemoteError
from cioform.model.remote_access.conversation import Api, Conversation, Request, Response, ask
from cioform.model.remote_access.response_schema import WireId
from cioform.run.reading.driver import run_conversation
from tests.support.fake_provider import FakeProvider


class ConstantProvider(FakeProvider):
    """A provider that returns the same response to every request."""

    apis = frozenset({Api.APP})

    def __init__(self, body: JsonValue) -> None:
        self._body = body

    def send(self, request: Request) -> Response:
        del request
        return Response(200, self._body)


def _name() -> Conversation[str]:
    answer: JsonValue = yield from ask(Request(Api.APP, "GET", "/v1/thing"))
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


class _Thing(TypedDict):
    id: WireId
    name: str | None


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (None, "it is null instead of an object"),
        ([], "it is a list instead of an object"),
        ({}, "`things` is missing"),
        ({"things": None}, "`things` is null instead of a list"),
        ({"things": [None]}, "`things[0]` is null instead of an object"),
        ({"things": [{"name": "a"}]}, "`things[0].id` is missing"),
        ({"things": [{"id": True, "name": "a"}]}, "`things[0].id` is true instead of an id"),
        ({"things": [{"id": "", "name": "a"}]}, "`things[0].id` is an empty text instead of an id"),
        ({"things": [{"id": -1, "name": "a"}]}, "`things[0].id` is the number -1 instead of an id"),
        ({"things": [{"id": 1, "name": {}}]}, "`things[0].name` is an object instead of a text"),
    ],
)
def test_the_member_of_the_wrong_form_is_named(body: JsonValue, problem: str) -> None:
    def listing() -> Conversation[JsonValue]:
        schema = {"things": list[_Thing]}
        return (yield from ask(Request(Api.APP, "GET", "/v1/things", schema=schema)))

    with pytest.raises(RemoteError, match=re.escape(f"GET /v1/things cannot be used: {problem}")):
        run_conversation(listing(), ConstantProvider(body))


def test_a_write_whose_response_has_another_schema_is_not_known_to_have_failed() -> None:
    def create() -> Conversation[JsonValue]:
        schema = {"thing": _Thing}
        return (yield from ask(Request(Api.APP, "POST", "/v1/things", {}, schema=schema)))

    with pytest.raises(OutcomeUnknownError, match="not sent again"):
        run_conversation(create(), ConstantProvider({"thing": {}}))
