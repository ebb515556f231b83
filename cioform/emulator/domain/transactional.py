"""Names and trigger names of transactional messages, and how one is found by either."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import TEMPLATE, TRANSACTIONAL, Record
from cioform.emulator.wire.errors import unprocessable
from cioform.emulator.wire.json_input import parse_integer

MAX_TRIGGER_NAME_LENGTH = 191


def find_transactional(request: Request, id_or_trigger_name: Any) -> Record | None:
    """The message with that id, or that trigger name (app facts, section 1, note 2)."""
    number = parse_integer(str(id_or_trigger_name))
    if number is not None:
        return request.workspace_data.get(TRANSACTIONAL, number)
    every = request.workspace_data.all(TRANSACTIONAL)
    return next((each for each in every if each["trigger_name"] == id_or_trigger_name), None)


def create_transactional(request: Request, fields: Record, content: Record) -> Record:
    """A new draft with its default template."""
    message = audit.create_record(request, TRANSACTIONAL, fields)
    template = audit.create_record(
        request,
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
    request.workspace_data.save(TRANSACTIONAL, linked)
    return linked


def checked_trigger_name(request: Request, given: Any, current_id: int | None = None) -> str:
    """A trigger name: unique, not a number, at most 191 characters; "" for none."""
    name = (given or "").strip()
    if not name:
        return ""
    if parse_integer(name) is not None or len(name) > MAX_TRIGGER_NAME_LENGTH:
        raise unprocessable("trigger_name is invalid", "/transactional_message/trigger_name")
    taken = find_transactional(request, name)
    if taken and taken["id"] != current_id:
        raise unprocessable(
            "trigger_name has already been taken", "/transactional_message/trigger_name"
        )
    return str(name)
