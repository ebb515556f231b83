"""What a message says, as files write it and as templates hold it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from cioform.base.value import UNKNOWN, Plain
from cioform.model.names import Names, Reference
from cioform.model.resource import Path, ResourceModel

NONE: Final = "none"
"""Says in a file that there shall be no layout, no separate address for replies."""

Sending = Literal["automatic", "draft", "off"]
Method = Literal["get", "post", "put", "delete", "patch"]


class Message(ResourceModel):
    """What every message of a workflow has."""

    left_alone: ClassVar[frozenset[str]] = frozenset()
    """The fields that stay as they are remotely when the file leaves them out."""

    sending: Sending = "draft"
    """`automatic` sends, `draft` puts each delivery up for approval, `off` does neither. The
    remote itself would take `automatic`; a file has to say so."""


class Email(Message):
    """An e-mail. Its body goes where the layout says `{{ content }}`."""

    left_alone = frozenset({"from", "reply_to", "layout", "recipient", "headers"})

    subject: Annotated[str, Field(min_length=1)]
    """The subject line, with Liquid if you like."""
    preheader: str = ""
    """The line that mail programs show beside the subject."""
    from_: Annotated[str | None, Field(alias="from")] = None
    """The sender, as people know it: `team@acme.com`."""
    reply_to: str | None = None
    """The sender that gets the replies; `none` for the one in `from`."""
    layout: str | None = None
    """The layout around the body, as an address: `layout.plain`; `none` for none."""
    recipient: str | None = None
    """Where it goes: `{{customer.email}}` unless said otherwise."""
    headers: dict[str, str] | None = None
    """More headers by name."""
    body: str
    """The HTML, best in a file beside this one: `{file: welcome.html}`."""


class Push(Message):
    """A push notification."""

    left_alone = frozenset({"link"})

    title: Annotated[str, Field(min_length=1)]
    """The line in bold."""
    body: str
    """The text below."""
    link: str | None = None
    """What a tap opens."""


class Sms(Message):
    """A text message."""

    left_alone = frozenset({"recipient", "image_url"})

    body: Annotated[str, Field(min_length=1)]
    """The text."""
    recipient: str | None = None
    """Where it goes: `{{customer.phone}}` unless said otherwise."""
    image_url: str | None = None
    """A picture, which makes it an MMS."""


class WhatsApp(Message):
    """A WhatsApp message."""

    left_alone = frozenset({"recipient", "content"})

    body: str = ""
    """The text, or the JSON that names an approved template and its parameters."""
    content: dict[str, Any] | None = None
    """Whatever else there is, as Customer.io holds it."""
    recipient: str | None = None
    """Where it goes: `{{customer.phone}}` unless said otherwise."""


class InApp(Message):
    """A message inside your app or on your site."""

    left_alone = frozenset({"body"})

    content: dict[str, Any]
    """What it shows, as Customer.io holds it: no source records its inner form."""
    body: str | None = None
    """Its text, where it has one beside that."""


class Slack(Message):
    """A message to a channel of Slack."""

    left_alone = frozenset({"recipient", "url"})

    body: Annotated[str, Field(min_length=1)]
    """The text."""
    recipient: str | None = None
    """The channel."""
    url: str | None = None
    """The address that Slack gave for it."""


class Webhook(Message):
    """A call to another system."""

    left_alone = frozenset({"headers"})

    url: Annotated[str, Field(min_length=1)]
    """Where it calls."""
    method: Method = "post"
    """How it calls."""
    headers: dict[str, str] | None = None
    """Headers by name; a credential belongs in none of them."""
    body: str = ""
    """What it sends, with Liquid."""


CONTENT: Final[Mapping[str, type[Message]]] = {
    "email": Email,
    "push": Push,
    "sms": Sms,
    "whatsapp": WhatsApp,
    "in_app": InApp,
    "slack": Slack,
    "webhook": Webhook,
}
"""The messages whose content we know, by their word."""


def canonical(word: str, message: Message) -> dict[str, Plain]:
    """Give the content as it is compared: `{"type": "email", "subject": ...}`. What the file
    leaves out and has no default is absent."""
    fields = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"type": word, **fields}


def tidy(content: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give the content as a person would write it below its word: nothing that goes without
    saying."""
    word = content["type"]
    plain = {**_UNSAID, **_UNSAID_BY_WORD.get(word, {})}
    return {
        name: value
        for name, value in content.items()
        if name != "type" and value is not UNKNOWN and plain.get(name, _SAID) != value
    }


