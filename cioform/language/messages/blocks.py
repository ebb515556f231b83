"""The block of a message: its settings and its content, wherever a file has one.

Every field may be left out here. What a message of a workflow needs is in `message.py`.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from cioform.core.data.json_value import JsonValue
from cioform.language.messages.other_names import (
    EMAIL_NAMES,
    OTHER_NAMES,
    PUSH_NAMES,
    SLACK_NAMES,
    TEXT_NAMES,
    WEBHOOK_NAMES,
)
from cioform.language.messages.template.described_members import described_problems
from cioform.language.messages.template.template_members import raw_problems
from cioform.model.fields.on_first_use import OnFirstUse
from cioform.model.fields.upgrading import outdated_syntax_message
from cioform.model.resource import ResourceModel
from cioform.model.values.text_pattern import LanguageCode, NonBlankLine, OneLine
from cioform.model.values.value_errors import echo, form_error, raise_problems


def _reject_old_never(value: JsonValue) -> JsonValue:
    # `never` was called `off`, which other YAML tools read as false.
    if value is False or value in ("off", "no"):
        raise ValueError(outdated_syntax_message("`off` is called `never` now.", "sending: never"))
    return value


def _reject_sender_fields(value: JsonValue) -> JsonValue:
    if not isinstance(value, dict):
        return value
    address = next((value[key] for key in ("email", "address") if key in value), "team@acme.com")
    raise form_error(
        "must be the name or the address of a sender, which has its name in Customer.io. Write "
        f"{echo(address)}"
    )


def _check_raw(raw: dict[str, JsonValue] | None) -> dict[str, JsonValue] | None:
    raise_problems(raw_problems(raw or {}))
    return raw


RawMembers = Annotated[dict[str, Any] | None, AfterValidator(_check_raw)]
SendingBehavior = Annotated[
    Literal["automatic", "draft", "never"], BeforeValidator(_reject_old_never)
]
SenderText = Annotated[str | None, BeforeValidator(_reject_sender_fields)]
Headers = dict[NonBlankLine, OneLine]
HttpMethod = Literal["get", "post", "put", "delete", "patch"]


_OLD_RECIPIENT: Final[Mapping[str, str]] = {"recipient": "to"}


class Track(ResourceModel):
    """What Customer.io tracks. In a campaign, both are one setting and must be equal."""

    single_value = ("opens", "links")

    opens: bool | None = None
    """Whether an image tracks opens."""
    links: bool | None = None
    """Whether links are rewritten to track clicks."""


class Message(ResourceModel):
    """The fields that every message has."""

    other_names = OTHER_NAMES

    unmanaged_fields: ClassVar[frozenset[str]] = frozenset({"track", "raw"})
    """The fields that stay as they are in Customer.io when the file of a campaign leaves them
    out."""

    sending: Annotated[SendingBehavior | None, Field(examples=["automatic"])] = None
    """`automatic` sends each delivery, `draft` holds it for approval, `never` sends nothing.
    Customer.io's own default, `automatic`, applies only if the file says so."""
    track: Annotated[Track | None, Field(examples=[{"opens": True, "links": False}])] = None
    """Whether opens and clicks are tracked."""
    raw: Annotated[RawMembers, Field(examples=[{"preprocessor": ""}])] = None
    """Other members of the template, with Customer.io's names."""


class Translation(ResourceModel):
    """The fields that a message has in every language."""

    message_type: ClassVar[str]

    raw: RawMembers = None
    """Other members of the template, with Customer.io's names."""

    @model_validator(mode="after")
    def _check_members(self) -> Self:
        _refuse_described(self.message_type, self)
        return self


def _refuse_described(message_type: str, message: Message | Translation) -> None:
    """Raise for members of `raw` and `content` that repeat another field."""
    if message.raw or vars(message).get("content"):
        raise_problems(described_problems(message_type, dict(message)))


class EmailTranslation(Translation):
    """What an e-mail says in one language."""

    message_type = "email"
    other_names = EMAIL_NAMES

    from_: Annotated[SenderText, Field(alias="from", examples=["team@acme.com"])] = None
    """The sender's address: `team@acme.com`."""
    reply_to: Annotated[SenderText, Field(examples=["help@acme.com"])] = None
    """The sender that receives replies; `none` for the one in `from`."""
    subject: Annotated[str | None, Field(examples=["Welcome, {{customer.first_name}}"])] = None
    """The subject line; may contain Liquid."""
    preheader: str | None = None
    """The preview text that mail programs show beside the subject."""
    body: str | None = None
    """The HTML; preferably in a file of its own: `{file: welcome.html}`."""
    plain: str | None = None
    """The plain text; empty if Customer.io makes it from the HTML."""
    amp: str | None = None
    """The AMP body."""
    to: Annotated[str | None, Field(examples=["{{customer.email}}"])] = None
    """The recipient's address; Customer.io's default is `{{customer.email}}`."""
    cc: str | None = None
    """The addresses that receive a copy."""
    bcc: str | None = None
    """The addresses that receive a copy without the recipient's knowledge."""
    headers: Annotated[Headers | None, Field(examples=[{"X-Tag": "welcome"}])] = None
    """Additional headers by name."""
    layout: Annotated[str | None, Field(examples=["main"])] = None
    """The layout around the body: `main`; `none` for no layout."""


