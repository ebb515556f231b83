"""Transactional sends: render a message and store the delivery (app facts, 5.4)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.domain.campaigns.translations import templates_of
from cioform.emulator.domain.people.people_lookup import ID_TYPES
from cioform.emulator.domain.people.track_ingest import TrackIngest
from cioform.emulator.domain.sending.mailer import DeliveryOrigin, LiquidScope, Mailer
from cioform.emulator.domain.sending.transactional import (
    OWNER_FIELD,
    checked_trigger_name,
    create_transactional,
    find_transactional,
)
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
"""The channel of each send route, by the last part of its path."""

TEMPLATE_OVERRIDES: Mapping[str, str] = {
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
"""The member of the template that each member of a send overrides."""

CHANNELS_WITHOUT_RECIPIENT = ("push", "in_app", "inbox")


def _send_handler(channel: str) -> Handler:
    def send(request: Request) -> Response:
        """Queue one message to one person."""
        return _send_message(request, channel)

    return send


def _send_message(request: Request, channel: str) -> Response:
    """Send a message, and return the ID of the delivery.

    The delivery fails if rendering fails, for example on an unknown variable; the response is the
    same (content facts, 1.4).
    """
    _check_identifiers(request.body.get("identifiers"))
    _check_sizes(request)
    message = _find_message(request, channel)
    if message is None:
        _check_without_message(request, channel)
    template = _choose_template(request, message)
    identifier = _recipient_identifier(request.body["identifiers"])
    delivery = _create_delivery(request, channel, identifier, message, template)
    if message and not message["has_sent_message"]:
        updated = {**message, "has_sent_message": True, "state": "active"}
        request.workspace_data.save(TRANSACTIONAL, updated)
    return Response({"delivery_id": delivery["delivery_id"], "queued_at": request.now})


def _create_delivery(
    request: Request,
    channel: str,
    identifier: Identifier,
    message: Record | None,
    template: Record | None,
) -> Record:
    body = request.body
    requested = body.get("send_to_unsubscribed")
    message_default = message["send_to_unsubscribed"] if message else True
    origin: DeliveryOrigin = {
        "channel": channel,
        "transactional_message_id": message["id"] if message else None,
        "template_id": template["id"] if template else None,
        "identifiers": {identifier.type: identifier.value},
        "language": str(body.get("language") or ""),
        "message_data": body.get("message_data") or {},
        "retained": not body.get("disable_message_retention", False)
        and not (message and message["hide_message_body"]),
    }
    overrides = {own: body[key] for key, own in TEMPLATE_OVERRIDES.items() if body.get(key)}
    if channel in CHANNELS_WITHOUT_RECIPIENT:
        overrides.pop("recipient", None)
    return Mailer(request).send(
        {**(template or {}), **overrides},
        _find_recipient(request, identifier),
        origin,
        scope=_liquid_scope(origin, message),
        draft=bool(body.get("queue_draft") or (message and message["queue_drafts"])),
        send_to_unsubscribed=message_default if requested is None else bool(requested),
        send_at=body.get("send_at"),
    )


def _liquid_scope(origin: DeliveryOrigin, message: Record | None) -> LiquidScope:
    """Return the Liquid variables (content facts, 1.3). Open fact: the value of `type`."""
    name = message["name"] if message else ""
    return {
        "trigger": origin["message_data"],
        "message": {
            "id": origin["template_id"],
            "name": name,
            "type": origin["channel"],
            "journey_id": "",
        },
        "campaign": {
            "id": message["id"] if message else None,
            "name": name,
            "type": "transactional",
            "subscription_topic_ids": [],
        },
    }


def _recipient_identifier(identifiers: Any) -> Identifier:
    try:
        return parse_identifiers(identifiers)
    except TrackValidationError as problem:
        raise ApiError(400, problem.message) from None


def _find_recipient(request: Request, identifier: Identifier) -> Record | None:
    """Return the person with that identifier; None if they are unknown.

    Raises 400 for a suppressed person or an unknown cio_id. `Behavior` decides whether an unknown
    person is created.
    """
    people = request.workspace_data.people
    if people.is_suppressed(identifier.type, identifier.value):
        raise ApiError(400, "the person is suppressed")
    person = people.find(identifier.type, identifier.value)
    if person is None and identifier.type == "cio_id":
        raise ApiError(400, "identifiers.cio_id does not belong to a person")
    if person is None and request.behavior.sends_create_people:
        ingest = TrackIngest(request)
        person = ingest.identify(identifier, {})
        ingest.flush()
    return person


def _find_message(request: Request, channel: str) -> Record | None:
    id_or_trigger_name = request.body.get("transactional_message_id")
    if id_or_trigger_name is None:
        return None
    message = find_transactional(request, id_or_trigger_name)
    auto_create = request.body.get("auto_create") and isinstance(id_or_trigger_name, str)
    if message is None and auto_create:
        trigger_name = checked_trigger_name(request, id_or_trigger_name)
        fields = {"name": trigger_name, "trigger_name": trigger_name, "type": channel}
        return create_transactional(request, fields, {})
    if message is None:
        raise ApiError(404, f"transactional message {id_or_trigger_name!r} not found")
    if message["type"] != channel:
        raise ApiError(
            400, f"transactional message {id_or_trigger_name!r} is not of type {channel}"
        )
    return message


def _choose_template(request: Request, message: Record | None) -> Record | None:
    """Return the template of the requested language, or else that of the default language."""
    if message is None:
        return None
    templates = templates_of(request, OWNER_FIELD, message["id"])
    language = request.body.get("language", "")
    return next((each for each in templates if each["language"] == language), templates[0])


def _check_identifiers(identifiers: Any) -> None:
    if (
        not isinstance(identifiers, dict)
        or len(identifiers) != 1
        or not identifiers.keys() <= set(ID_TYPES)
    ):
        raise ApiError(400, f"identifiers must have exactly one of {', '.join(ID_TYPES)}")


def _check_sizes(request: Request) -> None:
    """Raise ApiError if the send exceeds a documented limit (app facts, 2, Sizes)."""
    body = request.body
    send_at = body.get("send_at")
    is_integer = isinstance(send_at, int) and not isinstance(send_at, bool)
    if send_at is not None and not (is_integer and send_at <= request.now + MAX_SEND_DELAY_SECONDS):
        raise ApiError(400, "send_at must be unix seconds at most 90 days ahead")
    if not isinstance(body.get("message_data") or {}, dict):
        raise ApiError(400, "message_data must be an object")
    address_lists = (str(body.get(key) or "") for key in ("to", "cc", "bcc"))
    addresses = [each for text in address_lists for each in text.split(",") if each.strip()]
    if len(addresses) > MAX_RECIPIENTS:
        raise ApiError(400, f"more than {MAX_RECIPIENTS} recipients in to, cc and bcc")
    attachments = body.get("attachments")
    files = attachments.values() if isinstance(attachments, dict) else ()
    # Base64 encodes three bytes as four characters.
    if sum(len(str(each)) for each in files) * 3 // 4 > MAX_ATTACHMENT_BYTES:
        raise ApiError(413, "attachments are larger than 2 MB in total")


def _check_without_message(request: Request, channel: str) -> None:
    """Raise 400 unless the send has all of its content, as only an email can (app facts, 5.4)."""
    if channel != "email":
        raise ApiError(400, "transactional_message_id is required")
    for key in ("body", "subject", "from"):
        if not request.body.get(key):
            raise ApiError(400, f"{key} is required without transactional_message_id")


ROUTES = tuple(
    Route(
        surfaces.SEND,
        "POST",
        f"/v1/send/{name}",
        _send_handler(channel),
        OPEN_OBJECT,
        Envelope.META,
    )
    for name, channel in CHANNEL_BY_PATH.items()
)