_SAID: Final = object()
_UNSAID: Final[Mapping[str, Plain]] = {
    "sending": "draft",
    "preheader": "",
    "reply_to": NONE,
    "layout": NONE,
    "headers": {},
}
_UNSAID_BY_WORD: Final[Mapping[str, Mapping[str, Plain]]] = {
    "email": {"recipient": "{{customer.email}}"},
    "sms": {"recipient": "{{customer.phone}}"},
    "whatsapp": {"recipient": "{{customer.phone}}", "body": ""},
    "webhook": {"method": "post", "body": ""},
}


def content_references(content: Mapping[str, Plain], path: Path = ()) -> Iterator[Reference]:
    """Give the senders and the layout that a content names."""
    for field, kind in (("from", "sender"), ("reply_to", "sender"), ("layout", "layout")):
        if isinstance(text := content.get(field), str) and text != NONE:
            yield Reference(kind, text, (*path, field))


def template_fields(
    content: Mapping[str, Plain], names: Names, current: Mapping[str, Plain] | None = None
) -> dict[str, Plain]:
    """Give the members of a template that `content` decides (journeys facts, section 5); `sending`
    is the action's. `current` is the template as read: a push keeps what we do not know in it."""
    return dict(_ENCODERS[content["type"]](content, names, current or {}))


