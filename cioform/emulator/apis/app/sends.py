"""Transactional sends: what is asked for is rendered and kept as a delivery (app facts, 5.4)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.domain.mailer import Mailer
from cioform.emulator.domain.track_ingest import TrackIngest
from cioform.emulator.domain.transactional import (
    checked_trigger_name,
    create_transactional,
    find_transactional,
)
from cioform.emulator.domain.translations import templates_of
from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import OPEN_OBJECT, Route
from cioform.emulator.store.record_types import TRANSACTIONAL, Record
from cioform.emulator.validation.track_rules import (
    Identifier,
    TrackValidationError,
    parse_identifiers,
)
from cioform.emulator.wire.errors import ApiError, Envelope

IDENTIFIER_TYPES = {"id", "email", "cio_id"}
MAX_SEND_DELAY_SECONDS = 90 * 86_400
MAX_RECIPIENTS = 15
MAX_ATTACHMENT_BYTES = 2 * 1024 * 1024

CHANNEL_BY_PATH: Mapping[str, str] = {
    "email": "email",
    "push": "push",
    "sms": "twilio",
    "whatsapp": "whatsapp",
    "in_app": "in_app",
    "inbox_message": "inbox",
}
"""The last word of the path, and the type of message it sends."""

TEMPLATE_OVERRIDES = {
    "body": "body",
    "body_plain": "body_plain",
    "body_amp": "body_amp",
    "subject": "subject",
    "preheader": "preheader_text",
    "from": "from",
    "to": "recipient",
    "title": "subject",
    "message": "body",
}
"""Members of a send that take the place of the template's."""


def _send_handler(channel: str) -> Handler:
    def send(request: Request) -> Response:
        """Queue one message to one person."""
        return _send_message(request, channel)

    return send


def _send_message(request: Request, channel: str) -> Response:
    """What goes wrong after this answer is told by the delivery: a missing variable fails it
    (content facts, 1.4)."""
    _check_identifiers(request.body.get("identifiers"))
    _check_sizes(request)
    message = _find_message(request, channel)
    if message is None:
        _check_without_message(request, channel)
    template = _choose_template(request, message)
    who = _recipient_identifier(request.body["identifiers"])
    delivery = _create_delivery(request, channel, who, message, template)
    if message and not message["has_sent_message"]:
        sent = {**message, "has_sent_message": True, "state": "active"}
        request.workspace_data.save(TRANSACTIONAL, sent)
    return Response({"delivery_id": delivery["delivery_id"], "queued_at": request.now})


def _create_delivery(
    request: Request, channel: str, who: Identifier, message: Record | None, template: Record | None
) -> Record:
    body = request.body
    wants = body.get("send_to_unsubscribed")
    by_message = message["send_to_unsubscribed"] if message else True
    origin = {
        "channel": channel,
        "transactional_message_id": message["id"] if message else None,
        "template_id": template["id"] if template else None,
        "identifiers": {who.kind: who.value},
        "language": str(body.get("language") or ""),
        "message_data": body.get("message_data") or {},
        "retained": not body.get("disable_message_retention", False)
        and not (message and message["hide_message_body"]),
    }
    over = {own: body[key] for key, own in TEMPLATE_OVERRIDES.items() if body.get(key)}
    if channel in ("push", "in_app", "inbox"):
        over.pop("recipient", None)
    name = message["name"] if message else ""
    scope: dict[str, Any] = {
        "trigger": origin["message_data"],
        # The names of content facts, 1.3; what `type` says is an open fact.
        "message": {"id": origin["template_id"], "name": name, "type": channel, "journey_id": ""},
        "campaign": {
            "id": message["id"] if message else None,
            "name": name,
            "type": "transactional",
            "subscription_topic_ids": [],
        },
    }
    return Mailer(request).send(
        {**(template or {}), **over},
        _find_recipient(request, who),
        origin,
        scope=scope,
        draft=bool(body.get("queue_draft") or (message and message["queue_drafts"])),
        send_to_unsubscribed=by_message if wants is None else bool(wants),
        send_at=body.get("send_at"),
    )


