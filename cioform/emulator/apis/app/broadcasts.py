"""API-triggered broadcasts on the App API: read, trigger, follow (app facts, 4.3)."""

from functools import wraps

from cioform.emulator.apis.app import campaign_actions, campaigns
from cioform.emulator.domain.sending import broadcasts
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.list_rows import as_rows
from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import OPEN_OBJECT, Route, app_route
from cioform.emulator.store.record_types import BROADCAST_CAMPAIGN_TYPES, CAMPAIGN, TRIGGER, Record
from cioform.emulator.wire.errors import not_found

ERRORS_PAGE_SIZE = 100


def list_all(request: Request) -> Response:
    """Return all broadcasts."""
    records = [
        each
        for each in request.workspace_data.all(CAMPAIGN)
        if each["type"] in BROADCAST_CAMPAIGN_TYPES
    ]
    rows = as_rows(request, [_serialize_broadcast(request, each) for each in records])
    return Response({"broadcasts": rows})


def read(request: Request) -> Response:
    """Return one broadcast."""
    return Response({"broadcast": _serialize_broadcast(request, get_broadcast(request))})


def list_triggers(request: Request) -> Response:
    """Return the triggers of a broadcast."""
    number = get_broadcast(request)["id"]
    records = request.workspace_data.find_by_owner(TRIGGER, "broadcast_id", number)
    return Response({"triggers": [_serialize_trigger(request, each) for each in records]})


def trigger_broadcast(request: Request) -> Response:
    """Trigger a broadcast."""
    return Response({"id": broadcasts.trigger_broadcast(request, get_broadcast(request))["id"]})


def read_trigger(request: Request) -> Response:
    """Return one trigger, unwrapped (open fact).

    `processed_at` is null while the trigger is being processed.
    """
    return Response(_serialize_trigger(request, _get_trigger(request)))


def list_errors(request: Request) -> Response:
    """Return one page of the errors in the audience of a trigger, as text."""
    errors: list[str] = _get_trigger(request)["errors"]
    page, next_cursor = paginate_by_cursor(request, errors, ERRORS_PAGE_SIZE)
    return Response({"errors": page, "next": next_cursor})


def get_broadcast(request: Request) -> Record:
    """Return the broadcast in the path. Raises 404 if it is another kind of campaign."""
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
    is_processed = record["processed_at"] <= request.now
    return {
        "id": record["id"],
        "broadcast_id": record["broadcast_id"],
        "created_at": record["created_at"],
        "processed_at": record["processed_at"] if is_processed else None,
    }


def _serialize_broadcast(request: Request, record: Record) -> Record:
    campaign = campaigns.serialize_campaign(request, record)
    for key in ("description", "filter_segment_ids"):
        campaign.pop(key)
    return {**campaign, "created_by": record.get("created_by", "")}


def _as_broadcast(handler: Handler) -> Handler:
    """Return a campaign's handler for broadcasts: `broadcast_id` replaces `campaign_id`."""

    # Without __module__: the operation IDs of the two routes differ by it.
    @wraps(handler, assigned=("__name__", "__doc__"))
    def wrapped(request: Request) -> Response:
        get_broadcast(request)
        body = handler(request).body
        for action in body.get("actions", [body.get("action")]):
            action["broadcast_id"] = action.pop("campaign_id")
        return Response(body)

    return wrapped


def _trigger_routes(path: str) -> tuple[Route, ...]:
    """Return the routes of triggers; the documents have them under two paths (app facts, 4.3)."""
    triggers = f"{path}/<int:id>/triggers"
    trigger = f"{triggers}/<int:trigger>"
    return (
        Route(surfaces.TRIGGER, "POST", "/v1" + triggers, trigger_broadcast, OPEN_OBJECT),
        app_route("GET", trigger, read_trigger),
        app_route("GET", trigger + "/errors", list_errors, query=("start", "limit")),
    )


ACTION_PATH = "/broadcasts/<int:id>/actions/<int:action>"
LANGUAGE_PATH = ACTION_PATH + "/language/<language>"
SHAPE = campaign_actions.SHAPE
ROUTES = (
    app_route("GET", "/broadcasts", list_all),
    app_route("GET", "/broadcasts/<int:id>", read),
    app_route("GET", "/broadcasts/<int:id>/triggers", list_triggers),
    app_route(
        "GET", "/broadcasts/<int:id>/actions", _as_broadcast(campaign_actions.list_all_actions)
    ),
    app_route("GET", ACTION_PATH, _as_broadcast(campaign_actions.read_action)),
    app_route("PUT", ACTION_PATH, _as_broadcast(campaign_actions.write_action), SHAPE),
    app_route("GET", LANGUAGE_PATH, _as_broadcast(campaign_actions.read_language)),
    app_route("PUT", LANGUAGE_PATH, _as_broadcast(campaign_actions.write_language), SHAPE),
    *_trigger_routes("/campaigns"),
    *_trigger_routes("/api/campaigns"),
)
