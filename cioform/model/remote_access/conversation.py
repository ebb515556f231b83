"""Conversations: the requests of a kind as values, without any I/O.

A conversation is a generator. It yields a `Request`, or several independent ones as a list, and is
sent the `Response`, or the list of them in the same order. Its driver decides what a
request means: `run` sends it, `plan` assumes the expected response, a test takes it from a list.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias, TypeVar, cast

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, field
from cioform.model.remote_access.response_schema import ResponseSchema

T = TypeVar("T")
BodyT = TypeVar("BodyT")


class Api(StrEnum):
    """An API of Customer.io, each with its own host, credential and quirks."""

    APP = "app"
    JOURNEYS = "journeys"
    TRACK = "track"


class Paging(StrEnum):
    """How the pages of a list follow each other."""

    NONE = "none"
    CURSOR = "cursor"
    """`start` in the query, `next` in the response; empty or absent at the end (app facts,
    section 2)."""
    PAGE_NUMBER = "numbered"
    """`page` in the query; sources disagree whether the first is 0 or 1 (journeys facts,
    section 2)."""


WireObject: TypeAlias = Mapping[str, object]
"""A JSON object in a request or a response; a kind declares its members as a TypedDict."""

QueryValue: TypeAlias = str | int | float | bool | Sequence[str | int] | None


@dataclass(frozen=True, slots=True)
class Request:
    """One call of an API."""

    api: Api
    method: str
    path: str
    """`/v1/...`, or `~/...` for a path below the Journeys environment."""
    body: WireObject | Json = None
    query: Mapping[str, QueryValue] = field(default_factory=dict)
    dry_run_response: WireObject | Json = None
    """The body of the response that a plan assumes, since it sends nothing."""
    paging: Paging = Paging.NONE
    items: str = ""
    """The key of the rows in a paged list; all pages are returned as one response."""
    raw_body: bytes = b""
    """The JSON text of the body, in place of `body`, where it was already encoded to measure
    it."""
    schema: ResponseSchema | None = field(default=None, compare=False, repr=False)
    """The schema of the response. None where its reader checks it."""
    is_query: bool = False
    """Whether a request that is not a GET changes nothing: its body is a question."""
    creates: str = ""
    """The object that it creates and that several changes may need, such as `tag vip`."""

    @property
    def json_body(self) -> Json:
        """The body as JSON data. The cast is safe: every TypedDict here holds JSON data."""
        return cast(Json, self.body)

    @property
    def writes(self) -> bool:
        """Whether the request changes something."""
        return self.method != "GET" and not self.is_query

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Response:
    """The response to a request: its status and its decoded JSON body, None when empty."""

    status: int
    body: Json = None


Reply: TypeAlias = Response | list[Response]
"""What is sent into a conversation: the response, or those of a list of requests."""

Conversation: TypeAlias = Generator[Request | Sequence[Request], Reply | None, T]
"""The first thing sent is None, which starts a generator."""


def ask(request: Request) -> Conversation[Json]:
    """Send one request and return the body of its response."""
    response = yield request
    assert isinstance(response, Response)
    return response.body


def ask_as(request: Request, _body_type: type[BodyT]) -> Conversation[BodyT]:
    """Send one request and return the body as the TypedDict that the request checks it for."""
    return cast(BodyT, (yield from ask(request)))


def ask_all(requests: Sequence[Request]) -> Conversation[list[Json]]:
    """Send independent requests in parallel and return the bodies in the same order."""
    if not requests:
        return []
    responses = yield requests
    assert isinstance(responses, list)
    return [response.body for response in responses]


def ask_all_as(requests: Sequence[Request], _body_type: type[BodyT]) -> Conversation[list[BodyT]]:
    """Send independent requests in parallel and return the bodies as a TypedDict (see `ask_as`)."""
    return cast("list[BodyT]", (yield from ask_all(requests)))
