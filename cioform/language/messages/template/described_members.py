"""The members of a template that fields of a message write, and when `raw` may have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.language.messages.template.member_fields import field_of_member
from cioform.language.messages.template.template_members import FIELD_MEMBERS, HTTP_METHODS
from cioform.language.messages.template.template_values import (
    are_plain_headers,
    decode_headers,
    is_json_object,
)
from cioform.model.values.flow_yaml import flow_mapping
from cioform.model.values.value_errors import Problem

PUSH_FIELDS: Final = ("title", "body", "link")
"""The fields of a push that are in its `body_json` under the same names."""
FIELD_METHODS: Final = (None, "", *HTTP_METHODS)
"""The values of `request_method` that the field `method` of a webhook can express."""
_DEFAULT_METHOD: Final = "post"


def inexact_members(
    message_type: str, template: Mapping[str, JsonValue], title: JsonValue
) -> Iterator[str]:
    """Yield the members whose value no value of their field would write.

    `title` is the title of a push.
    """
    members = FIELD_MEMBERS[message_type]
    body = template.get("body_json")
    if "headers" in members and not are_plain_headers(template.get("headers")):
        yield "headers"
    if "body_json" in members and body and not is_json_object(body):
        yield "body_json"
    if "request_method" in members and template.get("request_method") not in FIELD_METHODS:
        yield "request_method"
    if message_type == "push" and template.get("subject") not in (None, "", title):
        yield "subject"


def overridden_fields(
    live: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue], path: FieldPath
) -> Iterator[FieldPath]:
    """Yield the paths of members in `raw` of messages and translations that a write replaces.

    `live` and `wanted` have the contents of messages by name; `path` is their path.
    """
    for name, content in live.items():
        own = wanted.get(name)
        if not isinstance(content, dict) or not isinstance(own, dict):
            continue
        message_type = str(content.get("type"))
        if own.get("type") == message_type:
            yield from _overridden(message_type, content, own, (*path, name))


def _overridden(
    message_type: str,
    live: Mapping[str, JsonValue],
    wanted: Mapping[str, JsonValue],
    path: FieldPath,
) -> Iterator[FieldPath]:
    if live.get("raw"):  # Few messages have it.
        for member in _overridden_members(message_type, live, wanted):
            yield (*path, "raw", member)
    own = as_mapping(wanted.get("translations"))
    for language, content in as_mapping(live.get("translations")).items():
        if language in own:
            inner = as_mapping(content), as_mapping(own[language])
            yield from _overridden(message_type, *inner, (*path, "translations", language))


def _overridden_members(
    message_type: str, live: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue]
) -> Iterator[str]:
    """Yield the members in `raw` of a message that `wanted` sets by another field.

    `raw` of a live message has such a member only if no value of the field would write it.
    """
    raw, own = as_mapping(live.get("raw")), as_mapping(wanted.get("raw"))
    for name in raw:
        if name in own or name not in FIELD_MEMBERS[message_type]:
            continue
        fields = _fields_of_member(message_type, name)
        if any(field in wanted for field in fields):
            yield name


def _fields_of_member(message_type: str, member: str) -> Sequence[str]:
    if member == "body_json":
        return (*PUSH_FIELDS, "content") if message_type == "push" else ("content",)
    return (field_of_member(message_type, member),)


def described_problems(message_type: str, fields: Mapping[str, JsonValue]) -> Iterator[Problem]:
    """Yield the members of `raw` and `content` of a message that repeat another field.

    Such a member would override the field, or would not be read back as it was written. It is
    allowed only for a value that the field cannot express.
    """
    raw = fields.get("raw") or {}
    title = fields.get("title") if "body_json" not in raw else None
    inexact = set(inexact_members(message_type, raw, title or raw.get("subject")))
    for name in raw:
        if name in FIELD_MEMBERS[message_type]:
            conflicts = _conflicts(message_type, name, fields) if name in inexact else {}
            text = _conflict_text(message_type, name, conflicts)
            if conflicts or name not in inexact:
                yield ("raw", name), text
    for name in PUSH_FIELDS if message_type == "push" else ():
        if name in (fields.get("content") or {}):
            yield ("content", name), _described_text(message_type, name, name)


def _conflicts(
    message_type: str, member: str, fields: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the fields that a member of `raw` overrides, with the values that they will have."""
    implied: dict[str, JsonValue] = {}
    if member == "headers":
        implied = {"headers": decode_headers(fields["raw"]["headers"])}
    elif member == "request_method":
        implied = {"method": _DEFAULT_METHOD}
    elif member == "body_json":
        texts = {"body": "", "link": ""} if message_type == "push" else {}
        implied = {**texts, "content": {}}
    return {n: v for n, v in implied.items() if fields.get(n) is not None and fields[n] != v}


def _conflict_text(message_type: str, member: str, conflicts: Mapping[str, JsonValue]) -> str:
    if not conflicts:
        return _described_text(message_type, member, field_of_member(message_type, member))
    line = f"{message_type}: {flow_mapping(conflicts)}"
    return (
        f"`{member}` overrides other fields of the message. Remove it, or write the values that "
        f"they will have:\n\n    {line}"
    )


def _described_text(message_type: str, member: str, field: str) -> str:
    return f"`{member}` has a field of its own. Write it as `{message_type}.{field}`."
