"""The Track API v2: one operation, or many in one request (app facts, 2 and 7)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cioform.emulator.domain.people.custom_objects import apply_object_operation
from cioform.emulator.domain.people.track_ingest import TrackIngest
from cioform.emulator.domain.sending import delivery_reports
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
PersonHandler = Callable[[TrackIngest, Identifier, TrackOperation], None]

SMALL_ATTRIBUTE_COUNT = 8
"""An operation with at most so many attributes of a few hundred bytes is below the limit."""
SMALL_FIELDS = {"type", "action", "identifiers", "name", "attributes", "timestamp", "id"}
"""The members of an operation that are small, except its attributes."""
SMALL_VALUE_LENGTH = MAX_REQUEST_BYTES // 100

EVENT_ACTIONS = ("event", "page", "screen")


def entity(request: Request) -> Response:
    """Apply one operation."""
    ingest = TrackIngest(request)
    try:
        _apply_operation(ingest, request.body)
    except TrackValidationError as problem:
        raise _to_api_error(problem) from None
    ingest.flush()
    return Response({})


def batch(request: Request) -> Response:
    """Apply many operations; return 207 with the errors of those that were rejected."""
    operations = request.body.get("batch")
    if not isinstance(operations, list) or not operations:
        raise _to_api_error(
            TrackValidationError("required", "batch", "batch must be an array that is not empty")
        )
    ingest = TrackIngest(request)
    errors: list[dict[str, Any]] = []
    for index, operation in enumerate(operations):
        try:
            _check_size(operation)
            _apply_operation(ingest, operation)
        except TrackValidationError as problem:
            errors.append({"batch_index": index, **problem.to_json()})
    ingest.flush()
    return Response({"errors": errors}, 207) if errors else Response({})


def _apply_operation(ingest: TrackIngest, operation: Any) -> None:
    if not isinstance(operation, dict):
        raise TrackValidationError("invalid", "", "an operation must be an object")
    operation_type = operation.get("type")
    if operation_type == "person":
        _apply_person_operation(ingest, operation)
    elif operation_type == "object":
        apply_object_operation(ingest, operation)
    elif operation_type == "delivery":
        _apply_delivery_operation(ingest.request, operation)
    else:
        raise TrackValidationError(
            "invalid", "type", "type must be one of person, object, delivery"
        )


def _apply_person_operation(ingest: TrackIngest, operation: TrackOperation) -> None:
    action = operation.get("action")
    if action == "merge":
        primary = parse_identifiers(operation.get("primary"), "primary")
        secondary = parse_identifiers(operation.get("secondary"), "secondary")
        ingest.merge(primary, secondary)
        return
    handler = PERSON_HANDLERS.get(str(action))
    if handler is None:
        raise TrackValidationError(
            "invalid", "action", f"action must be one of {', '.join(PERSON_HANDLERS)}, merge"
        )
    identifiers = operation.get("identifiers")
    is_anonymous = isinstance(identifiers, dict) and identifiers.keys() == {"anonymous_id"}
    if action in EVENT_ACTIONS and is_anonymous:
        _track_anonymous_event(ingest, operation)
        return
    handler(ingest, parse_identifiers(identifiers), operation)


def _apply_delivery_operation(request: Request, operation: TrackOperation) -> None:
    identifiers = operation.get("identifiers")
    if not isinstance(identifiers, dict) or not identifiers.get("id"):
        raise TrackValidationError("required", "identifiers.id", "identifiers.id is required")
    metric = delivery_reports.checked_metric(operation, "name", delivery_reports.DEVICE_METRICS)
    report = {"delivery_id": identifiers["id"], "timestamp": operation.get("timestamp")}
    delivery_reports.record_metric(request, report, metric)


def _identify(ingest: TrackIngest, identifier: Identifier, operation: TrackOperation) -> None:
    attributes = dict(checked_attributes(operation.get("attributes")))
    update_only = attributes.pop("_update", False) is True
    # Relationships are checked first, because a rejected operation must not change anything.
    relationships = checked_relationships(operation.get("cio_relationships") or [])
    person = ingest.identify(
        identifier, attributes, timestamp=operation.get("timestamp"), update_only=update_only
    )
    if person is not None and relationships:
        cio_id = Identifier("cio_id", person["cio_id"])
        ingest.edit_relationships(cio_id, relationships, adding=True)


def _track_event(ingest: TrackIngest, identifier: Identifier, operation: TrackOperation) -> None:
    ingest.track_event(
        identifier,
        operation.get("name"),
        operation.get("attributes"),
        activity_type=operation["action"],
        timestamp=operation.get("timestamp"),
        ulid=operation.get("id"),
        field="attributes",
    )


def _track_anonymous_event(ingest: TrackIngest, operation: TrackOperation) -> None:
    ingest.track_anonymous_event(
        operation["identifiers"]["anonymous_id"],
        operation.get("name"),
        operation.get("attributes"),
        activity_type=operation["action"],
        timestamp=operation.get("timestamp"),
        ulid=operation.get("id"),
        field="attributes",
    )


def _delete(ingest: TrackIngest, identifier: Identifier, _operation: TrackOperation) -> None:
    ingest.delete(identifier)


def _suppress(ingest: TrackIngest, identifier: Identifier, _operation: TrackOperation) -> None:
    ingest.suppress(identifier)


def _unsuppress(ingest: TrackIngest, identifier: Identifier, _operation: TrackOperation) -> None:
    ingest.unsuppress(identifier)


def _add_device(ingest: TrackIngest, identifier: Identifier, operation: TrackOperation) -> None:
    token, device = _parse_device(operation)
    if not isinstance(device.get("platform"), str):
        raise TrackValidationError("required", "device.platform", "device.platform is required")
    members = {key: value for key, value in device.items() if key != "token"}
    edit = profile.add_device({"id": token, **members}, ingest.request.now)
    ingest.edit_person(identifier, "device_change", device["platform"], edit)


def _delete_device(ingest: TrackIngest, identifier: Identifier, operation: TrackOperation) -> None:
    token, _ = _parse_device(operation)
    ingest.edit_person(identifier, "device_change", "", profile.delete_device(token))


def _add_relationships(
    ingest: TrackIngest, identifier: Identifier, operation: TrackOperation
) -> None:
    relationships = checked_relationships(operation.get("cio_relationships"))
    ingest.edit_relationships(identifier, relationships, adding=True)


def _delete_relationships(
    ingest: TrackIngest, identifier: Identifier, operation: TrackOperation
) -> None:
    relationships = checked_relationships(operation.get("cio_relationships"))
    ingest.edit_relationships(identifier, relationships, adding=False)


def _parse_device(operation: TrackOperation) -> tuple[str, Mapping[str, Any]]:
    """Return the token and all members of the device of an operation."""
    device = operation.get("device")
    token = device.get("token") if isinstance(device, dict) else None
    if not isinstance(device, dict) or not isinstance(token, str) or not token:
        raise TrackValidationError("required", "device.token", "device.token is required")
    return token, device


def _check_size(operation: Any) -> None:
    """Raise TrackValidationError if an operation is above 32 KB.

    Encoding an operation to measure it is slow, so that those that must be small are skipped.
    """
    if not isinstance(operation, dict) or not _may_be_large(operation):
        return
    text = json.dumps(operation, ensure_ascii=False, separators=(",", ":"))
    if byte_size(text) > MAX_REQUEST_BYTES:
        message = f"the operation is larger than {MAX_REQUEST_BYTES} bytes"
        raise TrackValidationError("too_large", "", message)


def _may_be_large(operation: TrackOperation) -> bool:
    attributes = operation.get("attributes")
    if (
        operation.keys() - SMALL_FIELDS
        or not isinstance(attributes, dict)
        or len(attributes) > SMALL_ATTRIBUTE_COUNT
    ):
        return True
    return any(
        not isinstance(value, int | float | str | None) or len(str(value)) > SMALL_VALUE_LENGTH
        for value in (*attributes.values(), operation.get("name"))
    )


def _to_api_error(problem: TrackValidationError) -> ApiError:
    meta = {"reason": problem.reason, "field": problem.field}
    return ApiError(400, problem.message, meta=meta)


PERSON_HANDLERS: Mapping[str, PersonHandler] = {
    "identify": _identify,
    "delete": _delete,
    **dict.fromkeys(EVENT_ACTIONS, _track_event),
    "add_relationships": _add_relationships,
    "delete_relationships": _delete_relationships,
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
