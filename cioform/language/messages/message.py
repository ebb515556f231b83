"""The content of messages, as files have it and as it is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from cioform.core.address import NONE
from cioform.core.json_value import UNKNOWN, JsonValue
from cioform.model.names import Reference
from cioform.model.resource import FieldPath, ResourceModel

SendingBehavior = Literal["automatic", "draft", "off"]
HttpMethod = Literal["get", "post", "put", "delete", "patch"]


class Message(ResourceModel):
    """The fields that every message of a workflow has."""

    unmanaged_fields: ClassVar[frozenset[str]] = frozenset()
    """The fields that stay as they are in Customer.io when the file leaves them out."""

    sending: SendingBehavior = "draft"
    """`automatic` sends each delivery, `draft` holds it for approval, `off` does neither.
    Customer.io's own default is `automatic`; a file has to set it."""


class Email(Message):
    """An e-mail. The layout places its body at `{{ content }}`."""

    unmanaged_fields = frozenset({"from", "reply_to", "layout", "recipient", "headers"})

    subject: Annotated[str, Field(min_length=1)]
    """The subject line; may contain Liquid."""
    preheader: str = ""
    """The preview text that mail programs show beside the subject."""
    from_: Annotated[str | None, Field(alias="from")] = None
    """The sender's address: `team@acme.com`."""
    reply_to: str | None = None
    """The sender that receives replies; `none` for the one in `from`."""
    layout: str | None = None
    """The layout around the body: `plain`; `none` for no layout."""
    recipient: str | None = None
    """The recipient's address; Customer.io's default is `{{customer.email}}`."""
    headers: dict[str, str] | None = None
    """Additional headers by name."""
    body: str
    """The HTML; preferably in a file of its own: `{file: welcome.html}`."""


class Push(Message):
    """A push notification."""

    unmanaged_fields = frozenset({"link"})

    title: Annotated[str, Field(min_length=1)]
    """The title."""
    body: str
    """The text below the title."""
    link: str | None = None
    """The link that a tap opens."""


class Sms(Message):
    """A text message."""

    unmanaged_fields = frozenset({"recipient", "image_url"})

    body: Annotated[str, Field(min_length=1)]
    """The text."""
    recipient: str | None = None
    """The recipient's number; Customer.io's default is `{{customer.phone}}`."""
    image_url: str | None = None
    """The URL of a picture, which makes the message an MMS."""


class WhatsApp(Message):
    """A WhatsApp message."""

    unmanaged_fields = frozenset({"recipient", "content"})

    body: str = ""
    """The text, or the JSON that names an approved template and its parameters."""
    content: dict[str, Any] | None = None
    """The rest of the message, as Customer.io holds it."""
    recipient: str | None = None
    """The recipient's number; Customer.io's default is `{{customer.phone}}`."""


class InApp(Message):
    """A message inside your app or on your site."""

    unmanaged_fields = frozenset({"body"})

    content: dict[str, Any]
    """What the message shows, as Customer.io holds it: no source records its structure."""
    body: str | None = None
    """The text of the message, if it has one beside `content`."""


class Slack(Message):
    """A message to a Slack channel."""

    unmanaged_fields = frozenset({"recipient", "url"})

    body: Annotated[str, Field(min_length=1)]
    """The text."""
    recipient: str | None = None
    """The channel."""
    url: str | None = None
    """The webhook URL that Slack issued for the channel."""


class Webhook(Message):
    """A call to another system."""

    unmanaged_fields = frozenset({"headers"})

    url: Annotated[str, Field(min_length=1)]
    """The URL."""
    method: HttpMethod = "post"
    """The HTTP method."""
    headers: dict[str, str] | None = None
    """Headers by name. Do not put credentials in them."""
    body: str = ""
    """The body of the request; may contain Liquid."""


MESSAGE_TYPES: Final[Mapping[str, type[Message]]] = {
    "email": Email,
    "push": Push,
    "sms": Sms,
    "whatsapp": WhatsApp,
    "in_app": InApp,
    "slack": Slack,
    "webhook": Webhook,
}
"""The content models by keyword: those of every step type that is a message."""


def to_canonical(message_type: str, message: Message) -> dict[str, JsonValue]:
    """Return the content as it is compared: `{"type": "email", "subject": ...}`.

    A field that the file leaves out is absent if it has no default.
    """
    fields = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"type": message_type, **fields}


def without_defaults(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the content as a person would write it: without its type and without defaults."""
    defaults = {**_DEFAULTS, **_DEFAULTS_BY_TYPE.get(content["type"], {})}
    return {
        name: value
        for name, value in content.items()
        if name != "type" and value is not UNKNOWN and defaults.get(name, _NO_DEFAULT) != value
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
    """Yield the senders and the layout that the content of a message refers to."""
    for field, kind in (("from", "sender"), ("reply_to", "sender"), ("layout", "layout")):
        if isinstance(text := content.get(field), str) and text != NONE:
            yield Reference(kind, text, (*path, field))
