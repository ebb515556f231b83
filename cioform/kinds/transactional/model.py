"""The fields of a transactional message in a file."""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from cioform.core.data.json_value import JsonValue
from cioform.core.text.word_lists import join_names
from cioform.kinds.transactional.blocks import BLOCK_TYPES
from cioform.kinds.transactional.old_content import old_content_problem, with_content_in_block
from cioform.kinds.transactional.upgrading import OLD_FIELDS
from cioform.language.messages.blocks import Email, InApp, Inbox, Message, Push, Sms, WhatsApp
from cioform.model.fields.on_first_use import OnFirstUse
from cioform.model.resource import ResourceModel
from cioform.model.values.text_pattern import NonBlank, TextPattern
from cioform.model.values.value_errors import raise_problems, repeated_error

_TRIGGER_NAME: Final = TextPattern(
    r"^(|[^\s\d]|[^\s\d].*\S|\S.*[^\s\d]|\S.*[^\d\r\n].*\S)$",
    "be one line without spaces at either end, and contain at least one character that is not a "
    "digit",
)


_BLOCK_HINT: Final = (
    "The content and how it is sent are in the block of its type, as in `email: {sending: "
    "automatic, subject: Your receipt, body: {file: receipt.html}}`."
)


class Transactional(ResourceModel):
    """A transactional message, with one block of its type: `email`, `push`, `sms`, ...

    A change of an active message takes effect with the next send; there is no separate step to
    publish it (journeys facts, 6). Omitted fields without a default keep their live value, in the
    block too.
    """

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("to", "plain", "preview_text", "content", "html", "text"), _BLOCK_HINT),
        **dict.fromkeys(("channel", "type", "sending", "track", "queue_drafts"), _BLOCK_HINT),
        **dict.fromkeys(("trigger", "transactional_message_id", "slug"), "trigger_name"),
    }

    name: NonBlank
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
    email: Annotated[Email, OnFirstUse()] | None = None
    """An e-mail. A language that is removed from its `translations` is deleted."""
    push: Annotated[Push, OnFirstUse()] | None = None
    """A push notification."""
    sms: Annotated[Sms, OnFirstUse()] | None = None
    """A text message."""
    whatsapp: Annotated[WhatsApp, OnFirstUse()] | None = None
    """A WhatsApp message."""
    in_app: Annotated[InApp, OnFirstUse()] | None = None
    """A message inside your app or on your site."""
    inbox: Annotated[Inbox, OnFirstUse()] | None = None
    """A message in the inbox of your app or site."""

    @model_validator(mode="wrap")
    @classmethod
    def _check_old_content(
        cls, value: JsonValue, validate: ModelWrapValidatorHandler[Self]
    ) -> Self:
        """Report content in older places together with what is wrong with the fields."""
        if isinstance(value, Mapping) and not OLD_FIELDS.isdisjoint(value):
            raise_problems([old_content_problem(value)], _errors_of_the_rest(value, validate))
        return validate(value)

    @model_validator(mode="after")
    def _check_one_block(self) -> Self:
        blocks = [name for name in BLOCK_TYPES if getattr(self, name) is not None]
        if not blocks:
            raise ValueError(
                f"the message has no content. It needs one of {join_names(BLOCK_TYPES, 'or')}:\n\n"
                "    email:\n      subject: Your receipt\n      body: {file: receipt.html}"
            )
        if len(blocks) > 1:
            raise ValueError(
                f"a message has one type, and this one has {join_names(blocks, 'and')}. Keep one "
                "of them, and move the others to files of their own"
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


def _errors_of_the_rest(
    value: Mapping[str, JsonValue], validate: Callable[[JsonValue], Transactional]
) -> list[InitErrorDetails]:
    """Return what is wrong with the fields that are where they belong."""
    try:
        validate(with_content_in_block(value))
    except ValidationError as error:
        found = error.errors(include_url=False)
        return [repeated_error(each) for each in found if set(each["loc"][:1]) & value.keys()]
    return []
