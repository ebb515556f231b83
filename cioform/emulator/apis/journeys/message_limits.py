"""The message limit of a workspace on the Journeys API (journeys facts, 7)."""

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import INTEGER, closed_object, journeys_route
from cioform.emulator.wire.errors import unprocessable

SHAPE = closed_object(
    message_limit=closed_object(count=INTEGER, window_secs=INTEGER, retry_window_secs=INTEGER)
)
NO_LIMIT = {"count": 0, "window_secs": 0, "retry_window_secs": 0}
SETTING = "message_limit"


def read(request: Request) -> Response:
    """Return the message limit of the workspace."""
    limit = request.workspace_data.settings().get(SETTING, NO_LIMIT)
    return Response({"message_limit": limit})


def update(request: Request) -> Response:
    """Replace the message limit; all three numbers are required."""
    body = request.body_object("message_limit")
    missing = [key for key in NO_LIMIT if not isinstance(body.get(key), int)]
    if missing:
        raise unprocessable(f"{missing[0]} cannot be nil", f"/message_limit/{missing[0]}")
    request.workspace_data.set_setting(SETTING, {key: body[key] for key in NO_LIMIT})
    return read(request)


ROUTES = (
    journeys_route("GET", "/message_limits", read),
    journeys_route("PUT", "/message_limits", update, SHAPE),
)
