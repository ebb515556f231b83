"""The Pipelines ingest: what the browser SDK and server libraries post (Segment's shapes).

The browser SDK asks `GET /v1/projects/{write key}/settings` where to post to, and posts plain text
without a credential but the write key inside: to `/v1/i`, `/v1/t`, `/v1/p`, ... by the first letter
of the type, or to `/v1/b`. Server libraries use whole words and Basic auth with the write key.
Source: the code of @customerio/cdp-analytics-browser 0.5 and customerio-node 5.2.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from cioform.emulator.domain.custom_objects import apply_object_operation
from cioform.emulator.domain.track_ingest import TrackIngest
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import OPEN_OBJECT, Route
from cioform.emulator.validation.track_rules import (
    MAX_BATCH_BYTES,
    MAX_REQUEST_BYTES,
    Identifier,
    TrackValidationError,
    checked_identifier,
)
from cioform.emulator.wire.errors import ApiError

PipelinesMessage = dict[str, Any]
SUCCESS = {"success": True}


def _ingest_handler(kind: str) -> Handler:
    def ingest(request: Request) -> Response:
        """One message."""
        ingest = TrackIngest(request)
        try:
            _ingest_message(request, ingest, {**request.body, "type": kind})
        except TrackValidationError as problem:
            raise ApiError(400, problem.message) from None
        ingest.flush()
        return Response(SUCCESS)

    return ingest


def ingest_batch(request: Request) -> Response:
    """Many messages. A bad one is passed over, as it is where nobody asks for strict mode."""
    messages = request.body.get("batch")
    if not isinstance(messages, list):
        raise ApiError(400, "batch must be a list")
    ingest = TrackIngest(request)
    for message in messages:
        try:
            _ingest_message(request, ingest, message if isinstance(message, dict) else {})
        except TrackValidationError:
            continue
    ingest.flush()
    return Response(SUCCESS)


def ingest_metrics(request: Request) -> Response:
    """What the SDK reports of itself; nobody looks at it here."""
    del request
    return Response(SUCCESS)


def _ingest_message(request: Request, ingest: TrackIngest, message: PipelinesMessage) -> None:
    work = MESSAGE_HANDLERS.get(str(message.get("type")))
    if work is None:
        raise TrackValidationError(
            "invalid", "type", f"type must be one of {', '.join(MESSAGE_HANDLERS)}"
        )
    if message.get("userId") in (None, "") and message.get("anonymousId") in (None, ""):
        raise TrackValidationError("required", "userId", "userId or anonymousId is required")
    work(request, ingest, message)


def _identify(request: Request, ingest: TrackIngest, message: PipelinesMessage) -> None:
    """Traits become attributes. Somebody without a user id is nobody yet, unless traits tell."""
    traits = dict(_object_field(message, "traits"))
    if isinstance(traits.get("createdAt"), str):
        traits["created_at"] = _parse_timestamp(traits.pop("createdAt"), request.now)
    if message.get("anonymousId"):
        traits["anonymous_id"] = str(message["anonymousId"])
    who = _user_identifier(message)
    if who is None and isinstance(traits.get("email"), str):
        who = checked_identifier("email", traits["email"], "traits.email")
    if who is not None:
        traits.pop("id", None)
        ingest.identify(who, traits)


def _track(request: Request, ingest: TrackIngest, message: PipelinesMessage) -> None:
    properties = _object_field(message, "properties")
    _track_event(request, ingest, message, "event", message.get("event"), properties)


def _page(request: Request, ingest: TrackIngest, message: PipelinesMessage) -> None:
    """A page is named by its URL, as the SDK's page views are in Customer.io."""
    properties = _object_field(message, "properties")
    name = properties.get("url") or message.get("name") or properties.get("path") or "page"
    _track_event(request, ingest, message, "page", str(name)[:100], properties)


def _screen(request: Request, ingest: TrackIngest, message: PipelinesMessage) -> None:
    name = message.get("name") or "screen"
    _track_event(request, ingest, message, "screen", name, _object_field(message, "properties"))


def _group(request: Request, ingest: TrackIngest, message: PipelinesMessage) -> None:
    """A group is an object of type 1, and the person has to do with it."""
    who = _user_identifier(message)
    identifiers = {"object_type_id": "1", "object_id": str(message.get("groupId") or "")}
    people = [{"identifiers": {who.kind: who.value}}] if who else []
    item = {
        "action": "identify",
        "identifiers": identifiers,
        "attributes": _object_field(message, "traits"),
        "cio_relationships": people,
    }
    apply_object_operation(request, ingest, item)


def _alias(request: Request, ingest: TrackIngest, message: PipelinesMessage) -> None:
    """Somebody gets another id: the anonymous one of before was theirs."""
    del request
    who = _user_identifier(message)
    if who is not None and message.get("previousId"):
        ingest.identify(who, {"anonymous_id": str(message["previousId"])})


def _track_event(
    request: Request,
    ingest: TrackIngest,
    message: PipelinesMessage,
    kind: str,
    name: Any,
    data: Any,
) -> None:
    timestamp = _parse_timestamp(message.get("timestamp"), request.now)
    who = _user_identifier(message)
    if who is None:
        ingest.track_anonymous_event(
            message["anonymousId"],
            name,
            data,
            kind=kind,
            timestamp=timestamp,
            ulid=None,
            field="properties",
        )
    else:
        ingest.track_event(who, name, data, kind=kind, timestamp=timestamp, field="properties")


def _user_identifier(message: PipelinesMessage) -> Identifier | None:
    given = message.get("userId")
    if given in (None, ""):
        return None
    return checked_identifier("email" if "@" in str(given) else "id", given, "userId")


def _parse_timestamp(given: Any, now: int) -> int:
    """Seconds of an ISO 8601 time, of UTC where it names no zone; now for anything else."""
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError:
        return now
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _object_field(message: PipelinesMessage, field: str) -> PipelinesMessage:
    """The object under `field`; empty where there is none."""
    given = message.get(field)
    if not isinstance(given, dict | None):
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    return given or {}


def _route(path: str, handler: Handler, largest: int = MAX_REQUEST_BYTES) -> Route:
    return Route(surfaces.PIPELINES, "POST", path, handler, OPEN_OBJECT, max_body_bytes=largest)


MESSAGE_HANDLERS: Mapping[str, Callable[[Request, TrackIngest, PipelinesMessage], None]] = {
    "identify": _identify,
    "track": _track,
    "page": _page,
    "screen": _screen,
    "group": _group,
    "alias": _alias,
}
ROUTES = (
    *(_route(f"/v1/{kind}", _ingest_handler(kind)) for kind in MESSAGE_HANDLERS),
    *(_route(f"/v1/{kind[0]}", _ingest_handler(kind)) for kind in MESSAGE_HANDLERS),
    _route("/v1/batch", ingest_batch, MAX_BATCH_BYTES),
    _route("/v1/b", ingest_batch, MAX_BATCH_BYTES),
    _route("/v1/m", ingest_metrics),
)
ROUTE_PATHS = frozenset(each.path for each in ROUTES)
