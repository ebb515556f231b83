"""Track API v2: one operation, or many in one request (app facts, 2 and 7)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cioform.emulator.domain import delivery_reports
from cioform.emulator.domain.custom_objects import take_object
from cioform.emulator.domain.track_ingest import Intake
from cioform.emulator.protocol.request import Call, Reply
from cioform.emulator.protocol.route import OPEN, Route, Surface
from cioform.emulator.store import profile
from cioform.emulator.validation.track_rules import (
    LARGEST_BATCH,
    LARGEST_REQUEST,
    Identifier,
    Problem,
    checked_attributes,
    checked_relationships,
    in_object,
    size,
)
from cioform.emulator.wire.errors import Envelope, Refusal

Operation = dict[str, Any]
CLEARLY_SMALL = 8
"""So few attributes of a few hundred bytes each cannot make an operation too large."""
PLAIN = {"type", "action", "identifiers", "name", "attributes", "timestamp", "id"}
"""The members of an operation that are small, but for its attributes."""


def entity(call: Call) -> Reply:
    """One operation."""
    intake = Intake(call)
    try:
        _take(call, intake, call.body)
    except Problem as problem:
        raise _refusal(problem) from None
    intake.flush()
    return Reply({})


def batch(call: Call) -> Reply:
    """Many operations, each for itself: 207 tells which of them were bad, the rest is done."""
    items = call.body.get("batch")
    if not isinstance(items, list) or not items:
        raise _refusal(Problem("required", "batch", "batch must be an array that is not empty"))
    intake = Intake(call)
    errors: list[dict[str, Any]] = []
    for place, item in enumerate(items):
        try:
            _check_size(item)
            _take(call, intake, item)
        except Problem as problem:
            errors.append({"batch_index": place, **problem.shown()})
    intake.flush()
    return Reply({"errors": errors}, 207) if errors else Reply({})


def _take(call: Call, intake: Intake, item: Any) -> None:
    if not isinstance(item, dict):
        raise Problem("invalid", "", "an operation must be an object")
    kind, action = item.get("type"), item.get("action")
    if kind == "object":
        take_object(call, intake, item)
        return
    if kind == "delivery":
        _take_delivery(call, item)
        return
    if kind != "person":
        raise Problem("invalid", "type", "type must be one of person, object, delivery")
    if action == "merge":
        intake.merge(in_object(item.get("primary"), "primary"), _secondary(item))
        return
    work = ACTIONS.get(str(action))
    if work is None:
        raise Problem("invalid", "action", f"action must be one of {', '.join(ACTIONS)}, merge")
    identifiers = item.get("identifiers")
    if action in EVENTS and isinstance(identifiers, dict) and set(identifiers) == {"anonymous_id"}:
        _anonymous(intake, identifiers["anonymous_id"], item)
        return
    work(call, intake, in_object(identifiers), item)


def _identify(call: Call, intake: Intake, who: Identifier, item: Operation) -> None:
    attributes = dict(checked_attributes(item.get("attributes")))
    update = attributes.pop("_update", False) is True
    # All is looked at before anything is done: a refused item leaves nothing behind.
    links = checked_relationships(item.get("cio_relationships") or [])
    person = intake.identify(who, attributes, stamp=item.get("timestamp"), only_update=update)
    if person is not None and links:
        _relate(call, intake, Identifier("cio_id", person["cio_id"]), item)


def _event(call: Call, intake: Intake, who: Identifier, item: Operation) -> None:
    del call
    intake.event(
        who,
        item.get("name"),
        item.get("attributes"),
        kind=item["action"],
        stamp=item.get("timestamp"),
        ulid=item.get("id"),
        field="attributes",
    )


def _anonymous(intake: Intake, anonymous_id: Any, item: Operation) -> None:
    intake.anonymous_event(
        anonymous_id,
        item.get("name"),
        item.get("attributes"),
        kind=item["action"],
        stamp=item.get("timestamp"),
        ulid=item.get("id"),
        field="attributes",
    )


def _delete(call: Call, intake: Intake, who: Identifier, item: Operation) -> None:
    del call, item
    intake.delete(who)


def _suppress(call: Call, intake: Intake, who: Identifier, item: Operation) -> None:
    del call, item
    intake.suppress(who)


def _unsuppress(call: Call, intake: Intake, who: Identifier, item: Operation) -> None:
    del call, item
    intake.unsuppress(who)


def _add_device(call: Call, intake: Intake, who: Identifier, item: Operation) -> None:
    token, device = _device(item)
    if not isinstance(device.get("platform"), str):
        raise Problem("required", "device.platform", "device.platform is required")
    known = {key: value for key, value in device.items() if key != "token"}
    edit = profile.add_device({"id": token, **known}, call.now)
    intake.change(who, "device_change", device["platform"], edit)


def _delete_device(call: Call, intake: Intake, who: Identifier, item: Operation) -> None:
    del call
    intake.change(who, "device_change", "", profile.delete_device(_device(item)[0]))


def _relate(call: Call, intake: Intake, who: Identifier, item: Operation) -> None:
    del call
    given = checked_relationships(item.get("cio_relationships"))
    adding = item["action"] != "delete_relationships"
    kind = "add_relationship" if adding else "delete_relationship"
    intake.change(who, kind, "", profile.relate(given, adding=adding))


def _device(item: Operation) -> tuple[str, Mapping[str, Any]]:
    device = item.get("device")
    token = device.get("token") if isinstance(device, dict) else None
    if not isinstance(device, dict) or not isinstance(token, str) or not token:
        raise Problem("required", "device.token", "device.token is required")
    return token, device


def _secondary(item: Operation) -> Identifier:
    return in_object(item.get("secondary"), "secondary")


def _take_delivery(call: Call, item: Operation) -> None:
    identifiers = item.get("identifiers")
    if not isinstance(identifiers, dict) or not identifiers.get("id"):
        raise Problem("required", "identifiers.id", "identifiers.id is required")
    metric = delivery_reports.checked(item, "name", delivery_reports.REPORTED_BY_DEVICES)
    given = {"delivery_id": identifiers["id"], "timestamp": item.get("timestamp")}
    delivery_reports.note(call, given, metric)


def _check_size(item: Any) -> None:
    """Refuse an item above 32 KB. Only one that can be so large is written out to be measured."""
    if not isinstance(item, dict) or not _may_be_large(item):
        return
    if size(json.dumps(item, ensure_ascii=False, separators=(",", ":"))) > LARGEST_REQUEST:
        message = f"the operation is larger than {LARGEST_REQUEST} bytes"
        raise Problem("too_large", "", message)


def _may_be_large(item: Operation) -> bool:
    data = item.get("attributes")
    if item.keys() - PLAIN or not isinstance(data, dict) or len(data) > CLEARLY_SMALL:
        return True
    longest = LARGEST_REQUEST // 100
    return any(
        not isinstance(value, int | float | str | None) or len(str(value)) > longest
        for value in (*data.values(), item.get("name"))
    )


def _refusal(problem: Problem) -> Refusal:
    meta = {"reason": problem.reason, "field": problem.field}
    return Refusal(400, problem.message, meta=meta)


EVENTS = ("event", "page", "screen")
Work = Callable[[Call, Intake, Identifier, Operation], None]
ACTIONS: Mapping[str, Work] = {
    "identify": _identify,
    "delete": _delete,
    **dict.fromkeys(EVENTS, _event),
    "add_relationships": _relate,
    "delete_relationships": _relate,
    "add_device": _add_device,
    "delete_device": _delete_device,
    "suppress": _suppress,
    "unsuppress": _unsuppress,
}

ROUTES = (
    Route(
        Surface.TRACK,
        "POST",
        "/api/v2/entity",
        entity,
        OPEN,
        Envelope.TRACK,
        largest=LARGEST_REQUEST,
    ),
    Route(
        Surface.TRACK, "POST", "/api/v2/batch", batch, OPEN, Envelope.TRACK, largest=LARGEST_BATCH
    ),
)
