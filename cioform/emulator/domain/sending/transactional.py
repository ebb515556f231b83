"""Transactional messages: find one by ID or trigger name, and create one."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import TEMPLATE, TRANSACTIONAL, Record
from cioform.emulator.wire.errors import not_found, unprocessable
from cioform.emulator.wire.json_input import parse_integer

MAX_TRIGGER_NAME_LENGTH = 191
OWNER_FIELD = "transactional_message_id"
"""The field in which templates and deliveries name their transactional message."""

TRIGGER_NAME_POINTER = "/transactional_message/trigger_name"


def find_transactional(request: Request, id_or_trigger_name: Any) -> Record | None:
    """Return the message with that ID or trigger name (app facts, section 1, note 2)."""
    number = parse_integer(str(id_or_trigger_name))
    if number is not None:
        return request.workspace_data.get(TRANSACTIONAL, number)
    messages = request.workspace_data.all(TRANSACTIONAL)
    return next((each for each in messages if each["trigger_name"] == id_or_trigger_name), None)


def get_transactional(request: Request) -> Record:
    """Return the message with the ID or trigger name in the path. Raises 404 if there is none."""
    message = find_transactional(request, request.path_params["id"])
    if message is None:
        raise not_found("transactional message")
    return message


def create_transactional(request: Request, fields: Record, content: Record) -> Record:
    """Create and return a draft with its default template."""
    message = audit.create_record(request, TRANSACTIONAL, fields)
    template = audit.create_record(
        request,
        TEMPLATE,
        {
            **content,
            "name": message["name"],
            "template_type": message["type"],
            OWNER_FIELD: message["id"],
        },
    )
    # The link belongs to the creation, so that it is saved without an audit log entry of its own.
    linked = {**message, "template_id": template["id"]}
    request.workspace_data.save(TRANSACTIONAL, linked)
    return linked


def checked_trigger_name(request: Request, trigger_name: Any, current_id: int | None = None) -> str:
    """Return the trimmed trigger name; "" stands for none.

    Raises 422 if it is a number, longer than 191 characters, or taken by another message.
    """
    name = (trigger_name or "").strip()
    if not name:
        return ""
    if parse_integer(name) is not None or len(name) > MAX_TRIGGER_NAME_LENGTH:
        raise unprocessable("trigger_name is invalid", TRIGGER_NAME_POINTER)
    existing = find_transactional(request, name)
    if existing and existing["id"] != current_id:
        raise unprocessable("trigger_name has already been taken", TRIGGER_NAME_POINTER)
    return str(name)
