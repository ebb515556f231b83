"""Transactional sends: what is asked for is rendered and kept as a delivery (app facts, 5.4)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.domain.mailer import Post
from cioform.emulator.domain.track_ingest import Intake
from cioform.emulator.domain.transactional import checked_trigger, find, make
from cioform.emulator.domain.translations import templates_of
from cioform.emulator.protocol.request import Call, Handler, Reply
from cioform.emulator.protocol.route import OPEN, Route, Surface
from cioform.emulator.store.record_types import TRANSACTIONAL, Record
from cioform.emulator.validation.track_rules import Identifier, Problem, in_object
from cioform.emulator.wire.errors import Envelope, Refusal

IDENTIFIERS = {"id", "email", "cio_id"}
LATEST_SEND = 90 * 86_400
MOST_RECIPIENTS = 15
LARGEST_ATTACHMENTS = 2 * 1024 * 1024

CHANNELS: Mapping[str, str] = {
    "email": "email",
    "push": "push",
    "sms": "twilio",
    "whatsapp": "whatsapp",
    "in_app": "in_app",
    "inbox_message": "inbox",
}
"""The last word of the path, and the type of message it sends."""

OVER_TEMPLATE = {
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


def _sender(channel: str) -> Handler:
    def send(call: Call) -> Reply:
        """Queue one message to one person."""
        return _send(call, channel)

    return send


def _send(call: Call, channel: str) -> Reply:
    """What goes wrong after this answer is told by the delivery: a missing variable fails it
    (content facts, 1.4)."""
    _check_identifiers(call.body.get("identifiers"))
    _check_sizes(call)
    message = _message(call, channel)
    if message is None:
        _check_without_message(call, channel)
    template = _template(call, message)
    who = _named(call.body["identifiers"])
    delivery = _post(call, channel, who, message, template)
    if message and not message["has_sent_message"]:
        sent = {**message, "has_sent_message": True, "state": "active"}
        call.space.save(TRANSACTIONAL, sent)
    return Reply({"delivery_id": delivery["delivery_id"], "queued_at": call.now})


def _post(
    call: Call, channel: str, who: Identifier, message: Record | None, template: Record | None
) -> Record:
    body = call.body
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
    over = {own: body[key] for key, own in OVER_TEMPLATE.items() if body.get(key)}
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
    return Post(call).send(
        {**(template or {}), **over},
        _person(call, who),
        origin,
        scope=scope,
        draft=bool(body.get("queue_draft") or (message and message["queue_drafts"])),
        to_unsubscribed=by_message if wants is None else bool(wants),
        at=body.get("send_at"),
    )


def _named(identifiers: Any) -> Identifier:
    try:
        return in_object(identifiers)
    except Problem as problem:
        raise Refusal(400, problem.message) from None


def _person(call: Call, who: Identifier) -> Record | None:
    """The person with that identifier. An unknown one is no profile, and makes none."""
    if call.space.people.is_suppressed(who.kind, who.value):
        raise Refusal(400, "the person is suppressed")
    found = call.space.people.find(who.kind, who.value)
    if found is None and who.kind == "cio_id":
        raise Refusal(400, "identifiers.cio_id does not belong to a person")
    if found is None and call.rules.sends_make_people:
        intake = Intake(call)
        found = intake.identify(who, {})
        intake.flush()
    return found


def _message(call: Call, channel: str) -> Record | None:
    named = call.body.get("transactional_message_id")
    if named is None:
        return None
    found = find(call, named)
    if found is None and call.body.get("auto_create") and isinstance(named, str):
        trigger = checked_trigger(call, named)
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


def _check_sizes(call: Call) -> None:
    """The documented limits of a send (app facts, 2, Sizes)."""
    at = call.body.get("send_at")
    whole = isinstance(at, int) and not isinstance(at, bool)
    if at is not None and not (whole and at <= call.now + LATEST_SEND):
        raise Refusal(400, "send_at must be unix seconds at most 90 days ahead")
    if not isinstance(call.body.get("message_data") or {}, dict):
        raise Refusal(400, "message_data must be an object")
    named = (str(call.body.get(key) or "") for key in ("to", "cc", "bcc"))
    if sum(len([e for e in text.split(",") if e.strip()]) for text in named) > MOST_RECIPIENTS:
        raise Refusal(400, f"more than {MOST_RECIPIENTS} recipients in to, cc and bcc")
    attachments = call.body.get("attachments")
    files = attachments.values() if isinstance(attachments, dict) else ()
    # Base64 takes four characters for three bytes.
    if sum(len(str(each)) for each in files) * 3 // 4 > LARGEST_ATTACHMENTS:
        raise Refusal(413, "attachments are larger than 2 MB in total")


def _check_without_message(call: Call, channel: str) -> None:
    """Only e-mail can bring all of its content along (app facts, 5.4)."""
    if channel != "email":
        raise Refusal(400, "transactional_message_id is required")
    for key in ("body", "subject", "from"):
        if not call.body.get(key):
            raise Refusal(400, f"{key} is required without transactional_message_id")


ROUTES = tuple(
    Route(Surface.SEND, "POST", f"/v1/send/{word}", _sender(channel), OPEN, Envelope.META)
    for word, channel in CHANNELS.items()
)
