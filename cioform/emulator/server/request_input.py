"""The query and the body of a request, parsed for its handler."""

from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Request as WsgiRequest

from cioform.emulator.protocol.route import Route
from cioform.emulator.validation.body_validation import validate_body
from cioform.emulator.wire.errors import ApiError
from cioform.emulator.wire.json_input import parse_json

_PAGE_PARAMETERS = ("page", "start", "cursor", "offset", "continuation")


def read_query(wsgi_request: WsgiRequest, *, first_page: bool) -> "MultiDict[str, str]":
    """Return the query; with `first_page`, without the parameters that select a page."""
    query: MultiDict[str, str] = MultiDict(wsgi_request.args)
    if first_page:
        for key in _PAGE_PARAMETERS:
            query.poplist(key)
    return query


def read_body(wsgi_request: WsgiRequest, route: Route, oversize_status: int) -> dict[str, Any]:
    """Return the body of a request as its route accepts it; empty if the route reads none.

    Raises ApiError for a body that is too large, is not a JSON object or breaks the route's shape.
    """
    if not route.reads_body:
        return {}
    raw = wsgi_request.get_data()
    if route.max_body_bytes is not None and len(raw) > route.max_body_bytes:
        raise ApiError(oversize_status, f"the request is larger than {route.max_body_bytes} bytes")
    if not raw or wsgi_request.method in ("GET", "DELETE"):
        return {}
    try:
        value = parse_json(raw)
    except ValueError:
        raise ApiError(400, "malformed JSON in request body") from None
    if not isinstance(value, dict):
        raise ApiError(400, "json: cannot unmarshal the body into an object")
    if route.shape is None:
        return value
    strict = route.surface.is_journeys and wsgi_request.headers.get("X-Validate") == "strict"
    validated: dict[str, Any] = validate_body(value, route.shape, strict=strict)
    return validated
