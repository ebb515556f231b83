"""What a message says as a template holds it, both ways (journeys facts, section 5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cioform.core.json_value import JsonValue
from cioform.language.messages.message import NONE
from cioform.model.names import Names


def encode_template(
    content: Mapping[str, JsonValue], names: Names, current: Mapping[str, JsonValue] | None = None
) -> dict[str, JsonValue]:
    """Give the members of a template that `content` decides (journeys facts, section 5); `sending`
    is the action's. `current` is the template as read: a push keeps what we do not know in it."""
    return dict(_ENCODERS[content["type"]](content, names, current or {}))


def decode_template(
    message_type: str, template: Mapping[str, JsonValue], names: Names
) -> dict[str, JsonValue]:
    """Give the content that a template holds, the inverse of `template_fields`."""
    fields = _DECODERS[message_type](template, names)
    return {"type": message_type, **{name: value for name, value in fields if value is not None}}


_Fields = Iterator[tuple[str, JsonValue]]


def _encode_email(
    content: Mapping[str, JsonValue], names: Names, current: Mapping[str, JsonValue]
) -> _Fields:
    del current
    yield from _copy_fields(content, subject="subject", preheader="preheader_text", body="body")
    yield from _copy_fields(content, recipient="recipient")
    yield from _headers_field(content)
    for field, kind, member in (
        ("from", "sender", "from_identity_id"),
        ("reply_to", "sender", "reply_to_identity_id"),
        ("layout", "layout", "layout_id"),
    ):
        if field in content:
            text = content[field]
            yield member, None if text == NONE else names.id_of(kind, text)


def _encode_push(
    content: Mapping[str, JsonValue], names: Names, current: Mapping[str, JsonValue]
) -> _Fields:
    del names
    # The title stands in both places, and body_json is a string (journeys facts, section 5).
    said = {name: content[name] for name in ("title", "body", "link") if name in content}
    yield from _copy_fields(content, title="subject")
    yield "body_json", json.dumps({**_parse_json_object(current.get("body_json")), **said})


def _encode_sms(
    content: Mapping[str, JsonValue], names: Names, current: Mapping[str, JsonValue]
) -> _Fields:
    del names, current
    yield from _copy_fields(content, body="body", recipient="recipient", image_url="image_url")


def _encode_whatsapp(
    content: Mapping[str, JsonValue], names: Names, current: Mapping[str, JsonValue]
) -> _Fields:
    del names
    yield from _copy_fields(content, body="body", recipient="recipient")
    yield from _json_content_field(content, current)


def _encode_in_app(
    content: Mapping[str, JsonValue], names: Names, current: Mapping[str, JsonValue]
) -> _Fields:
    del names
    yield from _copy_fields(content, body="body")
    yield from _json_content_field(content, current)


def _encode_slack(
    content: Mapping[str, JsonValue], names: Names, current: Mapping[str, JsonValue]
) -> _Fields:
    del names, current
    yield from _copy_fields(content, body="body", recipient="recipient", url="url")


def _json_content_field(
    content: Mapping[str, JsonValue], current: Mapping[str, JsonValue]
) -> _Fields:
    """Give `content` as the JSON text it travels in, as it was read if it means the same."""
    if "content" in content:
        there = current.get("body_json")
        same = bool(there) and _parse_json_object(there) == content["content"]
        yield "body_json", there if same else json.dumps(content["content"])


def _encode_webhook(
    content: Mapping[str, JsonValue], names: Names, current: Mapping[str, JsonValue]
) -> _Fields:
    del names, current
    yield from _copy_fields(content, url="url", method="request_method", body="body")
    yield from _headers_field(content)


def _copy_fields(content: Mapping[str, JsonValue], **members: str) -> _Fields:
    for field, member in members.items():
        if field in content:
            yield member, content[field]


def _headers_field(content: Mapping[str, JsonValue]) -> _Fields:
    if "headers" in content:
        yield "headers", encode_headers(content["headers"])


