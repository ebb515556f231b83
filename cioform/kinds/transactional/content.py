"""A message as it is read, between our fields and the members of both APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, cast

from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.kinds.transactional.blocks import BLOCK_TYPES
from cioform.kinds.transactional.model import Transactional
from cioform.kinds.transactional.wire_types import WireAppContent, WireFlags, WireLanguageTemplate
from cioform.language.messages import app_message, template_message
from cioform.language.messages.template import template_values
from cioform.model.references.names import Names

WIRE_TYPES: Final[Mapping[str, str]] = {
    "email": "email",
    "push": "push",
    "sms": "twilio",
    "whatsapp": "whatsapp",
    "in_app": "in_app",
    "inbox": "inbox",
}
"""Customer.io's name of the type of each block."""

BLOCK_BY_WIRE_TYPE: Final[Mapping[str, str]] = {wire: block for block, wire in WIRE_TYPES.items()}

TOP_FLAGS: Final = ("send_to_unsubscribed", "hide_message_body")
"""The settings that are fields of a document under the same names."""

_TRACK_FLAGS: Final[Mapping[str, str]] = {"opens": "open_tracking", "links": "link_tracking"}
_APP_TEXT_FIELDS: Final = ("body", "subject", "preheader_text", "body_amp", "recipient")


def decode_flags(message: WireFlags) -> KindFields:
    """Return the settings of a message that are fields of its document."""
    members: Mapping[str, JsonValue] = {**message}
    return {name: members[name] for name in TOP_FLAGS if name in members}


def decode_delivery(message: WireFlags) -> KindFields:
    """Return `sending` and `track`, as far as the message has them."""
    members: Mapping[str, JsonValue] = {**message}
    track = {field: members[flag] for field, flag in _TRACK_FLAGS.items() if flag in members}
    queued = members.get("queue_drafts")
    sending = {} if queued is None else {"sending": "draft" if queued else "automatic"}
    return {**sending, **({"track": track} if track else {})}


def encode_flags(fields: KindFields, block: Mapping[str, JsonValue]) -> WireFlags:
    """Return the settings that a document and its block decide."""
    members: dict[str, JsonValue] = {name: fields[name] for name in TOP_FLAGS if name in fields}
    track: Mapping[str, JsonValue] = block.get("track") or {}
    members |= {_TRACK_FLAGS[field]: value for field, value in track.items()}
    if "sending" in block:
        members["queue_drafts"] = block["sending"] == "draft"
    return cast(WireFlags, members)


def decode_block(
    block: str, templates: Mapping[str, WireLanguageTemplate], names: Names
) -> KindFields:
    """Return the content of a block from its templates by language; the default one is `""`."""
    default = templates.get("", {})
    content = template_message.decode_template(block, default, names)
    content["translations"] = {
        language: template_message.decode_translation(block, template, names)
        for language, template in templates.items()
        if language
    }
    return {name: value for name, value in content.items() if name != "type"}


def decode_app_block(block: str, content: WireAppContent, names: Names) -> KindFields:
    """Return the content of a block as far as the App API shows it.

    It has no layout and no translations. Of a type that is no e-mail it shows the subject and the
    text; app facts 4.5 describe no others.
    """
    fields: KindFields = dict.fromkeys(_content_fields(block), UNKNOWN)
    if block == "email":
        # A new message has no sender, and no file can ask for having none.
        del fields["from"]
        return {**fields, **app_message.decode_app_email({**content}, names)}
    if block == "push":
        # The text is in `body_json` too, which this API does not return.
        return {**fields, "title": content.get("subject") or ""}
    return {**fields, "body": content.get("body") or ""} if block == "sms" else fields


def _content_fields(block: str) -> list[str]:
    fields = BLOCK_TYPES[block].yaml_field_names()
    return [name for name in fields if name not in ("sending", "track")]


def encode_app_content(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the members of an App API content that the fields of an e-mail decide.

    Headers are written as a list and read as text (app facts 4.5).
    """
    members = app_message.encode_app_email(content, names)
    if "headers" in content:
        members["headers"] = _header_list(template_values.encode_headers(content["headers"]))
    return members


def writable_app_fields(content: WireAppContent) -> dict[str, JsonValue]:
    """Return every writable member of an App API content, as read."""
    read: Mapping[str, JsonValue] = {**content}
    members = {member: read[member] for member in _APP_TEXT_FIELDS if member in read}
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


def content_missing_error(wanted: Transactional) -> PlanError:
    """Return the error for a message that Customer.io returns without any content."""
    return PlanError.of(
        "Missing content",
        f"Customer.io returned no content of the default language for {quoted(wanted.name)}, so "
        "there is nothing to write to. Open the message in Customer.io, save its content, then "
        "plan again.",
    )
