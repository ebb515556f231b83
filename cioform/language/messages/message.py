"""What a message says, as files write it and as it is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from cioform.core.json_value import UNKNOWN, JsonValue
from cioform.model.names import Reference
from cioform.model.resource import FieldPath, ResourceModel

NONE: Final = "none"
"""Says in a file that there shall be no layout, no separate address for replies."""

SendingBehavior = Literal["automatic", "draft", "off"]
HttpMethod = Literal["get", "post", "put", "delete", "patch"]


class Message(ResourceModel):
    """What every message of a workflow has."""

    unmanaged_fields: ClassVar[frozenset[str]] = frozenset()
    """The fields that stay as they are remotely when the file leaves them out."""

    sending: SendingBehavior = "draft"
    """`automatic` sends, `draft` puts each delivery up for approval, `off` does neither. The
    remote itself would take `automatic`; a file has to say so."""


class Email(Message):
    """An e-mail. Its body goes where the layout says `{{ content }}`."""

    unmanaged_fields = frozenset({"from", "reply_to", "layout", "recipient", "headers"})

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

    unmanaged_fields = frozenset({"link"})

    title: Annotated[str, Field(min_length=1)]
    """The line in bold."""
    body: str
    """The text below."""
    link: str | None = None
    """What a tap opens."""


class Sms(Message):
    """A text message."""

    unmanaged_fields = frozenset({"recipient", "image_url"})

    body: Annotated[str, Field(min_length=1)]
    """The text."""
    recipient: str | None = None
    """Where it goes: `{{customer.phone}}` unless said otherwise."""
    image_url: str | None = None
    """A picture, which makes it an MMS."""


class WhatsApp(Message):
    """A WhatsApp message."""

    unmanaged_fields = frozenset({"recipient", "content"})

    body: str = ""
    """The text, or the JSON that names an approved template and its parameters."""
    content: dict[str, Any] | None = None
    """Whatever else there is, as Customer.io holds it."""
    recipient: str | None = None
    """Where it goes: `{{customer.phone}}` unless said otherwise."""


class InApp(Message):
    """A message inside your app or on your site."""

    unmanaged_fields = frozenset({"body"})

    content: dict[str, Any]
    """What it shows, as Customer.io holds it: no source records its inner form."""
    body: str | None = None
    """Its text, where it has one beside that."""


class Slack(Message):
    """A message to a channel of Slack."""

    unmanaged_fields = frozenset({"recipient", "url"})

    body: Annotated[str, Field(min_length=1)]
    """The text."""
    recipient: str | None = None
    """The channel."""
    url: str | None = None
    """The address that Slack gave for it."""


class Webhook(Message):
    """A call to another system."""

    unmanaged_fields = frozenset({"headers"})

    url: Annotated[str, Field(min_length=1)]
    """Where it calls."""
    method: HttpMethod = "post"
    """How it calls."""
    headers: dict[str, str] | None = None
    """Headers by name; a credential belongs in none of them."""
    body: str = ""
    """What it sends, with Liquid."""


MESSAGE_TYPES: Final[Mapping[str, type[Message]]] = {
    "email": Email,
    "push": Push,
    "sms": Sms,
    "whatsapp": WhatsApp,
    "in_app": InApp,
    "slack": Slack,
    "webhook": Webhook,
}
"""The messages whose content we know, by their word."""


def to_canonical(message_type: str, message: Message) -> dict[str, JsonValue]:
    """Give the content as it is compared: `{"type": "email", "subject": ...}`. What the file
    leaves out and has no default is absent."""
    fields = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"type": message_type, **fields}


def without_defaults(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give the content as a person would write it below its word: nothing that goes without
    saying."""
    word = content["type"]
    plain = {**_DEFAULTS, **_DEFAULTS_BY_TYPE.get(word, {})}
    return {
        name: value
        for name, value in content.items()
        if name != "type" and value is not UNKNOWN and plain.get(name, _NO_DEFAULT) != value
    }


_NO_DEFAULT: Final = object()
_DEFAULTS: Final[Mapping[str, JsonValue]] = {
    "sending": "draft",
    "preheader": "",
    "reply_to": NONE,
    "layout": NONE,
    "headers": {},
}
_DEFAULTS_BY_TYPE: Final[Mapping[str, Mapping[str, JsonValue]]] = {
    "email": {"recipient": "{{customer.email}}"},
    "sms": {"recipient": "{{customer.phone}}"},
    "whatsapp": {"recipient": "{{customer.phone}}", "body": ""},
    "webhook": {"method": "post", "body": ""},
}


def content_references(
    content: Mapping[str, JsonValue], path: FieldPath = ()
) -> Iterator[Reference]:
    """Give the senders and the layout that a content names."""
    for field, kind in (("from", "sender"), ("reply_to", "sender"), ("layout", "layout")):
        if isinstance(text := content.get(field), str) and text != NONE:
            yield Reference(kind, text, (*path, field))