def _recipient_identifier(identifiers: Any) -> Identifier:
    try:
        return parse_identifiers(identifiers)
    except TrackValidationError as problem:
        raise ApiError(400, problem.message) from None


def _find_recipient(request: Request, who: Identifier) -> Record | None:
    """The person with that identifier. An unknown one is no profile, and makes none."""
    if request.workspace_data.people.is_suppressed(who.kind, who.value):
        raise ApiError(400, "the person is suppressed")
    found = request.workspace_data.people.find(who.kind, who.value)
    if found is None and who.kind == "cio_id":
        raise ApiError(400, "identifiers.cio_id does not belong to a person")
    if found is None and request.behavior.sends_create_people:
        ingest = TrackIngest(request)
        found = ingest.identify(who, {})
        ingest.flush()
    return found


def _find_message(request: Request, channel: str) -> Record | None:
    named = request.body.get("transactional_message_id")
    if named is None:
        return None
    found = find_transactional(request, named)
    if found is None and request.body.get("auto_create") and isinstance(named, str):
        trigger = checked_trigger_name(request, named)
        fields = {"name": trigger, "trigger_name": trigger, "type": channel}
        return create_transactional(request, fields, {})
    if found is None:
        raise ApiError(404, f"transactional message {named!r} not found")
    if found["type"] != channel:
        raise ApiError(400, f"transactional message {named!r} is not of type {channel}")
    return found


def _choose_template(request: Request, message: Record | None) -> Record | None:
    if message is None:
        return None
    templates = templates_of(request, "transactional_message_id", message["id"])
    wanted = request.body.get("language", "")
    return next((each for each in templates if each["language"] == wanted), templates[0])


def _check_identifiers(given: Any) -> None:
    if not isinstance(given, dict) or len(given) != 1 or not set(given) <= IDENTIFIER_TYPES:
        raise ApiError(400, "identifiers must have exactly one of id, email, cio_id")


def _check_sizes(request: Request) -> None:
    """The documented limits of a send (app facts, 2, Sizes)."""
    at = request.body.get("send_at")
    whole = isinstance(at, int) and not isinstance(at, bool)
    if at is not None and not (whole and at <= request.now + MAX_SEND_DELAY_SECONDS):
        raise ApiError(400, "send_at must be unix seconds at most 90 days ahead")
    if not isinstance(request.body.get("message_data") or {}, dict):
        raise ApiError(400, "message_data must be an object")
    named = (str(request.body.get(key) or "") for key in ("to", "cc", "bcc"))
    if sum(len([e for e in text.split(",") if e.strip()]) for text in named) > MAX_RECIPIENTS:
        raise ApiError(400, f"more than {MAX_RECIPIENTS} recipients in to, cc and bcc")
    attachments = request.body.get("attachments")
    files = attachments.values() if isinstance(attachments, dict) else ()
    # Base64 takes four characters for three bytes.
    if sum(len(str(each)) for each in files) * 3 // 4 > MAX_ATTACHMENT_BYTES:
        raise ApiError(413, "attachments are larger than 2 MB in total")


def _check_without_message(request: Request, channel: str) -> None:
    """Only e-mail can bring all of its content along (app facts, 5.4)."""
    if channel != "email":
        raise ApiError(400, "transactional_message_id is required")
    for key in ("body", "subject", "from"):
        if not request.body.get(key):
            raise ApiError(400, f"{key} is required without transactional_message_id")


ROUTES = tuple(
    Route(
        surfaces.SEND,
        "POST",
        f"/v1/send/{word}",
        _send_handler(channel),
        OPEN_OBJECT,
        Envelope.META,
    )
    for word, channel in CHANNEL_BY_PATH.items()
)
