"""API-triggered broadcasts on the App API: shown, triggered, followed (app facts, 4.3)."""

from collections.abc import Callable

from cioform.emulator.apis.app import campaigns
from cioform.emulator.domain import broadcasts
from cioform.emulator.protocol.pagination import cursor_of
from cioform.emulator.protocol.request import Call, Handler, Reply
from cioform.emulator.protocol.route import OPEN, Route, Surface, app
from cioform.emulator.store.record_types import BROADCASTS, CAMPAIGN, TRIGGER, Record
from cioform.emulator.wire.errors import not_found


def list_all(call: Call) -> Reply:
    """All of them at once."""
    every = [each for each in call.space.all(CAMPAIGN) if each["type"] in BROADCASTS]
    return Reply({"broadcasts": [_shown(call, each) for each in every]})


def read(call: Call) -> Reply:
    """One broadcast."""
    return Reply({"broadcast": _shown(call, broadcast_of(call))})


def list_triggers(call: Call) -> Reply:
    """The times it was triggered."""
    number = broadcast_of(call)["id"]
    every = call.space.owned(TRIGGER, "broadcast_id", number)
    return Reply({"triggers": [_trigger_shown(call, each) for each in every]})


def trigger(call: Call) -> Reply:
    """Send it."""
    return Reply({"id": broadcasts.trigger(call, broadcast_of(call))["id"]})


def read_trigger(call: Call) -> Reply:
    """One trigger, unwrapped (open fact); `processed_at` is null as long as it is at work."""
    return Reply(_trigger_shown(call, _trigger_of(call)))


def list_errors(call: Call) -> Reply:
    """What was wrong with the audience of a trigger, as text, in pieces."""
    errors: list[str] = _trigger_of(call)["errors"]
    piece, following = cursor_of(call, errors, 100)
    return Reply({"errors": piece, "next": following})


def broadcast_of(call: Call) -> Record:
    """The broadcast in the path; a campaign is none."""
    record = call.get(CAMPAIGN)
    if record["type"] not in BROADCASTS:
        raise not_found("broadcast")
    return record


def _trigger_of(call: Call) -> Record:
    record = call.get(TRIGGER, "trigger")
    if record["broadcast_id"] != broadcast_of(call)["id"]:
        raise not_found("trigger")
    return record


def _trigger_shown(call: Call, record: Record) -> Record:
    done = record["processed_at"] <= call.now
    return {
        "id": record["id"],
        "broadcast_id": record["broadcast_id"],
        "created_at": record["created_at"],
        "processed_at": record["processed_at"] if done else None,
    }


def _shown(call: Call, record: Record) -> Record:
    campaign = campaigns.shown(call, record)
    for key in ("description", "filter_segment_ids"):
        campaign.pop(key)
    return {**campaign, "type": "triggered_broadcast", "created_by": record.get("created_by", "")}


def _as_broadcast(handler: Callable[[Call], Reply]) -> Handler:
    """The same as of a campaign, with `broadcast_id` in the place of `campaign_id`."""

    def wrapped(call: Call) -> Reply:
        broadcast_of(call)
        body = handler(call).body
        for action in body.get("actions", [body.get("action")]):
            action["broadcast_id"] = action.pop("campaign_id")
        return Reply(body)

    wrapped.__name__ = handler.__name__
    wrapped.__doc__ = handler.__doc__
    return wrapped


def _triggers(path: str) -> tuple[Route, ...]:
    """The document has these under both paths (app facts, 4.3)."""
    one = f"{path}/<int:id>/triggers"
    return (
        Route(Surface.TRIGGER, "POST", "/v1" + one, trigger, OPEN),
        app("GET", one + "/<int:trigger>", read_trigger),
        app("GET", one + "/<int:trigger>/errors", list_errors, query=("start", "limit")),
    )


ONE = "/broadcasts/<int:id>/actions/<int:action>"
SHAPE = campaigns.SHAPE
ROUTES = (
    app("GET", "/broadcasts", list_all),
    app("GET", "/broadcasts/<int:id>", read),
    app("GET", "/broadcasts/<int:id>/triggers", list_triggers),
    app("GET", "/broadcasts/<int:id>/actions", _as_broadcast(campaigns.all_actions)),
    app("GET", ONE, _as_broadcast(campaigns.action)),
    app("PUT", ONE, _as_broadcast(campaigns.written_action), SHAPE),
    app("GET", ONE + "/language/<language>", _as_broadcast(campaigns.language)),
    app("PUT", ONE + "/language/<language>", _as_broadcast(campaigns.written_language), SHAPE),
    *_triggers("/campaigns"),
    *_triggers("/api/campaigns"),
)
