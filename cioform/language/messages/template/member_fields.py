"""The fields of a message that describe the members of its template and of its action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.language.messages.template.template_members import (
    EMAIL_TEXTS,
    FIELD_MEMBERS,
    NAMED_IN_EMAILS,
    PLACE_MEMBERS,
    TEMPLATE_MEMBERS,
    UNNAMED_IDS,
)
from cioform.model.values.flow_yaml import flow_mapping

ACTION_MEMBERS: Final = frozenset({"tracked", "sending_state"})
"""The members of the action of a message that fields of its block decide."""

_FIELDS: Final[Mapping[str, str]] = {
    **{member: field for field, member in EMAIL_TEXTS.items()},
    "body_json": "content",
    "request_method": "method",
    "layout_id": "layout",
    "from_identity_id": "from",
    "reply_to_identity_id": "reply_to",
    "tracked": "track",
    "sending_state": "sending",
}
"""The field of each member. One that is not listed has the name of its member."""

_OWN_FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "push": {"subject": "title"},
    "slack": {"recipient": "channel"},
}
"""The fields that only one type of message calls so."""

_MAX_VALUE: Final = 60
"""The longest text that an example repeats."""


def field_of_member(message_type: str, member: str) -> str:
    """Return the field of a message that describes a member of its template."""
    own = _OWN_FIELDS.get(message_type, {})
    return own.get(member, _FIELDS.get(member, member))


def misplaced_member_text(message_type: str, member: str, value: JsonValue) -> str | None:
    """Return what to write instead of a member in `raw` beside a message.

    Return None if the member is neither one of the template nor decided by the block.
    """
    if member not in TEMPLATE_MEMBERS and member not in ACTION_MEMBERS:
        return None
    named = {*FIELD_MEMBERS[message_type], *ACTION_MEMBERS}
    if message_type == "email":
        named |= NAMED_IN_EMAILS
    if member in named:
        field = field_of_member(message_type, member)
        block: dict[str, JsonValue] = {field: _shown(member, field, value)}
    elif member in UNNAMED_IDS or member in PLACE_MEMBERS:
        return f"`{member}` belongs to the template, and no file can set it. Remove it."
    else:
        block = {"raw": {member: value}}
    line = f"{message_type}: {flow_mapping(block)}"
    return f"`{member}` is set in the block of the message:\n\n    {line}"


def _shown(member: str, field: str, value: JsonValue) -> JsonValue:
    """Return the value of a field for an example: the one of the member if it is the same."""
    if field == "track":
        return {"opens": bool(value), "links": bool(value)}
    is_same = member not in ("body_json", "headers") and not member.endswith("_id")
    return value if is_same and isinstance(value, str) and len(value) <= _MAX_VALUE else "..."
