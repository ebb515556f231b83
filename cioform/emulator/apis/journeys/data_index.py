"""The data index on the Journeys API (journeys facts, 7)."""

from typing import Any

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import journeys_route
from cioform.emulator.wire.errors import ApiError


def list_attributes(request: Request) -> Response:
    """Return the attributes of people and the data of events that the workspace has seen.

    The members of an attribute are those that the App API writes (app facts, 5.6).
    """
    form = request.behavior.data_index
    if form == "refused":
        raise ApiError(403, "the data index cannot be read")
    rows = [*_attributes(request), *_event_data(request)]
    names = [row["name"] for row in rows if not row["event_name"]]
    return Response({"attributes": names if form == "names" else rows})


def _attributes(request: Request) -> list[dict[str, Any]]:
    people = request.workspace_data.people.all()
    names = sorted({name for person in people for name in person["attributes"]})
    return [_row(name, "") for name in names]


def _event_data(request: Request) -> list[dict[str, Any]]:
    found = {
        (each["name"], name)
        for each in request.workspace_data.activities.dump()
        if each["type"] == "event"
        for name in each["data"]
    }
    return [_row(name, event) for event, name in sorted(found)]


def _row(name: str, event: str) -> dict[str, Any]:
    return {"name": name, "description": "", "privacy_level": 0, "event_name": event}


ROUTES = (journeys_route("GET", "/data_index/attributes", list_attributes),)
