"""The ingest of the Pipelines API: what browser SDK and server libraries send (Segment's shapes).

The browser SDK sends plain text without a credential, except for the write key inside: to `/v1/i`,
`/v1/t`, `/v1/p` and so on, by the first letter of the type, or to `/v1/b`. Server libraries use
whole words and Basic authentication with the write key. Source: the code of
@customerio/cdp-analytics-browser 0.5 and customerio-node 5.2.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from cioform.emulator.domain.people.custom_objects import apply_object_operation
from cioform.emulator.domain.people.track_ingest import TrackIngest
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
MessageHandler = Callable[[TrackIngest, PipelinesMessage], None]
SUCCESS = {"success": True}
GROUP_OBJECT_TYPE = "1"
MAX_PAGE_NAME_LENGTH = 100


def _ingest_handler(message_type: str) -> Handler:
    def ingest_message(request: Request) -> Response:
        """Ingest one message."""
        ingest = TrackIngest(request)
        try:
            _ingest_message(ingest, {**request.body, "type": message_type})
        except TrackValidationError as problem:
            raise ApiError(400, problem.message) from None
        ingest.flush()
        return Response(SUCCESS)

    return ingest_message


def ingest_batch(request: Request) -> Response:
    """Ingest many messages. An invalid one is skipped, as it is without strict mode."""
    messages = request.body.get("batch")
    if not isinstance(messages, list):
        raise ApiError(400, "batch must be a list")
    ingest = TrackIngest(request)
    for message in messages:
        try:
            _ingest_message(ingest, message if isinstance(message, dict) else {})
        except TrackValidationError:
            continue
    ingest.flush()
    return Response(SUCCESS)


def ingest_metrics(_request: Request) -> Response:
    """Accept the metrics that the SDK reports of itself, and discard them."""
    return Response(SUCCESS)


def _ingest_message(ingest: TrackIngest, message: PipelinesMessage) -> None:
    handler = MESSAGE_HANDLERS.get(str(message.get("type")))
    if handler is None:
        raise TrackValidationError(
            "invalid", "type", f"type must be one of {', '.join(MESSAGE_HANDLERS)}"
        )
    if message.get("userId") in (None, "") and message.get("anonymousId") in (None, ""):
        raise TrackValidationError("required", "userId", "userId or anonymousId is required")
    handler(ingest, message)


def _identify(ingest: TrackIngest, message: PipelinesMessage) -> None:
    """Store traits as attributes.

    A message without a user ID identifies somebody only if its traits have an email address.
    """
    traits = dict(_object_field(message, "traits"))
    if isinstance(traits.get("createdAt"), str):
        traits["created_at"] = _parse_timestamp(traits.pop("createdAt"), ingest.request.now)
    if message.get("anonymousId"):
        traits["anonymous_id"] = str(message["anonymousId"])
    identifier = _user_identifier(message)
    if identifier is None and isinstance(traits.get("email"), str):
        identifier = checked_identifier("email", traits["email"], "traits.email")
    if identifier is not None:
        traits.pop("id", None)
        ingest.identify(identifier, traits)


def _track(ingest: TrackIngest, message: PipelinesMessage) -> None:
    properties = _object_field(message, "properties")
    _track_event(ingest, message, "event", message.get("event"), properties)


def _page(ingest: TrackIngest, message: PipelinesMessage) -> None:
    """Record a page view. Its name is the URL, as Customer.io names the SDK's page views."""
    properties = _object_field(message, "properties")
    name = properties.get("url") or message.get("name") or properties.get("path") or "page"
    _track_event(ingest, message, "page", str(name)[:MAX_PAGE_NAME_LENGTH], properties)


def _screen(ingest: TrackIngest, message: PipelinesMessage) -> None:
    name = message.get("name") or "screen"
    _track_event(ingest, message, "screen", name, _object_field(message, "properties"))


def _group(ingest: TrackIngest, message: PipelinesMessage) -> None:
    """Store a group as an object of type 1, with a relationship to the person."""
    identifier = _user_identifier(message)
    object_id = str(message.get("groupId") or "")
    people = [{"identifiers": {identifier.type: identifier.value}}] if identifier else []
    operation = {
        "action": "identify",
        "identifiers": {"object_type_id": GROUP_OBJECT_TYPE, "object_id": object_id},
        "attributes": _object_field(message, "traits"),
        "cio_relationships": people,
    }
    apply_object_operation(ingest, operation)


def _alias(ingest: TrackIngest, message: PipelinesMessage) -> None:
    """Link the previous, anonymous ID to the person."""
    identifier = _user_identifier(message)
    if identifier is not None and message.get("previousId"):
        ingest.identify(identifier, {"anonymous_id": str(message["previousId"])})


def _track_event(
    ingest: TrackIngest, message: PipelinesMessage, activity_type: str, name: Any, data: Any
) -> None:
    timestamp = _parse_timestamp(message.get("timestamp"), ingest.request.now)
    identifier = _user_identifier(message)
    if identifier is None:
        ingest.track_anonymous_event(
            message["anonymousId"],
            name,
            data,
            activity_type=activity_type,
            timestamp=timestamp,
            field="properties",
        )
    else:
        ingest.track_event(
            identifier,
            name,
            data,
            activity_type=activity_type,
            timestamp=timestamp,
            field="properties",
        )


def _user_identifier(message: PipelinesMessage) -> Identifier | None:
    user_id = message.get("userId")
    if user_id in (None, ""):
        return None
    return checked_identifier("email" if "@" in str(user_id) else "id", user_id, "userId")


def _parse_timestamp(text: Any, now: int) -> int:
    """Return the Unix seconds of an ISO 8601 time, in UTC by default; `now` if it is invalid."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return now
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _object_field(message: PipelinesMessage, field: str) -> dict[str, Any]:
    """Return the object under `field`; an empty one if it is missing."""
    value = message.get(field)
    if not isinstance(value, dict | None):
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    return value or {}


def _route(path: str, handler: Handler, max_body_bytes: int = MAX_REQUEST_BYTES) -> Route:
    return Route(
        surfaces.PIPELINES, "POST", path, handler, OPEN_OBJECT, max_body_bytes=max_body_bytes
    )


MESSAGE_HANDLERS: Mapping[str, MessageHandler] = {
    "identify": _identify,
    "track": _track,
    "page": _page,
    "screen": _screen,
    "group": _group,
    "alias": _alias,
}
ROUTES = (
    *(_route(f"/v1/{name}", _ingest_handler(name)) for name in MESSAGE_HANDLERS),
    *(_route(f"/v1/{name[0]}", _ingest_handler(name)) for name in MESSAGE_HANDLERS),
    _route("/v1/batch", ingest_batch, MAX_BATCH_BYTES),
    _route("/v1/b", ingest_batch, MAX_BATCH_BYTES),
    _route("/v1/m", ingest_metrics),
)
ROUTE_PATHS = frozenset(each.path for each in ROUTES)
