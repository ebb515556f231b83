"""The fields of a transactional message in a file."""

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
    """How a message is sent. Omitted settings keep their live value."""

    send_to_unsubscribed: bool | None = None
    """Whether unsubscribed people receive it too, as they must receive a receipt."""
    link_tracking: bool | None = None
    """Whether links are rewritten to track clicks."""
    open_tracking: bool | None = None
    """Whether an image tracks opens."""
    hide_message_body: bool | None = None
    """Whether Customer.io hides the body of sent messages, for content such as one-time codes."""
    queue_drafts: bool | None = None
    """Whether each delivery waits for approval."""


class Translation(ResourceModel):
    """A translation. It starts as a copy of the default; omitted fields keep their live value."""

    subject: str | None = None
    """The subject line."""
    preheader: str | None = None
    """The preview text that e-mail clients show beside the subject."""
    from_: Annotated[str | None, Field(alias="from")] = None
    """The sender of this language."""
    reply_to: str | None = None
    """The sender that receives replies; `none` for the one in `from`."""
    body: str | None = None
    """The HTML, preferably in a file beside this one."""


class Transactional(ResourceModel):
    """A transactional message.

    The next send uses a change to an active message; there is no publishing (journeys facts, 6).
    Omitted fields without a default keep their live value.
    """

    name: Annotated[str, Field(min_length=1)]
    """The name in Customer.io."""
    description: str = ""
    """The purpose, for the people who work with it."""
    trigger_name: Annotated[
        Annotated[str, Field(max_length=191), _TRIGGER_NAME] | None,
        Field(examples=["PASSWORD_RESET"]),
    ] = None
    """The name by which programs send it, instead of its number."""
    settings: Settings | None = None
    """How the message is sent."""
    from_: Annotated[str | None, Field(alias="from")] = None
    """The sender by e-mail address: `team@acme.com`."""
    reply_to: str | None = None
    """The sender that receives replies; `none` for the one in `from`."""
    subject: str | None = None
    """The subject line, which may contain Liquid."""
    preheader: str | None = None
    """The preview text that e-mail clients show beside the subject."""
    recipient: str | None = None
    """The address of the recipient; a new message has `{{customer.email}}`."""
    layout: str | None = None
    """The layout around the body by its name, `plain`; `none` for no layout."""
    headers: dict[str, str] | None = None
    """Additional e-mail headers by name."""
    body: str | None = None
    """The HTML, preferably in a file beside this one: `{file: receipt.html}`."""
    translations: dict[LanguageCode, Translation] | None = None
    """The other languages by code: `es`, `pt-BR`. A language that is removed here is deleted."""


def to_canonical(message: Transactional) -> Attributes:
    """Return the fields under their names in files, without omitted ones."""
    return message.model_dump(mode="json", by_alias=True, exclude_none=True)
