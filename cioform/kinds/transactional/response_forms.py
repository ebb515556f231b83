"""The forms of transactional messages in responses."""

from __future__ import annotations

from typing import Final, Required

from typing_extensions import TypedDict

from cioform.language.messages.template_form import TemplateForm
from cioform.model.remote_access.response_form import ResponseForm, WireId, WithId


class ListedForm(TypedDict, total=False):
    """A row of a list, in either API. A list may leave out the rest of a message."""

    id: Required[WireId]
    name: Required[str]
    state: str | None
    type: str | None


class MessageForm(ListedForm, total=False):
    """A message, in either API."""

    description: str | None
    template_id: WireId | None
    trigger_name: str | None
    link_tracking: bool
    open_tracking: bool
    send_to_unsubscribed: bool
    hide_message_body: bool
    queue_drafts: bool | None


class CreatedMessageForm(WithId, total=False):
    """A message that was just created, perhaps without the id of its template."""

    template_id: WireId | None


ContentForm = TypedDict(
    "ContentForm",
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

APP_MESSAGES: Final[ResponseForm] = {"messages": list[ListedForm]}
APP_MESSAGE: Final[ResponseForm] = {"message": MessageForm}
APP_CONTENTS: Final[ResponseForm] = {"contents": list[ContentForm]}
MESSAGES: Final[ResponseForm] = {"transactional_messages": list[ListedForm]}
MESSAGE: Final[ResponseForm] = {
    "transactional_message": MessageForm,
    "templates": list[TemplateForm],
}
CREATED_MESSAGE: Final[ResponseForm] = {"transactional_message": CreatedMessageForm}
CREATED_TEMPLATE: Final[ResponseForm] = {"template": WithId}
TEMPLATE: Final[ResponseForm] = {"template": TemplateForm}
