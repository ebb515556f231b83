"""The fields of a transactional message in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Final

from pydantic import Field, model_validator

from cioform.core.json_value import Attributes
from cioform.core.word_lists import join_words
from cioform.language.messages.blocks import Email, InApp, Inbox, Message, Push, Sms, WhatsApp
from cioform.model.resource import ResourceModel
from cioform.model.values.text_pattern import TextPattern

_TRIGGER_NAME: Final = TextPattern(
    r"^(|.*\D.*)$", "contain at least one character that is not a digit"
)

OLD_CONTENT: Final[Mapping[str, str]] = {
    "from": "from",
    "reply_to": "reply_to",
    "subject": "subject",
    "preheader": "preheader",
    "recipient": "to",
    "layout": "layout",
    "headers": "headers",
    "body": "body",
    "translations": "translations",
}
"""The fields of an e-mail that were at the top level, with their names in its block."""

BLOCK_TYPES: Final[dict[str, type[Message]]] = {
    "email": Email,
    "push": Push,
    "sms": Sms,
    "whatsapp": WhatsApp,
    "in_app": InApp,
    "inbox": Inbox,
}
"""The block of each type of message."""


class Transactional(ResourceModel):
    """A transactional message, with one block of its type: `email`, `push`, `sms`, ...

    A change of an active message takes effect with the next send; there is no separate step to
    publish it (journeys facts, 6). Omitted fields without a default keep their live value, in the
    block too.
    """

    old_fields: ClassVar[Mapping[str, str]] = {
        **{old: f"email.{new}" for old, new in OLD_CONTENT.items()},
        "settings": (
            "send_to_unsubscribed: true\nhide_message_body: false\nemail:\n"
            "  sending: automatic  # `draft` for `queue_drafts: true`\n"
            "  track: {opens: true, links: true}"
        ),
    }

    name: Annotated[str, Field(min_length=1)]
    """The name in Customer.io."""
    description: str = ""
    """The purpose, for the people who work with it."""
    trigger_name: Annotated[
        Annotated[str, Field(max_length=191), _TRIGGER_NAME] | None,
        Field(examples=["PASSWORD_RESET"]),
    ] = None
    """The name by which programs send it, instead of its number."""
    send_to_unsubscribed: bool | None = None
    """Whether unsubscribed people receive it too, as they must receive a receipt."""
    hide_message_body: bool | None = None
    """Whether Customer.io hides the body of sent messages, for content such as one-time codes."""
    email: Email | None = None
    """An e-mail. A language that is removed from its `translations` is deleted."""
    push: Push | None = None
    """A push notification."""
    sms: Sms | None = None
    """A text message."""
    whatsapp: WhatsApp | None = None
    """A WhatsApp message."""
    in_app: InApp | None = None
    """A message inside your app or on your site."""
    inbox: Inbox | None = None
    """A message in the inbox of your app or site."""

    @model_validator(mode="after")
    def _check_one_block(self) -> Transactional:
        blocks = [name for name in BLOCK_TYPES if getattr(self, name) is not None]
        if not blocks:
            raise ValueError(
                f"the message has no content. It needs one of {_listed(BLOCK_TYPES, 'or')}:\n\n"
                "    email:\n      subject: Your receipt\n      body: {file: receipt.html}"
            )
        if len(blocks) > 1:
            raise ValueError(
                f"a message has one type, and this one has {_listed(blocks)}. Keep one of them, "
                "and move the others to files of their own"
            )
        if self.block.sending == "never":
            raise ValueError(
                f"a program sends this message, so `never` has no meaning. Write `draft` to "
                f"hold each delivery for approval:\n\n    {blocks[0]}: {{sending: draft}}"
            )
        return self

    @property
    def block_name(self) -> str:
        """The name of the block of its type, such as `email`."""
        return next(name for name in BLOCK_TYPES if getattr(self, name) is not None)

    @property
    def block(self) -> Message:
        """The block of its type."""
        block: Message = getattr(self, self.block_name)
        return block


def _listed(names: Iterable[str], conjunction: str = "and") -> str:
    return join_words((f"`{name}`" for name in names), conjunction)


def to_canonical(message: Transactional) -> Attributes:
    """Return the fields under their names in files, without omitted ones."""
    return message.model_dump(mode="json", by_alias=True, exclude_none=True)
