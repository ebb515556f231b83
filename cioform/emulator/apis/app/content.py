"""Message content as the App API shows and takes it (app facts, 4.2 and 4.5)."""

import json
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.rendering import sender_address
from cioform.emulator.protocol.request import Call
from cioform.emulator.protocol.route import ANY, FLAG, NULL_TEXT, NULL_WHOLE, TEXT, WHOLE, Shape
from cioform.emulator.store.record_types import IDENTITY, TEMPLATE, Record
from cioform.emulator.validation.template_rules import check_editable, check_headers, check_links
from cioform.emulator.wire.errors import invalid

TO_TEMPLATE = {
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
MEMBERS: dict[str, Shape] = {
    "id": WHOLE,
    "name": TEXT,
    "created": WHOLE,
    "updated": WHOLE,
    "body": TEXT,
    "body_amp": TEXT,
    "body_json": ANY,
    "language": TEXT,
    "type": TEXT,
    "from": TEXT,
    "from_id": WHOLE,
    "reply_to": TEXT,
    "reply_to_id": NULL_WHOLE,
    "preprocessor": TEXT,
    "recipient": TEXT,
    "subject": TEXT,
    "bcc": TEXT,
    "cc": TEXT,
    "fake_bcc": FLAG,
    "preheader_text": TEXT,
    "headers": ANY,
    "image_url": NULL_TEXT,
    "url": TEXT,
    "method": TEXT,
    "sending_state": TEXT,
}


def shown(call: Call, template: Record) -> Record:
    """A template as content: senders by id and by address, headers as a JSON string."""
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
        "from": _address(call, sender) or "",
        "from_id": sender,
        "reply_to": _address(call, reply_to) or "",
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


def write(call: Call, template: Record, *, headers_listed: bool) -> Record:
    """The template after a PUT. `headers_listed`: headers come as an array, else as a string.

    Open fact: whether members not sent keep their value (`Rules.app_put`).
    """
    given = call.body
    fields = {TO_TEMPLATE[key]: given[key] for key in TO_TEMPLATE if key in given}
    if "body" in fields:
        check_editable(template)
    check_links(call, fields)
    if "headers" in given:
        fields["headers"] = _headers(given["headers"], headers_listed)
    if call.rules.app_put == "replace":
        written = ("body", "subject", "preheader_text", "recipient", "body_amp", "headers")
        fields = {key: TEMPLATE.blank[key] for key in written} | fields
    return audit.update(call, TEMPLATE, template, fields)


def _headers(given: Any, listed: bool) -> str:
    if listed and isinstance(given, list):
        given = json.dumps(given)
    elif listed:
        raise invalid("headers must be an array", "/headers")
    check_headers(given)
    return str(given)


def _address(call: Call, number: int | None) -> str | None:
    return sender_address(call.space.get(IDENTITY, number)) if number else None