def template_content(word: str, template: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give the content that a template holds, the inverse of `template_fields`."""
    fields = _DECODERS[word](template, names)
    return {"type": word, **{name: value for name, value in fields if value is not None}}


_Fields = Iterator[tuple[str, Plain]]


def _encode_email(
    content: Mapping[str, Plain], names: Names, current: Mapping[str, Plain]
) -> _Fields:
    del current
    yield from _given(content, subject="subject", preheader="preheader_text", body="body")
    yield from _given(content, recipient="recipient")
    yield from _headers(content)
    for field, kind, member in (
        ("from", "sender", "from_identity_id"),
        ("reply_to", "sender", "reply_to_identity_id"),
        ("layout", "layout", "layout_id"),
    ):
        if field in content:
            text = content[field]
            yield member, None if text == NONE else names.id_of(kind, text)


def _encode_push(
    content: Mapping[str, Plain], names: Names, current: Mapping[str, Plain]
) -> _Fields:
    del names
    # The title stands in both places, and body_json is a string (journeys facts, section 5).
    said = {name: content[name] for name in ("title", "body", "link") if name in content}
    yield from _given(content, title="subject")
    yield "body_json", json.dumps({**_object(current.get("body_json")), **said})


def _encode_sms(
    content: Mapping[str, Plain], names: Names, current: Mapping[str, Plain]
) -> _Fields:
    del names, current
    yield from _given(content, body="body", recipient="recipient", image_url="image_url")


def _encode_whatsapp(
    content: Mapping[str, Plain], names: Names, current: Mapping[str, Plain]
) -> _Fields:
    del names
    yield from _given(content, body="body", recipient="recipient")
    yield from _held(content, current)


def _encode_in_app(
    content: Mapping[str, Plain], names: Names, current: Mapping[str, Plain]
) -> _Fields:
    del names
    yield from _given(content, body="body")
    yield from _held(content, current)


def _encode_slack(
    content: Mapping[str, Plain], names: Names, current: Mapping[str, Plain]
) -> _Fields:
    del names, current
    yield from _given(content, body="body", recipient="recipient", url="url")


def _held(content: Mapping[str, Plain], current: Mapping[str, Plain]) -> _Fields:
    """Give `content` as the JSON text it travels in, as it was read if it means the same."""
    if "content" in content:
        there = current.get("body_json")
        same = bool(there) and _object(there) == content["content"]
        yield "body_json", there if same else json.dumps(content["content"])


def _encode_webhook(
    content: Mapping[str, Plain], names: Names, current: Mapping[str, Plain]
) -> _Fields:
    del names, current
    yield from _given(content, url="url", method="request_method", body="body")
    yield from _headers(content)


def _given(content: Mapping[str, Plain], **members: str) -> _Fields:
    for field, member in members.items():
        if field in content:
            yield member, content[field]


def _headers(content: Mapping[str, Plain]) -> _Fields:
    if "headers" in content:
        yield "headers", headers_text(content["headers"])


def _decode_email(template: Mapping[str, Plain], names: Names) -> _Fields:
    yield "subject", template.get("subject") or ""
    yield "preheader", template.get("preheader_text") or ""
    if template.get("from_identity_id"):
        yield "from", names.name_of("sender", template["from_identity_id"])
    yield "reply_to", _named("sender", template.get("reply_to_identity_id"), names)
    yield "layout", _named("layout", template.get("layout_id"), names)
    yield "recipient", template.get("recipient") or None
    yield "headers", headers_by_name(template.get("headers"))
    yield "body", template.get("body") or ""


def _decode_push(template: Mapping[str, Plain], names: Names) -> _Fields:
    del names
    said = _object(template.get("body_json"))
    yield "title", said.get("title", template.get("subject") or "")
    yield "body", said.get("body", "")
    yield "link", said.get("link")


def _decode_sms(template: Mapping[str, Plain], names: Names) -> _Fields:
    del names
    yield "body", template.get("body") or ""
    yield "recipient", template.get("recipient") or None
    yield "image_url", template.get("image_url") or None


def _decode_whatsapp(template: Mapping[str, Plain], names: Names) -> _Fields:
    del names
    yield "body", template.get("body") or ""
    yield "content", _object(template.get("body_json")) or None
    yield "recipient", template.get("recipient") or None


def _decode_in_app(template: Mapping[str, Plain], names: Names) -> _Fields:
    del names
    yield "content", _object(template.get("body_json"))
    yield "body", template.get("body") or None


def _decode_slack(template: Mapping[str, Plain], names: Names) -> _Fields:
    del names
    yield "body", template.get("body") or ""
    yield "recipient", template.get("recipient") or None
    yield "url", template.get("url") or None


def _decode_webhook(template: Mapping[str, Plain], names: Names) -> _Fields:
    del names
    yield "url", template.get("url") or ""
    # A new one reads back as "" (journeys facts, section 9, 9).
    yield "method", template.get("request_method") or "post"
    yield "headers", headers_by_name(template.get("headers"))
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
_DECODERS: Final[Mapping[str, Callable[[Mapping[str, Plain], Names], _Fields]]] = {
    "email": _decode_email,
    "push": _decode_push,
    "sms": _decode_sms,
    "whatsapp": _decode_whatsapp,
    "in_app": _decode_in_app,
    "slack": _decode_slack,
    "webhook": _decode_webhook,
}


def headers_text(headers: Mapping[str, str]) -> str:
    """Give headers as the JSON text that both APIs take (app facts, section 4.2)."""
    return json.dumps([{"name": name, "value": value} for name, value in headers.items()])


def headers_by_name(text: Plain) -> dict[str, str]:
    """Give headers by name from the remote's JSON text, or from the list it stands for."""
    try:
        pairs: Any = json.loads(text) if isinstance(text, str) and text else text
    except ValueError:
        pairs = None
    if not isinstance(pairs, list):
        return {}
    return {str(pair["name"]): str(pair.get("value", "")) for pair in pairs if "name" in pair}


def _named(kind: str, remote_id: Plain, names: Names) -> str:
    return names.name_of(kind, remote_id) if remote_id else NONE


def _object(text: Plain) -> dict[str, Plain]:
    try:
        value = json.loads(text) if isinstance(text, str) and text else text
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
