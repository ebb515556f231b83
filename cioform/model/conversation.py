"""Requests as values: what a kind says to the remote without doing any I/O itself.

A conversation is a generator. It yields a `Request` (or several independent ones as a list) and
is sent the `Response` (or the list of them, in order). Whoever drives it decides what a request
means: `run` sends it, `plan` rehearses it, a test answers from a list.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from cioform.core.json_value import JsonValue

T = TypeVar("T")


class Api(StrEnum):
    """A remote surface, each with its own host, credential and manners."""

    APP = "app"
    JOURNEYS = "journeys"
    TRACK = "track"


class Paging(StrEnum):
    """How a list is continued."""

    NONE = "none"
    CURSOR = "cursor"
    """`start` in, `next` out; empty or absent at the end (app facts, section 2)."""
    PAGE_NUMBER = "numbered"
    """`page` in; the first is 0 or 1, which no source settles (journeys facts, section 2)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `path` starts with `/v1/...`, or with `~/` for what lies below the Journeys
    environment. `dry_run_response` is the answer a plan assumes, since it sends nothing."""

    api: Api
    method: str
    path: str
    body: JsonValue = None
    query: Mapping[str, Any] = field(default_factory=dict)
    dry_run_response: JsonValue = None
    paging: Paging = Paging.NONE
    items: str = ""
    """The key that holds the rows of a paged list; the pages come back as one answer."""
    raw_body: bytes = b""
    """The JSON of the body, in place of `body`, where it was written already to be measured."""

    @property
    def writes(self) -> bool:
        """Tell whether the call changes something."""
        return self.method != "GET"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: its status and its decoded JSON body (None when empty)."""

    status: int
    body: JsonValue = None


Conversation: TypeAlias = Generator[Request | Sequence[Request], Any, T]


def ask(request: Request) -> Conversation[JsonValue]:
    """Send one request and give the body of its answer."""
    response: Response = yield request
    return response.body


def ask_all(requests: Sequence[Request]) -> Conversation[list[JsonValue]]:
    """Send independent requests side by side and give the bodies in the same order."""
    if not requests:
        return []
    responses: list[Response] = yield requests
    return [response.body for response in responses]
