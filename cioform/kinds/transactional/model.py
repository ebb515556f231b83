"""What a file says of a transactional message."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from cioform.core.json_value import Attributes
from cioform.model.resource import ResourceModel
from cioform.model.text_pattern import LanguageCode, TextPattern

_TRIGGER_NAME: Final = TextPattern(
    r"^(|.*\D.*)$", "contain at least one character that is not a digit"
)


class Settings(ResourceModel):
    """How a message is sent. What is left out stays as it is."""

    send_to_unsubscribed: bool | None = None
    """Whether people who unsubscribed get it too, as a receipt must be."""
    link_tracking: bool | None = None
    """Whether links are rewritten to count clicks."""
    open_tracking: bool | None = None
    """Whether a picture counts openings."""
    hide_message_body: bool | None = None
    """Whether Customer.io keeps the body of what was sent to itself, for one-time codes."""
    queue_drafts: bool | None = None
    """Whether each delivery waits for approval."""


class Translation(ResourceModel):
    """A language variant. It begins as a copy of the default; what is left out stays as it is."""

    subject: str | None = None
    """The subject line."""
    preheader: str | None = None
    """The line that mail programs show beside the subject."""
    from_: Annotated[str | None, Field(alias="from")] = None
    """The sender of this language."""
    reply_to: str | None = None
    """Who gets the replies; `none` for the sender."""
    body: str | None = None
    """The HTML, best in a file beside this one."""


class Transactional(ResourceModel):
    """A transactional message. An active one changes with the next send; there is no publishing
    (journeys facts, section 6). What is left out and has no default stays as it is."""

    name: Annotated[str, Field(min_length=1)]
    """What people see in Customer.io."""
    description: str = ""
    """What it is for."""
    trigger_name: Annotated[
        Annotated[str, Field(max_length=191), _TRIGGER_NAME] | None,
        Field(examples=["PASSWORD_RESET"]),
    ] = None
    """What programs call it when they send it, instead of its number."""
    settings: Settings | None = None
    """How it is sent."""
    from_: Annotated[str | None, Field(alias="from")] = None
    """The sender, as people know it: `team@acme.com`."""
    reply_to: str | None = None
    """The sender that gets the replies; `none` for the one in `from`."""
    subject: str | None = None
    """The subject line, with Liquid if you like."""
    preheader: str | None = None
    """The line that mail programs show beside the subject."""
    recipient: str | None = None
    """Where it goes: `{{customer.email}}` unless said otherwise."""
    layout: str | None = None
    """The layout around the body, as an address: `layout.plain`; `none` for none."""
    headers: dict[str, str] | None = None
    """More e-mail headers by name."""
    body: str | None = None
    """The HTML, best in a file beside this one: `{file: receipt.html}`."""
    translations: dict[LanguageCode, Translation] | None = None
    """The other languages, by code: `es`, `pt-BR`. One that is taken out is deleted."""


def to_canonical(message: Transactional) -> Attributes:
    """Give the fields by the names that files use, without those left out."""
    return message.model_dump(mode="json", by_alias=True, exclude_none=True)
