"""The schemas of responses about transactional messages."""

from typing import Final, Required

from typing_extensions import TypedDict

from cioform.language.messages.template.template_schema import TemplateSchema
from cioform.model.remote_access.response_schema import ResponseSchema, WireId, WithId


class ListedSchema(TypedDict, total=False):
    """A row of a list, in either API. A list may leave out the rest of a message."""

    id: Required[WireId]
    name: Required[str]
    state: str | None
    type: str | None


class MessageSchema(ListedSchema, total=False):
    """A message, in either API."""

    description: str | None
    template_id: WireId | None
    trigger_name: str | None
    link_tracking: bool
    open_tracking: bool
    send_to_unsubscribed: bool
    hide_message_body: bool
    queue_drafts: bool | None


class CreatedMessageSchema(WithId, total=False):
    """A message that was just created, perhaps without the ID of its template."""

    template_id: WireId | None


ContentSchema = TypedDict(
    "ContentSchema",
    {
        "id": Required[WireId],
        "type": str | None,
        "language": str | None,
        "subject": str | None,
        "body": str | None,
        "body_amp": str | None,
        "preheader_text": str | None,
        "recipient": str | None,
        "cc": str | None,
        "bcc": str | None,
        "from": str | None,
        "from_id": WireId | None,
        "reply_to": str | None,
        "reply_to_id": WireId | None,
    },
    total=False,
)
"""The content of one language in the App API."""

APP_MESSAGES: Final[ResponseSchema] = {"messages": list[ListedSchema]}
APP_MESSAGE: Final[ResponseSchema] = {"message": MessageSchema}
APP_CONTENTS: Final[ResponseSchema] = {"contents": list[ContentSchema]}
MESSAGES: Final[ResponseSchema] = {"transactional_messages": list[ListedSchema]}
MESSAGE: Final[ResponseSchema] = {
    "transactional_message": MessageSchema,
    "templates": list[TemplateSchema],
}
CREATED_MESSAGE: Final[ResponseSchema] = {"transactional_message": CreatedMessageSchema}
CREATED_TEMPLATE: Final[ResponseSchema] = {"template": WithId}
TEMPLATE: Final[ResponseSchema] = {"template": TemplateSchema}
