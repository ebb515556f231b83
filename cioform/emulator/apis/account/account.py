"""Tags on the Journeys API (journeys facts, 7)."""

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import CAMPAIGN, TAG
from cioform.emulator.wire.errors import unprocessable


def list_tags(call: Request) -> Response:
    """All tags."""
    return Response(
        {"tags": [{"id": e["id"], "name": e["name"]} for e in call.workspace_data.all(TAG)]}
    )


def create_tag(call: Request) -> Response:
    """A new tag; 422 when the name is taken (open fact, safe reading)."""
    name = (call.body_object("tag").get("name") or "").strip()
    if not name:
        raise unprocessable("name cannot be nil", "/tag/name")
    if call.workspace_data.find(TAG, name):
        raise unprocessable("name has already been taken", "/tag/name")
    made = audit.create_record(call, TAG, {"name": name})
    return Response({"tag": {"id": made["id"], "name": made["name"]}})


def delete_tag(call: Request) -> Response:
    """204; campaigns lose it."""
    record = call.get(TAG)
    for campaign in call.workspace_data.all(CAMPAIGN):
        if record["id"] in campaign["tag_ids"]:
            kept = [each for each in campaign["tag_ids"] if each != record["id"]]
            audit.update_record(call, CAMPAIGN, campaign, {"tag_ids": kept})
    audit.delete_record(call, TAG, record)
    return NO_CONTENT


ROUTES = (
    journeys_route("GET", "/tags", list_tags),
    journeys_route("POST", "/tags", create_tag, closed_object(tag=closed_object(name=STRING))),
    journeys_route("DELETE", "/tags/<int:id>", delete_tag),
)