def _decode_email(template: Mapping[str, JsonValue], names: Names) -> _Fields:
    yield "subject", template.get("subject") or ""
    yield "preheader", template.get("preheader_text") or ""
    if template.get("from_identity_id"):
        yield "from", names.name_of("sender", template["from_identity_id"])
    yield "reply_to", _reference_name("sender", template.get("reply_to_identity_id"), names)
    yield "layout", _reference_name("layout", template.get("layout_id"), names)
    yield "recipient", template.get("recipient") or None
    yield "headers", decode_headers(template.get("headers"))
    yield "body", template.get("body") or ""


def _decode_push(template: Mapping[str, JsonValue], names: Names) -> _Fields:
    del names
    said = _parse_json_object(template.get("body_json"))
    yield "title", said.get("title", template.get("subject") or "")
    yield "body", said.get("body", "")
    yield "link", said.get("link")


def _decode_sms(template: Mapping[str, JsonValue], names: Names) -> _Fields:
    del names
    yield "body", template.get("body") or ""
    yield "recipient", template.get("recipient") or None
    yield "image_url", template.get("image_url") or None


def _decode_whatsapp(template: Mapping[str, JsonValue], names: Names) -> _Fields:
    del names
    yield "body", template.get("body") or ""
    yield "content", _parse_json_object(template.get("body_json")) or None
    yield "recipient", template.get("recipient") or None


def _decode_in_app(template: Mapping[str, JsonValue], names: Names) -> _Fields:
    del names
    yield "content", _parse_json_object(template.get("body_json"))
    yield "body", template.get("body") or None


def _decode_slack(template: Mapping[str, JsonValue], names: Names) -> _Fields:
    del names
    yield "body", template.get("body") or ""
    yield "recipient", template.get("recipient") or None
    yield "url", template.get("url") or None


def _decode_webhook(template: Mapping[str, JsonValue], names: Names) -> _Fields:
    del names
    yield "url", template.get("url") or ""
    # A new one reads back as "" (journeys facts, section 9, 9).
    yield "method", template.get("request_method") or "post"
    yield "headers", decode_headers(template.get("headers"))
    yield "body", template.get("body") or ""


_ENCODERS: Final[Mapping[str, Callable[..., _Fields]]] = {
    "email": _encode_email,
    "push": _encode_push,
    "sms": _encode_sms,
    "whatsapp": _encode_whatsapp,
    "in_app": _encode_in_app,
    "slack": _encode_slack,
    "webhook": _encode_webhook,
}
_DECODERS: Final[Mapping[str, Callable[[Mapping[str, JsonValue], Names], _Fields]]] = {
    "email": _decode_email,
    "push": _decode_push,
    "sms": _decode_sms,
    "whatsapp": _decode_whatsapp,
    "in_app": _decode_in_app,
    "slack": _decode_slack,
    "webhook": _decode_webhook,
}


def encode_headers(headers: Mapping[str, str]) -> str:
    """Give headers as the JSON text that both APIs take (app facts, section 4.2)."""
    return json.dumps([{"name": name, "value": value} for name, value in headers.items()])


def decode_headers(text: JsonValue) -> dict[str, str]:
    """Give headers by name from the remote's JSON text, or from the list it stands for."""
    try:
        pairs: Any = json.loads(text) if isinstance(text, str) and text else text
    except ValueError:
        pairs = None
    if not isinstance(pairs, list):
        return {}
    return {str(pair["name"]): str(pair.get("value", "")) for pair in pairs if "name" in pair}


def _reference_name(kind: str, remote_id: JsonValue, names: Names) -> str:
    return names.name_of(kind, remote_id) if remote_id else NONE


def _parse_json_object(text: JsonValue) -> dict[str, JsonValue]:
    try:
        value = json.loads(text) if isinstance(text, str) and text else text
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