class Email(EmailTranslation, Message):
    """An e-mail. The layout places its body at `{{ content }}`."""

    old_fields = _OLD_RECIPIENT
    unmanaged_fields = Message.unmanaged_fields | {
        *("from", "reply_to", "to", "cc", "bcc", "layout", "headers", "plain", "amp"),
        "translations",
    }

    translations: dict[LanguageCode, Annotated[EmailTranslation, OnFirstUse()]] | None = None
    """The other languages by code: `es`, `pt-BR`."""


class PushTranslation(Translation):
    """What a push notification says in one language."""

    message_type = "push"
    other_names = PUSH_NAMES

    title: str | None = None
    """The title."""
    body: str | None = None
    """The text below the title."""
    link: Annotated[str | None, Field(examples=["https://acme.com/projects"])] = None
    """The link that a tap opens."""
    content: Annotated[dict[str, Any] | None, Field(examples=[{"sound": "default"}])] = None
    """The rest of the notification, as Customer.io returns it."""


class Push(PushTranslation, Message):
    """A push notification."""

    unmanaged_fields = Message.unmanaged_fields | {"link", "content", "translations"}

    translations: dict[LanguageCode, Annotated[PushTranslation, OnFirstUse()]] | None = None
    """The other languages by code: `es`, `pt-BR`."""


class SmsTranslation(Translation):
    """What a text message says in one language."""

    message_type = "sms"
    other_names = TEXT_NAMES

    body: str | None = None
    """The text."""
    image_url: str | None = None
    """The URL of a picture, which makes the message an MMS."""
    to: Annotated[str | None, Field(examples=["{{customer.phone}}"])] = None
    """The recipient's number; Customer.io's default is `{{customer.phone}}`."""


class Sms(SmsTranslation, Message):
    """A text message."""

    old_fields = _OLD_RECIPIENT
    unmanaged_fields = Message.unmanaged_fields | {"to", "image_url", "translations"}

    translations: dict[LanguageCode, Annotated[SmsTranslation, OnFirstUse()]] | None = None
    """The other languages by code: `es`, `pt-BR`."""


class WhatsAppTranslation(Translation):
    """What a WhatsApp message says in one language."""

    message_type = "whatsapp"
    other_names = TEXT_NAMES

    body: str | None = None
    """The text, or the JSON that names an approved template and its parameters."""
    content: dict[str, Any] | None = None
    """The rest of the message, as Customer.io returns it."""
    to: Annotated[str | None, Field(examples=["{{customer.phone}}"])] = None
    """The recipient's number; Customer.io's default is `{{customer.phone}}`."""


class WhatsApp(WhatsAppTranslation, Message):
    """A WhatsApp message."""

    old_fields = _OLD_RECIPIENT
    unmanaged_fields = Message.unmanaged_fields | {"to", "content", "translations"}

    translations: dict[LanguageCode, Annotated[WhatsAppTranslation, OnFirstUse()]] | None = None
    """The other languages by code: `es`, `pt-BR`."""


class InAppTranslation(Translation):
    """What a message inside your app says in one language."""

    message_type = "in_app"

    content: dict[str, Any] | None = None
    """What the message shows, as Customer.io returns it; its structure is not documented."""
    body: str | None = None
    """The text of the message, if it has one beside `content`."""


class InApp(InAppTranslation, Message):
    """A message inside your app or on your site."""

    unmanaged_fields = Message.unmanaged_fields | {"body", "translations"}

    translations: dict[LanguageCode, Annotated[InAppTranslation, OnFirstUse()]] | None = None
    """The other languages by code: `es`, `pt-BR`."""


class InboxTranslation(InAppTranslation):
    """What a message in the inbox of your app says in one language."""

    message_type = "inbox"


class Inbox(InboxTranslation, Message):
    """A message in the inbox of your app or site."""

    unmanaged_fields = InApp.unmanaged_fields

    translations: dict[LanguageCode, Annotated[InboxTranslation, OnFirstUse()]] | None = None
    """The other languages by code: `es`, `pt-BR`."""


class UntranslatedMessage(Message):
    """A message that has one language only."""

    message_type: ClassVar[str]

    @model_validator(mode="after")
    def _check_described(self) -> Self:
        _refuse_described(self.message_type, self)
        return self


class Slack(UntranslatedMessage):
    """A message to a Slack channel."""

    message_type = "slack"
    other_names = SLACK_NAMES
    old_fields: ClassVar[Mapping[str, str]] = {"recipient": "channel"}
    unmanaged_fields = Message.unmanaged_fields | {"channel", "url"}

    channel: Annotated[str | None, Field(examples=["#sales"])] = None
    """The channel."""
    body: str | None = None
    """The text."""
    url: str | None = None
    """The webhook URL that Slack issued for the channel."""


class Webhook(UntranslatedMessage):
    """A call to another system."""

    message_type = "webhook"
    other_names = WEBHOOK_NAMES
    unmanaged_fields = Message.unmanaged_fields | {"headers"}

    url: Annotated[str | None, Field(examples=["https://acme.com/hooks"])] = None
    """The URL."""
    method: HttpMethod | None = None
    """The HTTP method."""
    headers: Headers | None = None
    """Headers by name. Use a sensitive variable for a secret."""
    body: str | None = None
    """The body of the request; may contain Liquid."""


TRANSLATION_TYPES: Final[Mapping[str, type[Translation]]] = {
    "email": EmailTranslation,
    "push": PushTranslation,
    "sms": SmsTranslation,
    "whatsapp": WhatsAppTranslation,
    "in_app": InAppTranslation,
    "inbox": InboxTranslation,
}
"""What a translation of each type of message may say. The other types have no translations."""
