"""Names and trigger names of transactional messages, and how one is found by either."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import TEMPLATE, TRANSACTIONAL, Record
from cioform.emulator.wire.errors import invalid
from cioform.emulator.wire.json_input import whole

LONGEST_TRIGGER = 191


def find(call: Call, named: Any) -> Record | None:
    """The message with that id, or that trigger name (app facts, section 1, note 2)."""
    number = whole(str(named))
    if number is not None:
        return call.space.get(TRANSACTIONAL, number)
    every = call.space.all(TRANSACTIONAL)
    return next((each for each in every if each["trigger_name"] == named), None)


def make(call: Call, fields: Record, content: Record) -> Record:
    """A new draft with its default template."""
    message = audit.create(call, TRANSACTIONAL, fields)
    template = audit.create(
        call,
        TEMPLATE,
        {
            **content,
            "name": message["name"],
            "template_type": message["type"],
            "transactional_message_id": message["id"],
        },
    )
    # One creation, one entry: the link is not an edit of its own.
    linked = {**message, "template_id": template["id"]}
    call.space.save(TRANSACTIONAL, linked)
    return linked


def checked_trigger(call: Call, given: Any, own_id: int | None = None) -> str:
    """A trigger name: unique, not a number, at most 191 characters; "" for none."""
    name = (given or "").strip()
    if not name:
        return ""
    if whole(name) is not None or len(name) > LONGEST_TRIGGER:
        raise invalid("trigger_name is invalid", "/transactional_message/trigger_name")
    taken = find(call, name)
    if taken and taken["id"] != own_id:
        raise invalid("trigger_name has already been taken", "/transactional_message/trigger_name")
    return str(name)
