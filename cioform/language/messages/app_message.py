"""What an e-mail says as the App API holds it, both ways (app facts 4.2 and 4.5): the twin of
`message_template`. Headers are written by each kind: a text in campaigns, a list elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.language.messages.message import NONE
from cioform.language.messages.template_message import decode_headers
from cioform.model.names import Names

_TEXT_FIELDS: Final[Mapping[str, str]] = {
    "subject": "subject",
    "preheader": "preheader_text",
    "recipient": "recipient",
    "body": "body",
}
_SENDER_FIELDS: Final[Mapping[str, str]] = {"from": "from_id", "reply_to": "reply_to_id"}


def encode_app_email(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Give the members that the texts and the senders of `content` decide."""
    members = {member: content[field] for field, member in _TEXT_FIELDS.items() if field in content}
    for field, member in _SENDER_FIELDS.items():
        if field in content:
            said = content[field]
            members[member] = None if said == NONE else names.id_of("sender", said)
    return members


def decode_app_email(members: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Give what an e-mail says, the inverse of `app_members`. What is blank there and may not be
    so, sender and recipient, is left out; so is the layout, which is never shown."""
    said = {field: members.get(member) or "" for field, member in _TEXT_FIELDS.items()}
    for field, member in _SENDER_FIELDS.items():
        sender = members.get(member)
        said[field] = names.name_of("sender", sender) if sender else NONE
    blank = {("from", NONE), ("recipient", "")}
    shown = {field: value for field, value in said.items() if (field, value) not in blank}
    return {**shown, "headers": decode_headers(members.get("headers"))}
