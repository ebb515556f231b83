"""The Track API v1: people, events, devices, deliveries (app facts, 7)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.people.manual_segments import change_members
from cioform.emulator.domain.people.people_lookup import requested_id_type, strip_cio_prefix
from cioform.emulator.domain.people.track_ingest import TrackIngest
from cioform.emulator.domain.sending import delivery_reports
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import NO_CONTENT, Handler, Request, Response
from cioform.emulator.protocol.route import ANY, OPEN_OBJECT, Route, Shape, closed_object
from cioform.emulator.store import profile
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.validation.track_rules import (
    MAX_IDS,
    MAX_REQUEST_BYTES,
    Identifier,
    TrackValidationError,
    checked_identifier,
    checked_relationships,
    parse_identifiers,
    parse_path_identifier,
)
from cioform.emulator.wire.errors import ApiError, Envelope

IDS_SHAPE = closed_object(ids=ANY)
TRACK_HOSTS = {"us": "https://track.customer.io", "eu": "https://track-eu.customer.io"}
EVENT_TYPES = ("event", "page", "screen")


def _ingest_handler(
    operation: Callable[[TrackIngest], None], success: Response | None = None
) -> Handler:
    """Return a handler that runs an operation; by default, the response is an empty object."""

    @wraps(operation)
    def handler(request: Request) -> Response:
        ingest = TrackIngest(request)
        try:
            operation(ingest)
        except TrackValidationError as problem:
            raise ApiError(400, problem.message) from None
        ingest.flush()
        return success or Response({})

    return handler


def region(request: Request) -> Response:
    """Return the region and the ID of the workspace."""
    name = request.behavior.region
    environment_id = request.workspace.environment_id
    return Response({"url": TRACK_HOSTS[name], "region": name, "environment_id": environment_id})


def identify(ingest: TrackIngest) -> None:
    """Create or update a person."""
    attributes = dict(ingest.request.body)
    relationships = _parse_relationships(attributes.pop("cio_relationships", None))
    update_only = attributes.pop("_update", False) is True
    timestamp = attributes.pop("_timestamp", None)
    person = ingest.identify(
        _path_identifier(ingest), attributes, timestamp=timestamp, update_only=update_only
    )
    if person is not None and relationships is not None:
        adding, items = relationships
        ingest.edit_relationships(Identifier("cio_id", person["cio_id"]), items, adding=adding)


def delete(ingest: TrackIngest) -> None:
    """Delete a person; an unknown person is not an error."""
    ingest.delete(_path_identifier(ingest))


def suppress(ingest: TrackIngest) -> None:
    """Delete a person, and refuse their identifiers from now on."""
    ingest.suppress(_path_identifier(ingest))


def unsuppress(ingest: TrackIngest) -> None:
    """Accept a suppressed identifier again."""
    ingest.unsuppress(_path_identifier(ingest))


def add_device(ingest: TrackIngest) -> None:
    """Add or update a device."""
    device = ingest.request.body_object("device")
    for key in ("id", "platform"):
        if not isinstance(device.get(key), str) or not device[key]:
            raise TrackValidationError("required", f"device.{key}", f"device.{key} is required")
    edit = profile.add_device(device, ingest.request.now)
    ingest.edit_person(_path_identifier(ingest), "device_change", device["platform"], edit)


def delete_device(ingest: TrackIngest) -> None:
    """Delete a device."""
    edit = profile.delete_device(ingest.request.path_params["device"])
    ingest.edit_person(_path_identifier(ingest), "device_change", "", edit)


def track(ingest: TrackIngest) -> None:
    """Record an event, a page view or a screen view of a person."""
    body = ingest.request.body
    ingest.track_event(
        _path_identifier(ingest),
        body.get("name"),
        body.get("data"),
        activity_type=_event_type(body),
        timestamp=body.get("timestamp"),
        ulid=body.get("id"),
    )


def track_anonymous(ingest: TrackIngest) -> None:
    """Record an event of somebody who is not identified yet."""
    body = ingest.request.body
    ingest.track_anonymous_event(
        body.get("anonymous_id"),
        body.get("name"),
        body.get("data"),
        activity_type=_event_type(body),
        timestamp=body.get("timestamp"),
        ulid=body.get("id"),
    )


def merge(ingest: TrackIngest) -> None:
    """Merge the secondary person into the primary one."""
    body = ingest.request.body
    primary = parse_identifiers(body.get("primary"), "primary")
    secondary = parse_identifiers(body.get("secondary"), "secondary")
    ingest.merge(primary, secondary)


def submit_form(ingest: TrackIngest) -> None:
    """Identify the person who submitted a form, by `id` or `email`, and record the event."""
    data = ingest.request.body_object("data")
    identifier_type = next((each for each in ("id", "email") if data.get(each)), None)
    if identifier_type is None:
        raise TrackValidationError("required", "data", "data must have an email or an id")
    identifier = checked_identifier(
        identifier_type, data[identifier_type], f"data.{identifier_type}"
    )
    ingest.identify(identifier, data)
    form = ingest.request.path_params["form"]
    ingest.track_event(identifier, form, data, activity_type="form_submit")


def report(ingest: TrackIngest) -> None:
    """Record a metric of a delivery."""
    body = ingest.request.body
    metric = delivery_reports.checked_metric(body, "metric", delivery_reports.REPORTABLE_METRICS)
    if not body.get("delivery_id"):
        raise TrackValidationError("required", "delivery_id", "delivery_id is required")
    delivery_reports.record_metric(ingest.request, body, metric)


def report_push(ingest: TrackIngest) -> None:
    """Record a metric of a push notification, which a device reports."""
    body = ingest.request.body
    metric = delivery_reports.checked_metric(body, "event", delivery_reports.DEVICE_METRICS)
    delivery_reports.record_metric(ingest.request, body, metric)


def add_customers(request: Request) -> Response:
    """Add people to a manual segment."""
    return _change_members(request, adding=True)


def remove_customers(request: Request) -> Response:
    """Remove people from a manual segment."""
    return _change_members(request, adding=False)


def _change_members(request: Request, *, adding: bool) -> Response:
    record = request.get(SEGMENT)
    ids = request.body.get("ids")
    if record["type"] != "manual":
        raise ApiError(400, "segment is not a manual segment")
    if not isinstance(ids, list) or not ids:
        raise ApiError(400, "ids is required")
    if len(ids) > MAX_IDS:
        raise ApiError(400, f"ids is too long (maximum is {MAX_IDS})")
    id_type = requested_id_type(request)
    values = [strip_cio_prefix(id_type, _checked_member_id(each)) for each in ids]
    change_members(request, record, id_type, values, adding=adding)
    audit.log_change(request, "updated", SEGMENT, record, ["members"])
    return Response({})


def _checked_member_id(value: Any) -> str:
    """Return an identifier for a segment. Raises 400 if it is not text, blank or too long."""
    try:
        return checked_identifier("id", value if isinstance(value, str) else "", "ids").value
    except TrackValidationError as problem:
        raise ApiError(400, problem.message) from None


def _parse_relationships(body: Any) -> tuple[bool, list[Record]] | None:
    """Return whether relationships are added or deleted, and which; None if there are none."""
    if body is None:
        return None
    if not isinstance(body, dict):
        raise TrackValidationError(
            "invalid", "cio_relationships", "cio_relationships must be an object"
        )
    relationships = checked_relationships(
        body.get("relationships") or [], "cio_relationships.relationships"
    )
    return body.get("action") != "delete_relationships", relationships


def _path_identifier(ingest: TrackIngest) -> Identifier:
    return parse_path_identifier(ingest.request.path_params["identifier"])


def _event_type(body: dict[str, Any]) -> str:
    event_type = body.get("type") or "event"
    if event_type not in EVENT_TYPES:
        raise TrackValidationError(
            "invalid", "type", f"type must be one of {', '.join(EVENT_TYPES)}"
        )
    return str(event_type)


def _route(method: str, path: str, handler: Handler, shape: Shape = OPEN_OBJECT) -> Route:
    return Route(
        surfaces.TRACK,
        method,
        "/api/v1" + path,
        handler,
        shape,
        Envelope.META_LIST,
        max_body_bytes=MAX_REQUEST_BYTES,
    )


CUSTOMER_PATH = "/customers/<path:identifier>"
ROUTES = (
    _route("GET", "/accounts/region", region),
    _route("PUT", CUSTOMER_PATH, _ingest_handler(identify)),
    _route("DELETE", CUSTOMER_PATH, _ingest_handler(delete)),
    _route("POST", CUSTOMER_PATH + "/suppress", _ingest_handler(suppress)),
    _route("POST", CUSTOMER_PATH + "/unsuppress", _ingest_handler(unsuppress)),
    _route("PUT", CUSTOMER_PATH + "/devices", _ingest_handler(add_device)),
    _route("DELETE", CUSTOMER_PATH + "/devices/<path:device>", _ingest_handler(delete_device)),
    _route("POST", CUSTOMER_PATH + "/events", _ingest_handler(track)),
    _route("POST", "/events", _ingest_handler(track_anonymous)),
    _route("POST", "/merge_customers", _ingest_handler(merge)),
    _route("POST", "/forms/<form>/submit", _ingest_handler(submit_form, NO_CONTENT)),
    _route("POST", "/metrics", _ingest_handler(report)),
    _route("POST", "/push/events", _ingest_handler(report_push)),
    _route("POST", "/segments/<int:id>/add_customers", add_customers, IDS_SHAPE),
    _route("POST", "/segments/<int:id>/remove_customers", remove_customers, IDS_SHAPE),
)
