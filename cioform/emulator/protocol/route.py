"""The declarative table of what is served: a route, and the shape of the body it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from cioform.emulator.protocol.request import Handler
from cioform.emulator.wire.errors import Envelope

Shape = Mapping[str, Any]
"""A JSON schema. Objects are closed unless `additionalProperties` says otherwise."""


class Surface(Enum):
    """Which API a route belongs to; it decides who may call and which manners hold."""

    APP = "app"
    SEND = "send"
    TRIGGER = "trigger"
    """Triggers of broadcasts: an App key, a limit of their own."""
    TRACK = "track"
    PIPELINES = "pipelines"
    JOURNEYS = "journeys"
    ACCOUNT = "account"
    """Journeys, above the workspaces."""


@dataclass(frozen=True, eq=False)
class Route:
    """One operation: `path` in werkzeug's notation."""

    surface: Surface
    method: str
    path: str
    handler: Handler
    shape: Shape | None = None
    envelope: Envelope = Envelope.ERRORS
    query: tuple[str, ...] = ()
    max_body_bytes: int | None = None
    """Bytes of a request body; more is refused."""
    reads_body: bool = True
    """Whether it is for the handler what the body says; else whatever it is goes unread."""
    has_daily_limit: bool = False
    """Whether it may be called so many times a day only."""


ANY: Shape = {}
STRING: Shape = {"type": "string"}
NULLABLE_STRING: Shape = {"type": ["string", "null"]}
INTEGER: Shape = {"type": "integer"}
NULLABLE_INTEGER: Shape = {"type": ["integer", "null"]}
NUMBER: Shape = {"type": "number"}
BOOLEAN: Shape = {"type": "boolean"}
OPEN_OBJECT: Shape = {"type": "object", "additionalProperties": True}


def closed_object(**members: Shape) -> Shape:
    """An object with exactly these members, each of them optional."""
    return {"type": "object", "properties": dict(members), "additionalProperties": False}


def array_of(item: Shape) -> Shape:
    """An array of `item`."""
    return {"type": "array", "items": item}


def journeys_route(
    method: str,
    path: str,
    handler: Handler,
    shape: Shape | None = None,
    query: tuple[str, ...] = (),
) -> Route:
    """A route inside a workspace of the Journeys API."""
    full = "/v1/environments/<int:environment>" + path
    return Route(Surface.JOURNEYS, method, full, handler, shape, query=query)


def app_route(
    method: str,
    path: str,
    handler: Handler,
    shape: Shape | None = None,
    envelope: Envelope = Envelope.ERRORS,
    query: tuple[str, ...] = (),
) -> Route:
    """A route of the App API."""
    return Route(Surface.APP, method, "/v1" + path, handler, shape, envelope, query)
