"""What a message says, between our fields and the members of both APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cioform.core.json_value import Attributes, Plain
from cioform.language.messages import app_message, template_message
from cioform.model.names import Names

FIELDS: Final[tuple[str, ...]] = (
    "from", "reply_to", "subject", "preheader", "recipient", "layout", "headers", "body",
)  # fmt: skip
"""What the default language holds."""

TRANSLATED: Final[tuple[str, ...]] = ("from", "reply_to", "subject", "preheader", "body")
"""What a translation holds of its own."""

_APP_TEXTS: Final = ("body", "subject", "preheader_text", "body_amp", "recipient")


def template_members(content: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give the members of a template that `content` decides, of the fields it has."""
    return template_message.template_fields({"type": "email", **content}, names)


def template_content(
    template: Mapping[str, Plain], names: Names, fields: Sequence[str] = FIELDS
) -> Attributes:
    """Give what a template says, of `fields`."""
    said = template_message.template_content("email", template, names)
    return {field: said[field] for field in fields if field in said}


def app_members(content: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give the members of an App API content that `content` decides; headers are a list there
    when written and a text when read (app facts 4.5)."""
    members = app_message.app_members(content, names)
    if "headers" in content:
        members["headers"] = _pairs(template_message.headers_text(content["headers"]))
    return members


def app_content(content: Mapping[str, Plain], names: Names) -> Attributes:
    """Give what an App API content says; the layout is not shown there. A new message has no
    sender yet, which no file can ask for: it is left out."""
    return {"recipient": "", **app_message.app_email(content, names)}


def app_writable(content: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give every member of an App API content that may be written, as read."""
    members = {member: content[member] for member in _APP_TEXTS if member in content}
    if content.get("from_id") is not None:
        members["from_id"] = content["from_id"]
    if "reply_to_id" in content:
        members["reply_to_id"] = content["reply_to_id"]
    if "headers" in content:
        members["headers"] = _pairs(content["headers"])
    return members


def _pairs(headers: Plain) -> list[dict[str, str]]:
    """Give headers as a list, from the list or from the JSON text of one."""
    pairs: Any = json.loads(headers) if isinstance(headers, str) and headers else headers
    return list(pairs or [])
