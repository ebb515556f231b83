"""What a message says, between our fields and the members of both APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cioform.core.json_value import Attributes, JsonValue
from cioform.language.messages import app_message, template_message
from cioform.model.names import Names

CONTENT_FIELDS: Final[tuple[str, ...]] = (
    "from", "reply_to", "subject", "preheader", "recipient", "layout", "headers", "body",
)  # fmt: skip
"""What the default language holds."""

TRANSLATION_FIELDS: Final[tuple[str, ...]] = ("from", "reply_to", "subject", "preheader", "body")
"""What a translation holds of its own."""

_APP_TEXT_FIELDS: Final = ("body", "subject", "preheader_text", "body_amp", "recipient")


def encode_template(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Give the members of a template that `content` decides, of the fields it has."""
    return template_message.encode_template({"type": "email", **content}, names)


def decode_template(
    template: template_message.WireTemplate, names: Names, fields: Sequence[str] = CONTENT_FIELDS
) -> Attributes:
    """Give what a template says, of `fields`."""
    said = template_message.decode_template("email", template, names)
    return {field: said[field] for field in fields if field in said}


def encode_app_content(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Give the members of an App API content that `content` decides; headers are a list there
    when written and a text when read (app facts 4.5)."""
    members = app_message.encode_app_email(content, names)
    if "headers" in content:
        members["headers"] = _header_list(template_message.encode_headers(content["headers"]))
    return members


def decode_app_content(content: Mapping[str, JsonValue], names: Names) -> Attributes:
    """Give what an App API content says; the layout is not shown there. A new message has no
    sender yet, which no file can ask for: it is left out."""
    return {"recipient": "", **app_message.decode_app_email(content, names)}


def writable_app_fields(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give every member of an App API content that may be written, as read."""
    members = {member: content[member] for member in _APP_TEXT_FIELDS if member in content}
    if content.get("from_id") is not None:
        members["from_id"] = content["from_id"]
    if "reply_to_id" in content:
        members["reply_to_id"] = content["reply_to_id"]
    if "headers" in content:
        members["headers"] = _header_list(content["headers"])
    return members


def _header_list(headers: JsonValue) -> list[dict[str, str]]:
    """Give headers as a list, from the list or from the JSON text of one."""
    pairs: Any = json.loads(headers) if isinstance(headers, str) and headers else headers
    return list(pairs or [])
