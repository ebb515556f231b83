"""The Track API, as far as configuration needs it: region and manual segments (app facts, 7)."""

from cioform.emulator import audit
from cioform.emulator.call import Call, Reply
from cioform.emulator.members import changed_members
from cioform.emulator.refusal import Envelope, Refusal
from cioform.emulator.route import TEXT, Route, Surface, closed, listed
from cioform.emulator.things import SEGMENT

LONGEST = 1000
IDS = closed(ids=listed(TEXT))


def region(call: Call) -> Reply:
    """Where the workspace lives, and its id."""
    environment_id = call.workspace.environment_id
    return Reply({"url": "track.customer.io", "region": "us", "environment_id": environment_id})


def add_customers(call: Call) -> Reply:
    """Put people in a manual segment."""
    return _change(call, adding=True)


def remove_customers(call: Call) -> Reply:
    """Take people out of a manual segment."""
    return _change(call, adding=False)


def _change(call: Call, *, adding: bool) -> Reply:
    record = call.get(SEGMENT)
    ids = call.body.get("ids") or []
    if record["type"] != "manual":
        raise Refusal(400, "segment is not a manual segment")
    if len(ids) > LONGEST:
        raise Refusal(400, f"ids is too long (maximum is {LONGEST})")
    audit.update(call, SEGMENT, record, changed_members(record, ids, adding=adding))
    return Reply({})


ROUTES = (
    Route(Surface.TRACK, "GET", "/api/v1/accounts/region", region, envelope=Envelope.META),
    Route(
        Surface.TRACK,
        "POST",
        "/api/v1/segments/<int:id>/add_customers",
        add_customers,
        IDS,
        Envelope.META,
    ),
    Route(
        Surface.TRACK,
        "POST",
        "/api/v1/segments/<int:id>/remove_customers",
        remove_customers,
        IDS,
        Envelope.META,
    ),
)
