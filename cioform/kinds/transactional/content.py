"""The content of a message, between our fields and the members of both APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.json_value import Attributes, JsonValue
from cioform.language.messages import app_message, template_message
from cioform.model.names import Names

CONTENT_FIELDS: Final[tuple[str, ...]] = (
    "from", "reply_to", "subject", "preheader", "recipient", "layout", "headers", "body",
)  # fmt: skip
"""The fields of the default language."""

TRANSLATION_FIELDS: Final[tuple[str, ...]] = ("from", "reply_to", "subject", "preheader", "body")
"""The fields that a translation has of its own."""

_APP_TEXT_FIELDS: Final = ("body", "subject", "preheader_text", "body_amp", "recipient")


def encode_template(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the members of a template that the fields in `content` decide."""
    return template_message.encode_template({"type": "email", **content}, names)


def decode_template(
    template: template_message.WireTemplate, names: Names, fields: Sequence[str] = CONTENT_FIELDS
) -> Attributes:
    """Return those of `fields` that a template holds."""
    content = template_message.decode_template("email", template, names)
    return {field: content[field] for field in fields if field in content}


def encode_app_content(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the members of an App API content that `content` decides.

    Headers are written as a list and read as text (app facts 4.5).
    """
    members = app_message.encode_app_email(content, names)
    if "headers" in content:
        members["headers"] = _header_list(template_message.encode_headers(content["headers"]))
    return members


def decode_app_content(content: Mapping[str, JsonValue], names: Names) -> Attributes:
    """Return the fields of an App API content, which has no layout.

    The sender of a new message is missing, because no file can ask for having none.
    """
    return {"recipient": "", **app_message.decode_app_email(content, names)}


def writable_app_fields(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return every writable member of an App API content, as read."""
    members = {member: content[member] for member in _APP_TEXT_FIELDS if member in content}
    if content.get("from_id") is not None:
        members["from_id"] = content["from_id"]
    if "reply_to_id" in content:
        members["reply_to_id"] = content["reply_to_id"]
    if "headers" in content:
        members["headers"] = _header_list(content["headers"])
    return members


def _header_list(headers: JsonValue) -> list[dict[str, str]]:
    """Return headers as a list, from a list or from the JSON text of one."""
    pairs: list[dict[str, str]] | None = (
        json.loads(headers) if isinstance(headers, str) and headers else headers
    )
    return list(pairs or [])
