"""API-triggered broadcasts on the App API: shown, triggered, followed (app facts, 4.3)."""

from collections.abc import Callable

from cioform.emulator.apis.app import campaigns
from cioform.emulator.domain import broadcasts
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import OPEN_OBJECT, Route, app_route
from cioform.emulator.store.record_types import BROADCAST_CAMPAIGN_TYPES, CAMPAIGN, TRIGGER, Record
from cioform.emulator.wire.errors import not_found


def list_all(request: Request) -> Response:
    """All of them at once."""
    every = [
        each
        for each in request.workspace_data.all(CAMPAIGN)
        if each["type"] in BROADCAST_CAMPAIGN_TYPES
    ]
    return Response({"broadcasts": [_serialize_broadcast(request, each) for each in every]})


def read(request: Request) -> Response:
    """One broadcast."""
    return Response({"broadcast": _serialize_broadcast(request, get_broadcast(request))})


def list_triggers(request: Request) -> Response:
    """The times it was triggered."""
    number = get_broadcast(request)["id"]
    every = request.workspace_data.find_by_owner(TRIGGER, "broadcast_id", number)
    return Response({"triggers": [_serialize_trigger(request, each) for each in every]})


def trigger_broadcast(request: Request) -> Response:
    """Send it."""
    return Response({"id": broadcasts.trigger_broadcast(request, get_broadcast(request))["id"]})


def read_trigger(request: Request) -> Response:
    """One trigger, unwrapped (open fact); `processed_at` is null as long as it is at work."""
    return Response(_serialize_trigger(request, _get_trigger(request)))


def list_errors(request: Request) -> Response:
    """What was wrong with the audience of a trigger, as text, in pieces."""
    errors: list[str] = _get_trigger(request)["errors"]
    piece, following = paginate_by_cursor(request, errors, 100)
    return Response({"errors": piece, "next": following})


def get_broadcast(request: Request) -> Record:
    """The broadcast in the path; a campaign is none."""
    record = request.get(CAMPAIGN)
    if record["type"] not in BROADCAST_CAMPAIGN_TYPES:
        raise not_found("broadcast")
    return record


def _get_trigger(request: Request) -> Record:
    record = request.get(TRIGGER, "trigger")
    if record["broadcast_id"] != get_broadcast(request)["id"]:
        raise not_found("trigger")
    return record


def _serialize_trigger(request: Request, record: Record) -> Record:
    done = record["processed_at"] <= request.now
    return {
        "id": record["id"],
        "broadcast_id": record["broadcast_id"],
        "created_at": record["created_at"],
        "processed_at": record["processed_at"] if done else None,
    }


def _serialize_broadcast(request: Request, record: Record) -> Record:
    campaign = campaigns.serialize_campaign(request, record)
    for key in ("description", "filter_segment_ids"):
        campaign.pop(key)
    return {**campaign, "type": "triggered_broadcast", "created_by": record.get("created_by", "")}


def _as_broadcast(handler: Callable[[Request], Response]) -> Handler:
    """The same as of a campaign, with `broadcast_id` in the place of `campaign_id`."""

    def wrapped(request: Request) -> Response:
        get_broadcast(request)
        body = handler(request).body
        for action in body.get("actions", [body.get("action")]):
            action["broadcast_id"] = action.pop("campaign_id")
        return Response(body)

    wrapped.__name__ = handler.__name__
    wrapped.__doc__ = handler.__doc__
    return wrapped


def _trigger_routes(path: str) -> tuple[Route, ...]:
    """The document has these under both paths (app facts, 4.3)."""
    one = f"{path}/<int:id>/triggers"
    return (
        Route(surfaces.TRIGGER, "POST", "/v1" + one, trigger_broadcast, OPEN_OBJECT),
        app_route("GET", one + "/<int:trigger>", read_trigger),
        app_route("GET", one + "/<int:trigger>/errors", list_errors, query=("start", "limit")),
    )


ACTION_PATH = "/broadcasts/<int:id>/actions/<int:action>"
SHAPE = campaigns.SHAPE
ROUTES = (
    app_route("GET", "/broadcasts", list_all),
    app_route("GET", "/broadcasts/<int:id>", read),
    app_route("GET", "/broadcasts/<int:id>/triggers", list_triggers),
    app_route("GET", "/broadcasts/<int:id>/actions", _as_broadcast(campaigns.list_all_actions)),
    app_route("GET", ACTION_PATH, _as_broadcast(campaigns.read_action)),
    app_route("PUT", ACTION_PATH, _as_broadcast(campaigns.write_action), SHAPE),
    app_route("GET", ACTION_PATH + "/language/<language>", _as_broadcast(campaigns.read_language)),
    app_route(
        "PUT", ACTION_PATH + "/language/<language>", _as_broadcast(campaigns.write_language), SHAPE
    ),
    *_trigger_routes("/campaigns"),
    *_trigger_routes("/api/campaigns"),
)
