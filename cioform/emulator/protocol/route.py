"""Routes: which handler serves which method and path, and the shape of the body it accepts."""

from collections.abc import Mapping
from typing import Any

from cioform.core.dataclasses import dataclass
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import Handler
from cioform.emulator.protocol.surfaces import Surface
from cioform.emulator.wire.errors import Envelope

Shape = Mapping[str, Any]
"""A JSON schema. Objects are closed unless `additionalProperties` says otherwise."""


@dataclass(frozen=True, eq=False)
class Route:
    """One operation of an API. `path` is in the notation of werkzeug."""

    surface: Surface
    method: str
    path: str
    handler: Handler
    shape: Shape | None = None
    envelope: Envelope = Envelope.ERRORS
    query: tuple[str, ...] = ()
    max_body_bytes: int | None = None
    """The largest request body in bytes; None for no limit."""
    reads_body: bool = True
    """Whether the handler reads the body. If not, the body is neither parsed nor validated."""
    has_daily_limit: bool = False
    """Whether a workspace may call it only a certain number of times a day."""


ANY: Shape = {}
STRING: Shape = {"type": "string"}
NULLABLE_STRING: Shape = {"type": ["string", "null"]}
INTEGER: Shape = {"type": "integer"}
NULLABLE_INTEGER: Shape = {"type": ["integer", "null"]}
NUMBER: Shape = {"type": "number"}
BOOLEAN: Shape = {"type": "boolean"}
OPEN_OBJECT: Shape = {"type": "object", "additionalProperties": True}


def closed_object(**members: Shape) -> Shape:
    """Return the shape of an object with exactly these members, each of them optional."""
    return {"type": "object", "properties": dict(members), "additionalProperties": False}


def array_of(item: Shape) -> Shape:
    """Return the shape of an array of `item`."""
    return {"type": "array", "items": item}


def journeys_route(
    method: str,
    path: str,
    handler: Handler,
    shape: Shape | None = None,
    query: tuple[str, ...] = (),
) -> Route:
    """Return a route of the Journeys API inside a workspace."""
    full_path = "/v1/environments/<int:environment>" + path
    return Route(surfaces.JOURNEYS, method, full_path, handler, shape, query=query)


def app_route(
    method: str,
    path: str,
    handler: Handler,
    shape: Shape | None = None,
    envelope: Envelope = Envelope.ERRORS,
    query: tuple[str, ...] = (),
) -> Route:
    """Return a route of the App API."""
    return Route(surfaces.APP, method, "/v1" + path, handler, shape, envelope, query)
