"""Message content as the App API reads and writes it (app facts, 4.2 and 4.5)."""

import json
from collections.abc import Mapping
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.sending.rendering import sender_address
from cioform.emulator.protocol.request import Request
from cioform.emulator.protocol.route import (
    ANY,
    BOOLEAN,
    INTEGER,
    NULLABLE_INTEGER,
    NULLABLE_STRING,
    STRING,
    Shape,
)
from cioform.emulator.store.record_types import IDENTITY, TEMPLATE, Record
from cioform.emulator.validation.template_rules import (
    check_editable,
    check_headers,
    check_references,
)
from cioform.emulator.wire.errors import unprocessable

TEMPLATE_FIELDS: Mapping[str, str] = {
    "body": "body",
    "body_amp": "body_amp",
    "subject": "subject",
    "preheader_text": "preheader_text",
    "recipient": "recipient",
    "from_id": "from_identity_id",
    "reply_to_id": "reply_to_identity_id",
    "image_url": "image_url",
    "url": "url",
    "method": "request_method",
}
"""The member of a template that each writable member of the content stands for."""

REPLACED_FIELDS = ("body", "subject", "preheader_text", "recipient", "body_amp", "headers")
FIELD_SHAPES: Mapping[str, Shape] = {
    "id": INTEGER,
    "name": STRING,
    "created": INTEGER,
    "updated": INTEGER,
    "body": STRING,
    "body_amp": STRING,
    "body_json": ANY,
    "language": STRING,
    "type": STRING,
    "from": STRING,
    "from_id": INTEGER,
    "reply_to": STRING,
    "reply_to_id": NULLABLE_INTEGER,
    "preprocessor": STRING,
    "recipient": STRING,
    "subject": STRING,
    "bcc": STRING,
    "cc": STRING,
    "fake_bcc": BOOLEAN,
    "preheader_text": STRING,
    "headers": ANY,
    "image_url": NULLABLE_STRING,
    "url": STRING,
    "method": STRING,
    "sending_state": STRING,
}


def serialize_content(request: Request, template: Record) -> Record:
    """Return a template as content: senders by ID and by address, headers as a JSON string."""
    sender, reply_to = template["from_identity_id"], template["reply_to_identity_id"]
    return {
        "id": template["id"],
        "name": template["name"],
        "created": template["created"],
        "updated": template["updated"],
        "body": template["body"],
        "body_amp": template["body_amp"] or "",
        "language": template["language"],
        "type": template["template_type"],
        "from": _sender_address(request, sender) or "",
        # The schema lets only `reply_to_id` be null (app facts, 4.2).
        **({} if sender is None else {"from_id": sender}),
        "reply_to": _sender_address(request, reply_to) or "",
        "reply_to_id": reply_to,
        "preprocessor": template["preprocessor"],
        "recipient": template["recipient"],
        "subject": template["subject"],
        "bcc": template["bcc"],
        "cc": template["cc"],
        "fake_bcc": template["fake_bcc"],
        "preheader_text": template["preheader_text"],
        "headers": template["headers"],
    }


def write_content(request: Request, template: Record, *, headers_as_list: bool) -> Record:
    """Write the body of a PUT to a template, and return the template.

    `headers_as_list` says that the headers are an array; otherwise they are a JSON string. Open
    fact: whether members that are not sent keep their value (`Behavior.app_put`).
    """
    body = request.body
    fields = {own: body[key] for key, own in TEMPLATE_FIELDS.items() if key in body}
    if "body" in fields:
        check_editable(template)
    check_references(request, fields)
    if "headers" in body:
        fields["headers"] = _checked_headers(body["headers"], as_list=headers_as_list)
    if request.behavior.app_put == "replace":
        fields = {key: TEMPLATE.defaults[key] for key in REPLACED_FIELDS} | fields
    return audit.update_record(request, TEMPLATE, template, fields)


def _checked_headers(headers: Any, *, as_list: bool) -> str:
    if as_list and isinstance(headers, list):
        headers = json.dumps(headers)
    elif as_list:
        raise unprocessable("headers must be an array", "/headers")
    check_headers(headers)
    return str(headers)


def _sender_address(request: Request, number: int | None) -> str | None:
    return sender_address(request.workspace_data.get(IDENTITY, number)) if number else None
