"""What a message says, between our fields and the members of both APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cioform.base.value import Attributes, Plain
from cioform.model.names import Names

NONE: Final = "none"
"""Says in a file that there shall be no layout, no separate address for replies."""

FIELDS: Final[tuple[str, ...]] = (
    "from", "reply_to", "subject", "preheader", "recipient", "layout", "headers", "body",
)  # fmt: skip
"""What the default language holds."""

TRANSLATED: Final[tuple[str, ...]] = ("from", "reply_to", "subject", "preheader", "body")
"""What a translation holds of its own."""

_TEXTS: Final[Mapping[str, str]] = {
    "subject": "subject",
    "preheader": "preheader_text",
    "recipient": "recipient",
    "body": "body",
}
_TEMPLATE_LINKS: Final[Mapping[str, tuple[str, str]]] = {
    "from": ("sender", "from_identity_id"),
    "reply_to": ("sender", "reply_to_identity_id"),
    "layout": ("layout", "layout_id"),
}
_APP_LINKS: Final[Mapping[str, tuple[str, str]]] = {
    "from": ("sender", "from_id"),
    "reply_to": ("sender", "reply_to_id"),
}
_APP_TEXTS: Final = ("body", "subject", "preheader_text", "body_amp", "recipient")

_WRITABLE: Final = (
    "layout_id", "from_identity_id", "reply_to_identity_id", "name", "bcc", "fake_bcc", "cc",
    "recipient", "subject", "body", "body_json", "image_url", "body_amp", "body_plain", "editor",
    "preprocessor", "url", "headers", "template_type", "preheader_text", "language",
    "template_engine", "whatsapp", "test_group_id", "recipient_environment_id", "deleted",
    "newsletter_id", "request_method", "short_link_domain_id", "webhook_config_id", "weight",
)  # fmt: skip
"""Every member of a template that can be written (journeys facts, section 5)."""


def template_members(content: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give the members of a template that `content` decides, of the fields it has."""
    members = _members(content, _TEMPLATE_LINKS, names)
    if "headers" in content:
        members["headers"] = json.dumps(_header_list(content["headers"]))
    return members


def template_content(
    template: Mapping[str, Plain], names: Names, fields: Sequence[str] = FIELDS
) -> Attributes:
    """Give what a template says, of `fields`."""
    return _content(template, _TEMPLATE_LINKS, names, fields)


def template_writable(template: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give a template as read in the form in which it may be written. An empty `request_method`
    is answered and not taken back (journeys facts, section 9, 9)."""
    return {
        member: template[member]
        for member in _WRITABLE
        if member in template and not (member == "request_method" and not template[member])
    }


def app_members(content: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give the members of an App API content that `content` decides; headers are a list there
    when written and a text when read (app facts 4.5)."""
    members = _members(content, _APP_LINKS, names)
    if "headers" in content:
        members["headers"] = _header_list(content["headers"])
    return members


def app_content(content: Mapping[str, Plain], names: Names) -> Attributes:
    """Give what an App API content says; the layout is not shown there."""
    fields = [field for field in FIELDS if field != "layout"]
    return _content(content, _APP_LINKS, names, fields)


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


def _members(
    content: Mapping[str, Plain], links: Mapping[str, tuple[str, str]], names: Names
) -> dict[str, Plain]:
    members = {member: content[field] for field, member in _TEXTS.items() if field in content}
    for field, (kind, member) in links.items():
        if field in content:
            said = content[field]
            members[member] = None if said == NONE else names.id_of(kind, said)
    return members


def _content(
    wire: Mapping[str, Plain],
    links: Mapping[str, tuple[str, str]],
    names: Names,
    fields: Sequence[str],
) -> Attributes:
    content: Attributes = {}
    for field in fields:
        if field == "headers":
            content[field] = {pair["name"]: pair["value"] for pair in _pairs(wire.get(field))}
        elif field in _TEXTS:
            content[field] = wire.get(_TEXTS[field]) or ""
        else:
            kind, member = links[field]
            remote_id = wire.get(member)
            # A new message has no sender yet, which no file can ask for: it is left out.
            if remote_id or field != "from":
                content[field] = names.name_of(kind, remote_id) if remote_id else NONE
    return content


def _header_list(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _pairs(headers: Plain) -> list[dict[str, str]]:
    """Give headers as a list, from the list or from the JSON text of one."""
    pairs: Any = json.loads(headers) if isinstance(headers, str) and headers else headers
    return list(pairs or [])
