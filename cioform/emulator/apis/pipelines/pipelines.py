"""The Pipelines ingest: what the browser SDK and server libraries post (Segment's shapes).

The browser SDK asks `GET /v1/projects/{write key}/settings` where to post to, and posts plain text
without a credential but the write key inside: to `/v1/i`, `/v1/t`, `/v1/p`, ... by the first letter
of the type, or to `/v1/b`. Server libraries use whole words and Basic auth with the write key.
Source: the code of @customerio/cdp-analytics-browser 0.5 and customerio-node 5.2.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from cioform.emulator.domain.custom_objects import take_object
from cioform.emulator.domain.track_ingest import Intake
from cioform.emulator.protocol.request import Call, Handler, Reply
from cioform.emulator.protocol.route import OPEN, Route, Surface
from cioform.emulator.validation.track_rules import (
    LARGEST_BATCH,
    LARGEST_REQUEST,
    Identifier,
    Problem,
    checked,
)
from cioform.emulator.wire.errors import Refusal
from cioform.emulator.wire.json_input import json_of

Message = dict[str, Any]
DESTINATION = "Customer.io Data Pipelines"
DONE = {"success": True}
ALLOW = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Type, Authorization"),
)


def cross_origin(request: Request, response: Response | None) -> Response | None:
    """What a page of another origin needs in its answer; an OPTIONS request is answered."""
    if request.path not in PATHS and not _is_settings(request.path):
        return response
    if request.method == "OPTIONS":
        response = Response(status=204)
    if response is not None:
        response.headers.extend(ALLOW)
    return response


def settings(request: Request, known: Callable[[str], bool]) -> Response | None:
    """Where the browser SDK is to post to: back here. None for any other request."""
    if request.method != "GET" or not _is_settings(request.path):
        return None
    key = request.path.split("/")[3]
    if not known(key):
        return Response('{"error":"unknown write key"}', status=404, mimetype="application/json")
    destination = {
        "apiKey": key,
        "apiHost": f"{request.host}/v1",
        "protocol": request.scheme,
        "addBundledMetadata": True,
        "type": "browser",
        "versionSettings": {"componentTypes": ["browser"]},
    }
    body = {
        "integrations": {DESTINATION: destination},
        "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
        "enabledMiddleware": {},
        "remotePlugins": [],
    }
    return Response(json.dumps(body), mimetype="application/json")


def key_in(request: Request) -> str:
    """The write key inside a body; "" where there is none."""
    try:
        body = json_of(request.get_data())
    except ValueError:
        return ""
    return str(body.get("writeKey") or "") if isinstance(body, dict) else ""


def _handler(kind: str) -> Handler:
    def ingest(call: Call) -> Reply:
        """One message."""
        intake = Intake(call)
        try:
            _take(call, intake, {**call.body, "type": kind})
        except Problem as problem:
            raise Refusal(400, problem.message) from None
        intake.flush()
        return Reply(DONE)

    return ingest


def ingest_batch(call: Call) -> Reply:
    """Many messages. A bad one is passed over, as it is where nobody asks for strict mode."""
    messages = call.body.get("batch")
    if not isinstance(messages, list):
        raise Refusal(400, "batch must be a list")
    intake = Intake(call)
    for message in messages:
        try:
            _take(call, intake, message if isinstance(message, dict) else {})
        except Problem:
            continue
    intake.flush()
    return Reply(DONE)


def ingest_metrics(call: Call) -> Reply:
    """What the SDK reports of itself; nobody looks at it here."""
    del call
    return Reply(DONE)


def _take(call: Call, intake: Intake, message: Message) -> None:
    work = TYPES.get(str(message.get("type")))
    if work is None:
        raise Problem("invalid", "type", f"type must be one of {', '.join(TYPES)}")
    if message.get("userId") in (None, "") and message.get("anonymousId") in (None, ""):
        raise Problem("required", "userId", "userId or anonymousId is required")
    work(call, intake, message)


def _identify(call: Call, intake: Intake, message: Message) -> None:
    """Traits become attributes. Somebody without a user id is nobody yet, unless traits tell."""
    traits = dict(_object(message, "traits"))
    if isinstance(traits.get("createdAt"), str):
        traits["created_at"] = _stamp(traits.pop("createdAt"), call.now)
    if message.get("anonymousId"):
        traits["anonymous_id"] = str(message["anonymousId"])
    who = _who(message)
    if who is None and isinstance(traits.get("email"), str):
        who = checked("email", traits["email"], "traits.email")
    if who is not None:
        traits.pop("id", None)
        intake.identify(who, traits)


def _track(call: Call, intake: Intake, message: Message) -> None:
    properties = _object(message, "properties")
    _event(call, intake, message, "event", message.get("event"), properties)


def _page(call: Call, intake: Intake, message: Message) -> None:
    """A page is named by its URL, as the SDK's page views are in Customer.io."""
    properties = _object(message, "properties")
    name = properties.get("url") or message.get("name") or properties.get("path") or "page"
    _event(call, intake, message, "page", str(name)[:100], properties)


