"""Sending: what is asked for is kept as a delivery, nothing leaves (app facts, 5.4)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from cioform.emulator.call import Call, Reply
from cioform.emulator.refusal import Envelope, Refusal
from cioform.emulator.route import OPEN, Route, Surface
from cioform.emulator.things import DELIVERY, TRANSACTIONAL, Record
from cioform.emulator.transactional_rules import checked_trigger, find, make
from cioform.emulator.translations import templates_of

IDENTIFIERS = {"id", "email", "cio_id"}


CHANNELS: Mapping[str, str] = {
    "email": "email",
    "push": "push",
    "sms": "twilio",
    "whatsapp": "whatsapp",
    "in_app": "in_app",
    "inbox_message": "inbox",
}
"""The last word of the path, and the type of message it sends."""


def send(call: Call) -> Reply:
    """Queue one message to one person."""
    return _send(call, CHANNELS[call.path.rpartition("/")[2]])


def _send(call: Call, channel: str) -> Reply:
    _check_identifiers(call.body.get("identifiers"))
    message = _message(call, channel)
    if message is None:
        _check_without_message(call)
    template = _template(call, message)
    delivery: Record = {
        "delivery_id": "",
        "channel": channel,
        "transactional_message_id": message["id"] if message else None,
        "template_id": template["id"] if template else None,
        "identifiers": call.body["identifiers"],
        "to": call.body.get("to"),
        "language": call.body.get("language", ""),
        "subject": call.body.get("subject") or (template["subject"] if template else ""),
        "message_data": call.body.get("message_data", {}),
        "queued_at": call.now,
    }
    kept = call.space.add(DELIVERY, delivery)
    kept["delivery_id"] = _delivery_id(call, kept["id"])
    call.space.save(DELIVERY, kept)
    if message and not message["has_sent_message"]:
        sent = {**message, "has_sent_message": True, "state": "active"}
        call.space.save(TRANSACTIONAL, sent)
    return Reply({"delivery_id": kept["delivery_id"], "queued_at": call.now})


def _message(call: Call, channel: str) -> Record | None:
    named = call.body.get("transactional_message_id")
    if named is None:
        return None
    found = find(call, named)
    if found is None and call.body.get("auto_create") and not str(named).isdigit():
        trigger = checked_trigger(call, str(named))
        fields = {"name": trigger, "trigger_name": trigger, "type": channel}
        return make(call, fields, {})
    if found is None:
        raise Refusal(404, f"transactional message {named!r} not found")
    if found["type"] != channel:
        raise Refusal(400, f"transactional message {named!r} is not of type {channel}")
    return found


def _template(call: Call, message: Record | None) -> Record | None:
    if message is None:
        return None
    templates = templates_of(call, "transactional_message_id", message["id"])
    wanted = call.body.get("language", "")
    return next((each for each in templates if each["language"] == wanted), templates[0])


def _check_identifiers(given: Any) -> None:
    if not isinstance(given, dict) or len(given) != 1 or not set(given) <= IDENTIFIERS:
        raise Refusal(400, "identifiers must have exactly one of id, email, cio_id")


def _check_without_message(call: Call) -> None:
    for key in ("body", "subject", "from"):
        if not call.body.get(key):
            raise Refusal(400, f"{key} is required without transactional_message_id")


def _delivery_id(call: Call, number: int) -> str:
    return hashlib.sha256(f"{call.workspace.name}/{number}".encode()).hexdigest()[:24]


ROUTES = tuple(
    Route(Surface.SEND, "POST", f"/v1/send/{name}", send, OPEN, Envelope.META) for name in CHANNELS
)
