"""The workspaces of the account on the App API (app facts, 5.6)."""

from typing import Any

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.database import EmulatedWorkspace
from cioform.emulator.store.record_types import SEGMENT


def list_all(request: Request) -> Response:
    """Return all workspaces of the account, or the one that the key belongs to."""
    workspaces = request.store.workspaces()
    if request.behavior.workspaces_listed == "own":
        workspaces = [request.workspace]
    return Response({"workspaces": [_serialize_workspace(request, each) for each in workspaces]})


def _serialize_workspace(request: Request, workspace: EmulatedWorkspace) -> dict[str, Any]:
    data = request.store.workspace_data(workspace.name)
    people = data.people.count()
    if not people and request.behavior.simulate_segment_counts:
        people = max((each["people"] for each in data.all(SEGMENT)), default=0)
    sent = sum("sent" in each["metrics"] for each in data.deliveries.filter_by())
    return {
        "id": workspace.environment_id,
        "name": workspace.name,
        "people": people,
        "messages_sent": sent,
        "billable_messages_sent": sent,
        "object_types": 0,
        "objects": 0,
    }


ROUTES = (app_route("GET", "/workspaces", list_all),)