def _screen(call: Call, intake: Intake, message: Message) -> None:
    name = message.get("name") or "screen"
    _event(call, intake, message, "screen", name, _object(message, "properties"))


def _group(call: Call, intake: Intake, message: Message) -> None:
    """A group is an object of type 1, and the person has to do with it."""
    who = _who(message)
    identifiers = {"object_type_id": "1", "object_id": str(message.get("groupId") or "")}
    people = [{"identifiers": {who.kind: who.value}}] if who else []
    item = {
        "action": "identify",
        "identifiers": identifiers,
        "attributes": _object(message, "traits"),
        "cio_relationships": people,
    }
    take_object(call, intake, item)


def _alias(call: Call, intake: Intake, message: Message) -> None:
    """Somebody gets another id: the anonymous one of before was theirs."""
    del call
    who = _who(message)
    if who is not None and message.get("previousId"):
        intake.identify(who, {"anonymous_id": str(message["previousId"])})


def _event(call: Call, intake: Intake, message: Message, kind: str, name: Any, data: Any) -> None:
    stamp = _stamp(message.get("timestamp"), call.now)
    who = _who(message)
    if who is None:
        intake.anonymous_event(
            message["anonymousId"],
            name,
            data,
            kind=kind,
            stamp=stamp,
            ulid=None,
            field="properties",
        )
    else:
        intake.event(who, name, data, kind=kind, stamp=stamp, field="properties")


def _who(message: Message) -> Identifier | None:
    given = message.get("userId")
    if given in (None, ""):
        return None
    return checked("email" if "@" in str(given) else "id", given, "userId")


def _stamp(given: Any, now: int) -> int:
    """Seconds of an ISO 8601 time, of UTC where it names no zone; now for anything else."""
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError:
        return now
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _object(message: Message, field: str) -> Message:
    """The object under `field`; empty where there is none."""
    given = message.get(field)
    if not isinstance(given, dict | None):
        raise Problem("invalid", field, f"{field} must be an object")
    return given or {}


def _is_settings(path: str) -> bool:
    parts = path.split("/")
    return len(parts) == 5 and parts[:3] == ["", "v1", "projects"] and parts[4] == "settings"


def _route(path: str, handler: Handler, largest: int = LARGEST_REQUEST) -> Route:
    return Route(Surface.PIPELINES, "POST", path, handler, OPEN, largest=largest)


TYPES: Mapping[str, Callable[[Call, Intake, Message], None]] = {
    "identify": _identify,
    "track": _track,
    "page": _page,
    "screen": _screen,
    "group": _group,
    "alias": _alias,
}
ROUTES = (
    *(_route(f"/v1/{kind}", _handler(kind)) for kind in TYPES),
    *(_route(f"/v1/{kind[0]}", _handler(kind)) for kind in TYPES),
    _route("/v1/batch", ingest_batch, LARGEST_BATCH),
    _route("/v1/b", ingest_batch, LARGEST_BATCH),
    _route("/v1/m", ingest_metrics),
)
PATHS = frozenset(each.path for each in ROUTES)
