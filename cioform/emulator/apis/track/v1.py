"""Track API v1: people, what they do, and who is in manual segments (app facts, 7)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from cioform.emulator.domain import audit, delivery_reports
from cioform.emulator.domain.track_ingest import TrackIngest
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import NO_CONTENT, Handler, Request, Response
from cioform.emulator.protocol.route import ANY, OPEN_OBJECT, Route, closed_object
from cioform.emulator.store import profile
from cioform.emulator.store.people import member_key
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
    work: Callable[[Request, TrackIngest], None], success: Response | None = None
) -> Handler:
    """A handler that takes something in, and answers an empty object."""

    @wraps(work)
    def handler(request: Request) -> Response:
        ingest = TrackIngest(request)
        try:
            work(request, ingest)
        except TrackValidationError as problem:
            raise ApiError(400, problem.message) from None
        ingest.flush()
        return success or Response({})

    return handler


def region(request: Request) -> Response:
    """Where the workspace lives, and its id."""
    where = request.behavior.region
    environment_id = request.workspace.environment_id
    return Response({"url": TRACK_HOSTS[where], "region": where, "environment_id": environment_id})


def identify(request: Request, ingest: TrackIngest) -> None:
    """Add or update a person."""
    given = dict(request.body)
    related = _parse_relationships(given.pop("cio_relationships", None))
    update, timestamp = given.pop("_update", False), given.pop("_timestamp", None)
    person = ingest.identify(
        _path_identifier(request), given, timestamp=timestamp, update_only=update is True
    )
    if person is not None and related is not None:
        adding, links = related
        edit = profile.edit_relationships(links, adding=adding)
        kind = "add_relationship" if adding else "delete_relationship"
        ingest.edit_person(Identifier("cio_id", person["cio_id"]), kind, "", edit)


def _parse_relationships(given: Any) -> tuple[bool, list[Record]] | None:
    """Whether relationships come or go, and which."""
    if given is None:
        return None
    if not isinstance(given, dict):
        raise TrackValidationError(
            "invalid", "cio_relationships", "cio_relationships must be an object"
        )
    links = checked_relationships(
        given.get("relationships") or [], "cio_relationships.relationships"
    )
    return given.get("action") != "delete_relationships", links


def delete(request: Request, ingest: TrackIngest) -> None:
    """Delete a person; one who is not there is no error."""
    ingest.delete(_path_identifier(request))


def suppress(request: Request, ingest: TrackIngest) -> None:
    """Delete a person for good."""
    ingest.suppress(_path_identifier(request))


def unsuppress(request: Request, ingest: TrackIngest) -> None:
    """Let a suppressed identifier in again."""
    ingest.unsuppress(_path_identifier(request))


def add_device(request: Request, ingest: TrackIngest) -> None:
    """Add or update a device."""
    device = request.body_object("device")
    for key in ("id", "platform"):
        if not isinstance(device.get(key), str) or not device[key]:
            raise TrackValidationError("required", f"device.{key}", f"device.{key} is required")
    edit = profile.add_device(device, request.now)
    ingest.edit_person(_path_identifier(request), "device_change", device["platform"], edit)


def delete_device(request: Request, ingest: TrackIngest) -> None:
    """Delete a device."""
    edit = profile.delete_device(request.path_params["device"])
    ingest.edit_person(_path_identifier(request), "device_change", "", edit)


def track(request: Request, ingest: TrackIngest) -> None:
    """An event, a page view or a screen view of a person."""
    ingest.track_event(
        _path_identifier(request),
        request.body.get("name"),
        request.body.get("data"),
        kind=_event_type(request.body),
        timestamp=request.body.get("timestamp"),
        ulid=request.body.get("id"),
    )


def track_anonymous(request: Request, ingest: TrackIngest) -> None:
    """An event of somebody not known yet."""
    ingest.track_anonymous_event(
        request.body.get("anonymous_id"),
        request.body.get("name"),
        request.body.get("data"),
        kind=_event_type(request.body),
        timestamp=request.body.get("timestamp"),
        ulid=request.body.get("id"),
    )


def merge(request: Request, ingest: TrackIngest) -> None:
    """Put one person into another."""
    given = (
        parse_identifiers(request.body.get(which), which) for which in ("primary", "secondary")
    )
    ingest.merge(*given)


def submit_form(request: Request, ingest: TrackIngest) -> None:
    """A form that somebody sent in: identifies them by `id` or `email`, and is an event."""
    data = request.body_object("data")
    kind = next((each for each in ("id", "email") if data.get(each)), None)
    if kind is None:
        raise TrackValidationError("required", "data", "data must have an email or an id")
    who = checked_identifier(kind, data[kind], f"data.{kind}")
    ingest.identify(who, data)
    ingest.track_event(who, request.path_params["form"], data, kind="form_submit")


def report(request: Request, ingest: TrackIngest) -> None:
    """What became of a delivery, told by a client."""
    del ingest
    metric = delivery_reports.checked_metric(
        request.body, "metric", delivery_reports.REPORTABLE_METRICS
    )
    if not request.body.get("delivery_id"):
        raise TrackValidationError("required", "delivery_id", "delivery_id is required")
    delivery_reports.record_metric(request, request.body, metric)


def report_push(request: Request, ingest: TrackIngest) -> None:
    """What became of a push, told by a device."""
    del ingest
    metric = delivery_reports.checked_metric(request.body, "event", delivery_reports.DEVICE_METRICS)
    delivery_reports.record_metric(request, request.body, metric)


def add_customers(request: Request) -> Response:
    """Put people in a manual segment."""
    return _change_members(request, adding=True)


def remove_customers(request: Request) -> Response:
    """Take people out of a manual segment."""
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
    kind = request.query.get("id_type", "id")
    if kind not in ("id", "email", "cio_id"):
        raise ApiError(400, "id_type must be one of id, email, cio_id")
    keys = member_keys(request, kind, [_checked_member_id(each) for each in ids], adding=adding)
    if adding:
        request.workspace_data.members.add(record["id"], keys)
    else:
        request.workspace_data.members.remove(record["id"], keys)
    audit.log_change(request, "updated", SEGMENT, record, ["members"])
    return Response({})


def _checked_member_id(given: Any) -> str:
    """An identifier that may be put in a segment: text, neither blank nor too long."""
    try:
        return checked_identifier("id", given if isinstance(given, str) else "", "ids").value
    except TrackValidationError as problem:
        raise ApiError(400, problem.message) from None


def member_keys(request: Request, kind: str, values: list[str], *, adding: bool) -> list[str]:
    """What stands for these people in a manual segment. Who is not known is left out, but for
    an id, of which `Behavior.unknown_members` decides."""
    keys: list[str] = []
    for value in dict.fromkeys(values):
        bare = value.removeprefix("cio_") if kind == "cio_id" else value
        person = request.workspace_data.people.find(kind, bare)
        if person is not None:
            keys.append(member_key(person))
        elif kind == "id" and (not adding or request.behavior.unknown_members == "keep"):
            keys.append(value)
        elif kind == "id" and request.behavior.unknown_members == "make":
            TrackIngest(request).identify(checked_identifier("id", value, "ids"), {})
            keys.append(value)
    return keys


def _path_identifier(request: Request) -> Identifier:
    return parse_path_identifier(request.path_params["identifier"])


def _event_type(body: dict[str, Any]) -> str:
    kind = body.get("type") or "event"
    if kind not in EVENT_TYPES:
        raise TrackValidationError(
            "invalid", "type", f"type must be one of {', '.join(EVENT_TYPES)}"
        )
    return str(kind)


def _route(method: str, path: str, handler: Handler, shape: Any = OPEN_OBJECT) -> Route:
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
