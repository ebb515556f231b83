"""The content of an e-mail in the App API, both ways (app facts 4.2 and 4.5).

Headers are written by each kind, because they are a text in campaigns and a list elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.address import NONE
from cioform.core.data.json_value import JsonValue
from cioform.language.messages.template.template_values import decode_headers
from cioform.model.references.names import Names

_TEXT_FIELDS: Final[Mapping[str, str]] = {
    "subject": "subject",
    "preheader": "preheader_text",
    "to": "recipient",
    "body": "body",
    "amp": "body_amp",
}
_READ_ONLY_TEXT_FIELDS: Final = ("cc", "bcc")
_SENDER_FIELDS: Final[Mapping[str, str]] = {"from": "from_id", "reply_to": "reply_to_id"}


def encode_app_email(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the members that the texts and the senders of `content` decide."""
    members = {member: content[field] for field, member in _TEXT_FIELDS.items() if field in content}
    for field, member in _SENDER_FIELDS.items():
        if field in content:
            sender = content[field]
            members[member] = None if sender == NONE else names.id_of("sender", sender)
    return members


def decode_app_email(members: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the content of an e-mail, the inverse of `encode_app_email`.

    A blank sender is left out, because a file cannot have one. So are the layout and the plain
    text, which the App API never shows.
    """
    fields = {field: members.get(member) or "" for field, member in _TEXT_FIELDS.items()}
    fields |= {field: members.get(field) or "" for field in _READ_ONLY_TEXT_FIELDS}
    for field, member in _SENDER_FIELDS.items():
        sender = members.get(member)
        fields[field] = names.name_of("sender", sender) if sender else NONE
    content = {name: value for name, value in fields.items() if (name, value) != ("from", NONE)}
    return {**content, "headers": decode_headers(members.get("headers"))}
