"""The content of a message in its template, both ways (journeys facts, section 5)."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias, TypedDict

from cioform.core.address import NONE
from cioform.core.data.json_value import JsonValue
from cioform.language.messages.message import translation_fields
from cioform.language.messages.template.described_members import PUSH_FIELDS, inexact_members
from cioform.language.messages.template.template_members import (
    EMAIL_TEXTS,
    FIELD_MEMBERS,
    HTTP_METHODS,
    raw_members,
)
from cioform.language.messages.template.template_values import (
    decode_headers,
    encode_headers,
    is_json_object,
    parse_json_object,
)
from cioform.model.references.names import Names


class WireTemplate(TypedDict, total=False):
    """A template as read, as far as messages use it. It may have other members."""

    id: int
    subject: str | None
    preheader_text: str | None
    body: str | None
    body_plain: str | None
    body_amp: str | None
    body_json: JsonValue
    """An object, or the JSON text of one."""
    recipient: str | None
    cc: str | None
    bcc: str | None
    headers: JsonValue
    from_identity_id: int | None
    reply_to_identity_id: int | None
    layout_id: int | None
    image_url: str | None
    url: str | None
    request_method: str | None
    whatsapp: JsonValue


_Content: TypeAlias = Mapping[str, JsonValue]
_Fields: TypeAlias = Iterator[tuple[str, JsonValue]]
_NO_TEMPLATE: Final = WireTemplate()


def encode_template(
    content: _Content, names: Names, current: WireTemplate | None = None
) -> dict[str, JsonValue]:
    """Return the members of a template that `content` decides.

    `sending`, `track` and `translations` are not in it.

    `current` is the template as read: a push keeps members of its body that the file leaves out.
    """
    members = dict(_ENCODERS[content["type"]](content, names, current or _NO_TEMPLATE))
    return {**members, **content.get("raw", {})}


def decode_template(
    message_type: str, template: WireTemplate, names: Names
) -> dict[str, JsonValue]:
    """Return the content that a template holds, the inverse of `encode_template`."""
    fields = dict(_DECODERS[message_type](template, names))
    members: Mapping[str, JsonValue] = {**template}
    described = FIELD_MEMBERS[message_type]
    if inexact := set(inexact_members(message_type, members, fields.get("title"))):
        described -= inexact
    fields["raw"] = raw_members(message_type, members, described) or None
    known = {name: value for name, value in fields.items() if value is not None}
    return {"type": message_type, **known}


def encode_translation(
    message_type: str, translation: _Content, names: Names, current: WireTemplate | None = None
) -> dict[str, JsonValue]:
    """Return the members of the template of a language that its content decides."""
    return encode_template({"type": message_type, **translation}, names, current)


def decode_translation(
    message_type: str, template: WireTemplate, names: Names
) -> dict[str, JsonValue]:
    """Return the content that the template of a language holds, without a name of its own."""
    content = decode_template(message_type, template, names)
    return {name: content[name] for name in translation_fields(message_type) if name in content}


def _encode_email(content: _Content, names: Names, _current: WireTemplate) -> _Fields:
    yield from _copy_fields(content, **EMAIL_TEXTS)
    yield from _headers_field(content)
    for field, kind, member in (
        ("from", "sender", "from_identity_id"),
        ("reply_to", "sender", "reply_to_identity_id"),
        ("layout", "layout", "layout_id"),
    ):
        if field in content:
            text = content[field]
            yield member, None if text == NONE else names.id_of(kind, text)


def _encode_push(content: _Content, _names: Names, current: WireTemplate) -> _Fields:
    # The title is in both places, and body_json is a string (journeys facts, section 5).
    body = {name: content[name] for name in PUSH_FIELDS if name in content}
    yield from _copy_fields(content, title="subject")
    if body or "content" in content:
        live = parse_json_object(current.get("body_json"))
        rest = {name: value for name, value in live.items() if name not in PUSH_FIELDS}
        shown = {name: live[name] for name in PUSH_FIELDS if name in live}
        yield "body_json", json.dumps({**content.get("content", rest), **shown, **body})


def _encode_sms(content: _Content, _names: Names, _current: WireTemplate) -> _Fields:
    yield from _copy_fields(content, body="body", to="recipient", image_url="image_url")


def _encode_whatsapp(content: _Content, _names: Names, current: WireTemplate) -> _Fields:
    yield from _copy_fields(content, body="body", to="recipient")
    yield from _json_content_field(content, current)


def _encode_in_app(content: _Content, _names: Names, current: WireTemplate) -> _Fields:
    yield from _copy_fields(content, body="body")
    yield from _json_content_field(content, current)


def _encode_slack(content: _Content, _names: Names, _current: WireTemplate) -> _Fields:
    yield from _copy_fields(content, body="body", channel="recipient", url="url")


def _encode_webhook(content: _Content, _names: Names, _current: WireTemplate) -> _Fields:
    yield from _copy_fields(content, url="url", method="request_method", body="body")
    yield from _headers_field(content)


def _json_content_field(content: _Content, current: WireTemplate) -> _Fields:
    """Yield `content` as JSON text, or as it was read if that means the same."""
    if "content" in content:
        text = current.get("body_json")
        is_same = is_json_object(text) and parse_json_object(text) == content["content"]
        yield "body_json", text if is_same else json.dumps(content["content"])


def _copy_fields(content: _Content, **members: str) -> _Fields:
    for field, member in members.items():
        if field in content:
            yield member, content[field]


def _headers_field(content: _Content) -> _Fields:
    if "headers" in content:
        yield "headers", encode_headers(content["headers"])


def _decode_email(template: WireTemplate, names: Names) -> _Fields:
    if sender := template.get("from_identity_id"):
        yield "from", names.name_of("sender", sender)
    yield "reply_to", _reference_name("sender", template.get("reply_to_identity_id"), names)
    yield "layout", _reference_name("layout", template.get("layout_id"), names)
    yield "headers", decode_headers(template.get("headers"))
    members: Mapping[str, JsonValue] = {**template}
    for field, member in EMAIL_TEXTS.items():
        yield field, members.get(member) or ""


def _decode_push(template: WireTemplate, _names: Names) -> _Fields:
    body = parse_json_object(template.get("body_json"))
    yield "title", body.get("title", template.get("subject") or "")
    yield "body", body.get("body", "")
    yield "link", body.get("link") or ""
    yield "content", {k: v for k, v in body.items() if k not in PUSH_FIELDS} or None


def _decode_sms(template: WireTemplate, _names: Names) -> _Fields:
    yield "body", template.get("body") or ""
    yield "to", template.get("recipient") or ""
    yield "image_url", template.get("image_url") or ""


def _decode_whatsapp(template: WireTemplate, _names: Names) -> _Fields:
    yield "body", template.get("body") or ""
    yield "content", parse_json_object(template.get("body_json")) or None
    yield "to", template.get("recipient") or ""


def _decode_in_app(template: WireTemplate, _names: Names) -> _Fields:
    yield "content", parse_json_object(template.get("body_json"))
    yield "body", template.get("body") or ""


def _decode_slack(template: WireTemplate, _names: Names) -> _Fields:
    yield "body", template.get("body") or ""
    yield "channel", template.get("recipient") or ""
    yield "url", template.get("url") or ""


def _decode_webhook(template: WireTemplate, _names: Names) -> _Fields:
    yield "url", template.get("url") or ""
    # A new one reads back as "" (journeys facts, section 9, 9).
    method = template.get("request_method")
    yield "method", method if method in HTTP_METHODS else "post"
    yield "headers", decode_headers(template.get("headers"))
    yield "body", template.get("body") or ""


_Encoder: TypeAlias = Callable[[_Content, Names, WireTemplate], _Fields]
_Decoder: TypeAlias = Callable[[WireTemplate, Names], _Fields]

_ENCODERS: Final[Mapping[str, _Encoder]] = {
    "email": _encode_email,
    "push": _encode_push,
    "sms": _encode_sms,
    "whatsapp": _encode_whatsapp,
    "in_app": _encode_in_app,
    "inbox": _encode_in_app,
    "slack": _encode_slack,
    "webhook": _encode_webhook,
}

_DECODERS: Final[Mapping[str, _Decoder]] = {
    "email": _decode_email,
    "push": _decode_push,
    "sms": _decode_sms,
    "whatsapp": _decode_whatsapp,
    "in_app": _decode_in_app,
    "inbox": _decode_in_app,
    "slack": _decode_slack,
    "webhook": _decode_webhook,
}


def _reference_name(kind: str, remote_id: JsonValue, names: Names) -> str:
    return names.name_of(kind, remote_id) if remote_id else NONE
