"""Track API v1: people, what they do, and who is in manual segments (app facts, 7)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from cioform.emulator.domain import audit, delivery_reports
from cioform.emulator.domain.track_ingest import Intake
from cioform.emulator.protocol.request import DONE, Call, Handler, Reply
from cioform.emulator.protocol.route import ANY, OPEN, Route, Surface, closed
from cioform.emulator.store import profile
from cioform.emulator.store.people import key_of
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.validation.track_rules import (
    LARGEST_REQUEST,
    MOST_IDS,
    Identifier,
    Problem,
    checked,
    checked_relationships,
    in_object,
    in_path,
)
from cioform.emulator.wire.errors import Envelope, Refusal

IDS = closed(ids=ANY)
HOSTS = {"us": "https://track.customer.io", "eu": "https://track-eu.customer.io"}
EVENT_TYPES = ("event", "page", "screen")


def _taken(work: Callable[[Call, Intake], None], success: Reply | None = None) -> Handler:
    """A handler that takes something in, and answers an empty object."""

    @wraps(work)
    def handler(call: Call) -> Reply:
        intake = Intake(call)
        try:
            work(call, intake)
        except Problem as problem:
            raise Refusal(400, problem.message) from None
        intake.flush()
        return success or Reply({})

    return handler


def region(call: Call) -> Reply:
    """Where the workspace lives, and its id."""
    where = call.rules.region
    environment_id = call.workspace.environment_id
    return Reply({"url": HOSTS[where], "region": where, "environment_id": environment_id})


def identify(call: Call, intake: Intake) -> None:
    """Add or update a person."""
    given = dict(call.body)
    related = _relationships(given.pop("cio_relationships", None))
    update, stamp = given.pop("_update", False), given.pop("_timestamp", None)
    person = intake.identify(_who(call), given, stamp=stamp, only_update=update is True)
    if person is not None and related is not None:
        adding, links = related
        edit = profile.relate(links, adding=adding)
        kind = "add_relationship" if adding else "delete_relationship"
        intake.change(Identifier("cio_id", person["cio_id"]), kind, "", edit)


def _relationships(given: Any) -> tuple[bool, list[Record]] | None:
    """Whether relationships come or go, and which."""
    if given is None:
        return None
    if not isinstance(given, dict):
        raise Problem("invalid", "cio_relationships", "cio_relationships must be an object")
    links = checked_relationships(
        given.get("relationships") or [], "cio_relationships.relationships"
    )
    return given.get("action") != "delete_relationships", links


def delete(call: Call, intake: Intake) -> None:
    """Delete a person; one who is not there is no error."""
    intake.delete(_who(call))


def suppress(call: Call, intake: Intake) -> None:
    """Delete a person for good."""
    intake.suppress(_who(call))


def unsuppress(call: Call, intake: Intake) -> None:
    """Let a suppressed identifier in again."""
    intake.unsuppress(_who(call))


def add_device(call: Call, intake: Intake) -> None:
    """Add or update a device."""
    device = call.inner("device")
    for key in ("id", "platform"):
        if not isinstance(device.get(key), str) or not device[key]:
            raise Problem("required", f"device.{key}", f"device.{key} is required")
    edit = profile.add_device(device, call.now)
    intake.change(_who(call), "device_change", device["platform"], edit)


def delete_device(call: Call, intake: Intake) -> None:
    """Delete a device."""
    edit = profile.delete_device(call.args["device"])
    intake.change(_who(call), "device_change", "", edit)


def track(call: Call, intake: Intake) -> None:
    """An event, a page view or a screen view of a person."""
    intake.event(
        _who(call),
        call.body.get("name"),
        call.body.get("data"),
        kind=_event_type(call.body),
        stamp=call.body.get("timestamp"),
        ulid=call.body.get("id"),
    )


def track_anonymous(call: Call, intake: Intake) -> None:
    """An event of somebody not known yet."""
    intake.anonymous_event(
        call.body.get("anonymous_id"),
        call.body.get("name"),
        call.body.get("data"),
        kind=_event_type(call.body),
        stamp=call.body.get("timestamp"),
        ulid=call.body.get("id"),
    )


def merge(call: Call, intake: Intake) -> None:
    """Put one person into another."""
    given = (in_object(call.body.get(which), which) for which in ("primary", "secondary"))
    intake.merge(*given)


def submit_form(call: Call, intake: Intake) -> None:
    """A form that somebody sent in: identifies them by `id` or `email`, and is an event."""
    data = call.inner("data")
    kind = next((each for each in ("id", "email") if data.get(each)), None)
    if kind is None:
        raise Problem("required", "data", "data must have an email or an id")
    who = checked(kind, data[kind], f"data.{kind}")
    intake.identify(who, data)
    intake.event(who, call.args["form"], data, kind="form_submit")


def report(call: Call, intake: Intake) -> None:
    """What became of a delivery, told by a client."""
    del intake
    metric = delivery_reports.checked(call.body, "metric", delivery_reports.REPORTED)
    if not call.body.get("delivery_id"):
        raise Problem("required", "delivery_id", "delivery_id is required")
    delivery_reports.note(call, call.body, metric)


def report_push(call: Call, intake: Intake) -> None:
    """What became of a push, told by a device."""
    del intake
    metric = delivery_reports.checked(call.body, "event", delivery_reports.REPORTED_BY_DEVICES)
    delivery_reports.note(call, call.body, metric)


def add_customers(call: Call) -> Reply:
    """Put people in a manual segment."""
    return _change_members(call, adding=True)


def remove_customers(call: Call) -> Reply:
    """Take people out of a manual segment."""
    return _change_members(call, adding=False)


def _change_members(call: Call, *, adding: bool) -> Reply:
    record = call.get(SEGMENT)
    ids = call.body.get("ids")
    if record["type"] != "manual":
        raise Refusal(400, "segment is not a manual segment")
    if not isinstance(ids, list) or not ids:
        raise Refusal(400, "ids is required")
    if len(ids) > MOST_IDS:
        raise Refusal(400, f"ids is too long (maximum is {MOST_IDS})")
    kind = call.query.get("id_type", "id")
    if kind not in ("id", "email", "cio_id"):
        raise Refusal(400, "id_type must be one of id, email, cio_id")
    keys = member_keys(call, kind, [_member(each) for each in ids], adding=adding)
    if adding:
        call.space.members.add(record["id"], keys)
    else:
        call.space.members.remove(record["id"], keys)
    audit.note(call, "updated", SEGMENT, record, ["members"])
    return Reply({})


def _member(given: Any) -> str:
    """An identifier that may be put in a segment: text, neither blank nor too long."""
    try:
        return checked("id", given if isinstance(given, str) else "", "ids").value
    except Problem as problem:
        raise Refusal(400, problem.message) from None


def member_keys(call: Call, kind: str, values: list[str], *, adding: bool) -> list[str]:
    """What stands for these people in a manual segment. Who is not known is left out, but for
    an id, of which `Rules.unknown_members` decides."""
    keys: list[str] = []
    for value in dict.fromkeys(values):
        bare = value.removeprefix("cio_") if kind == "cio_id" else value
        person = call.space.people.find(kind, bare)
        if person is not None:
            keys.append(key_of(person))
        elif kind == "id" and (not adding or call.rules.unknown_members == "keep"):
            keys.append(value)
        elif kind == "id" and call.rules.unknown_members == "make":
            Intake(call).identify(checked("id", value, "ids"), {})
            keys.append(value)
    return keys


def _who(call: Call) -> Identifier:
    return in_path(call.args["identifier"])


def _event_type(body: dict[str, Any]) -> str:
    kind = body.get("type") or "event"
    if kind not in EVENT_TYPES:
        raise Problem("invalid", "type", f"type must be one of {', '.join(EVENT_TYPES)}")
    return str(kind)


def _route(method: str, path: str, handler: Handler, shape: Any = OPEN) -> Route:
    return Route(
        Surface.TRACK,
        method,
        "/api/v1" + path,
        handler,
        shape,
        Envelope.META_LIST,
        largest=LARGEST_REQUEST,
    )


ONE = "/customers/<path:identifier>"
ROUTES = (
    _route("GET", "/accounts/region", region),
    _route("PUT", ONE, _taken(identify)),
    _route("DELETE", ONE, _taken(delete)),
    _route("POST", ONE + "/suppress", _taken(suppress)),
    _route("POST", ONE + "/unsuppress", _taken(unsuppress)),
    _route("PUT", ONE + "/devices", _taken(add_device)),
    _route("DELETE", ONE + "/devices/<path:device>", _taken(delete_device)),
    _route("POST", ONE + "/events", _taken(track)),
    _route("POST", "/events", _taken(track_anonymous)),
    _route("POST", "/merge_customers", _taken(merge)),
    _route("POST", "/forms/<form>/submit", _taken(submit_form, DONE)),
    _route("POST", "/metrics", _taken(report)),
    _route("POST", "/push/events", _taken(report_push)),
    _route("POST", "/segments/<int:id>/add_customers", add_customers, IDS),
    _route("POST", "/segments/<int:id>/remove_customers", remove_customers, IDS),
)
