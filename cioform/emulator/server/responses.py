"""JSON responses, and the response for an error."""

import json
from typing import Any

from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.wire.errors import ApiError, Envelope


def json_response(body: Any, status: int = 200) -> WsgiResponse:
    """Return a response with `body` as JSON."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return WsgiResponse(text, status=status, mimetype="application/json")


def empty_response(status: int) -> WsgiResponse:
    """Return a response without a body, and therefore without a type of it."""
    response = WsgiResponse(status=status)
    del response.headers["Content-Type"]
    return response


def error_response(
    error: ApiError, salt: str, envelope: Envelope = Envelope.ERRORS
) -> WsgiResponse:
    """Return the response for `error`. `salt` makes its reference differ between requests."""
    response = json_response(error.body(envelope.for_status(error.status), salt), error.status)
    response.headers.extend(error.headers)
    return response
