"""Track API v2: one operation, or many in one request (app facts, 2 and 7)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cioform.emulator.domain import delivery_reports
from cioform.emulator.domain.custom_objects import apply_object_operation
from cioform.emulator.domain.track_ingest import TrackIngest
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import OPEN_OBJECT, Route
from cioform.emulator.store import profile
from cioform.emulator.validation.track_rules import (
    MAX_BATCH_BYTES,
    MAX_REQUEST_BYTES,
    Identifier,
    TrackValidationError,
    byte_size,
    checked_attributes,
    checked_relationships,
    parse_identifiers,
)
from cioform.emulator.wire.errors import ApiError, Envelope

TrackOperation = dict[str, Any]
SMALL_ATTRIBUTE_COUNT = 8
"""So few attributes of a few hundred bytes each cannot make an operation too large."""
SMALL_FIELDS = {"type", "action", "identifiers", "name", "attributes", "timestamp", "id"}
"""The members of an operation that are small, but for its attributes."""


def entity(request: Request) -> Response:
    """One operation."""
    ingest = TrackIngest(request)
    try:
        _apply_operation(request, ingest, request.body)
    except TrackValidationError as problem:
        raise _to_api_error(problem) from None
    ingest.flush()
    return Response({})


def batch(request: Request) -> Response:
    """Many operations, each for itself: 207 tells which of them were bad, the rest is done."""
    items = request.body.get("batch")
    if not isinstance(items, list) or not items:
        raise _to_api_error(
            TrackValidationError("required", "batch", "batch must be an array that is not empty")
        )
    ingest = TrackIngest(request)
    errors: list[dict[str, Any]] = []
    for place, item in enumerate(items):
        try:
            _check_size(item)
            _apply_operation(request, ingest, item)
        except TrackValidationError as problem:
            errors.append({"batch_index": place, **problem.to_json()})
    ingest.flush()
    return Response({"errors": errors}, 207) if errors else Response({})


def _apply_operation(request: Request, ingest: TrackIngest, item: Any) -> None:
    if not isinstance(item, dict):
        raise TrackValidationError("invalid", "", "an operation must be an object")
    kind, action = item.get("type"), item.get("action")
    if kind == "object":
        apply_object_operation(request, ingest, item)
        return
    if kind == "delivery":
        _apply_delivery_operation(request, item)
        return
    if kind != "person":
        raise TrackValidationError(
            "invalid", "type", "type must be one of person, object, delivery"
        )
    if action == "merge":
        ingest.merge(parse_identifiers(item.get("primary"), "primary"), _secondary_identifier(item))
        return
    work = ACTION_HANDLERS.get(str(action))
    if work is None:
        raise TrackValidationError(
            "invalid", "action", f"action must be one of {', '.join(ACTION_HANDLERS)}, merge"
        )
    identifiers = item.get("identifiers")
    if (
        action in EVENT_ACTIONS
        and isinstance(identifiers, dict)
        and set(identifiers) == {"anonymous_id"}
    ):
        _anonymous_event(ingest, identifiers["anonymous_id"], item)
        return
    work(request, ingest, parse_identifiers(identifiers), item)


def _identify(request: Request, ingest: TrackIngest, who: Identifier, item: TrackOperation) -> None:
    attributes = dict(checked_attributes(item.get("attributes")))
    update = attributes.pop("_update", False) is True
    # All is looked at before anything is done: a refused item leaves nothing behind.
    links = checked_relationships(item.get("cio_relationships") or [])
    person = ingest.identify(who, attributes, timestamp=item.get("timestamp"), update_only=update)
    if person is not None and links:
        _change_relationships(request, ingest, Identifier("cio_id", person["cio_id"]), item)


def _event(request: Request, ingest: TrackIngest, who: Identifier, item: TrackOperation) -> None:
    del request
    ingest.track_event(
        who,
        item.get("name"),
        item.get("attributes"),
        kind=item["action"],
        timestamp=item.get("timestamp"),
        ulid=item.get("id"),
        field="attributes",
    )


def _anonymous_event(ingest: TrackIngest, anonymous_id: Any, item: TrackOperation) -> None:
    ingest.track_anonymous_event(
        anonymous_id,
        item.get("name"),
        item.get("attributes"),
        kind=item["action"],
        timestamp=item.get("timestamp"),
        ulid=item.get("id"),
        field="attributes",
    )


def _delete(request: Request, ingest: TrackIngest, who: Identifier, item: TrackOperation) -> None:
    del request, item
    ingest.delete(who)


def _suppress(request: Request, ingest: TrackIngest, who: Identifier, item: TrackOperation) -> None:
    del request, item
    ingest.suppress(who)


def _unsuppress(
    request: Request, ingest: TrackIngest, who: Identifier, item: TrackOperation
) -> None:
    del request, item
    ingest.unsuppress(who)


def _add_device(
    request: Request, ingest: TrackIngest, who: Identifier, item: TrackOperation
) -> None:
    token, device = _parse_device(item)
    if not isinstance(device.get("platform"), str):
        raise TrackValidationError("required", "device.platform", "device.platform is required")
    known = {key: value for key, value in device.items() if key != "token"}
    edit = profile.add_device({"id": token, **known}, request.now)
    ingest.edit_person(who, "device_change", device["platform"], edit)


def _delete_device(
    request: Request, ingest: TrackIngest, who: Identifier, item: TrackOperation
) -> None:
    del request
    ingest.edit_person(who, "device_change", "", profile.delete_device(_parse_device(item)[0]))


def _change_relationships(
    request: Request, ingest: TrackIngest, who: Identifier, item: TrackOperation
) -> None:
    del request
    given = checked_relationships(item.get("cio_relationships"))
    adding = item["action"] != "delete_relationships"
    kind = "add_relationship" if adding else "delete_relationship"
    ingest.edit_person(who, kind, "", profile.edit_relationships(given, adding=adding))


def _parse_device(item: TrackOperation) -> tuple[str, Mapping[str, Any]]:
    device = item.get("device")
    token = device.get("token") if isinstance(device, dict) else None
    if not isinstance(device, dict) or not isinstance(token, str) or not token:
        raise TrackValidationError("required", "device.token", "device.token is required")
    return token, device


def _secondary_identifier(item: TrackOperation) -> Identifier:
    return parse_identifiers(item.get("secondary"), "secondary")


def _apply_delivery_operation(request: Request, item: TrackOperation) -> None:
    identifiers = item.get("identifiers")
    if not isinstance(identifiers, dict) or not identifiers.get("id"):
        raise TrackValidationError("required", "identifiers.id", "identifiers.id is required")
    metric = delivery_reports.checked_metric(item, "name", delivery_reports.DEVICE_METRICS)
    given = {"delivery_id": identifiers["id"], "timestamp": item.get("timestamp")}
    delivery_reports.record_metric(request, given, metric)


def _check_size(item: Any) -> None:
    """Refuse an item above 32 KB. Only one that can be so large is written out to be measured."""
    if not isinstance(item, dict) or not _may_be_large(item):
        return
    if byte_size(json.dumps(item, ensure_ascii=False, separators=(",", ":"))) > MAX_REQUEST_BYTES:
        message = f"the operation is larger than {MAX_REQUEST_BYTES} bytes"
        raise TrackValidationError("too_large", "", message)


def _may_be_large(item: TrackOperation) -> bool:
    data = item.get("attributes")
    if (
        item.keys() - SMALL_FIELDS
        or not isinstance(data, dict)
        or len(data) > SMALL_ATTRIBUTE_COUNT
    ):
        return True
    longest = MAX_REQUEST_BYTES // 100
    return any(
        not isinstance(value, int | float | str | None) or len(str(value)) > longest
        for value in (*data.values(), item.get("name"))
    )


def _to_api_error(problem: TrackValidationError) -> ApiError:
    meta = {"reason": problem.reason, "field": problem.field}
    return ApiError(400, problem.message, meta=meta)


EVENT_ACTIONS = ("event", "page", "screen")
OperationHandler = Callable[[Request, TrackIngest, Identifier, TrackOperation], None]
ACTION_HANDLERS: Mapping[str, OperationHandler] = {
    "identify": _identify,
    "delete": _delete,
    **dict.fromkeys(EVENT_ACTIONS, _event),
    "add_relationships": _change_relationships,
    "delete_relationships": _change_relationships,
    "add_device": _add_device,
    "delete_device": _delete_device,
    "suppress": _suppress,
    "unsuppress": _unsuppress,
}

ROUTES = (
    Route(
        surfaces.TRACK,
        "POST",
        "/api/v2/entity",
        entity,
        OPEN_OBJECT,
        Envelope.TRACK,
        max_body_bytes=MAX_REQUEST_BYTES,
    ),
    Route(
        surfaces.TRACK,
        "POST",
        "/api/v2/batch",
        batch,
        OPEN_OBJECT,
        Envelope.TRACK,
        max_body_bytes=MAX_BATCH_BYTES,
    ),
)
