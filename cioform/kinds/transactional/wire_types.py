"""The JSON of transactional messages in both APIs, as far as its shape is known."""

from typing import TypedDict

from cioform.core.data.json_value import JsonValue
from cioform.language.messages.template_message import WireTemplate


class WireFlags(TypedDict, total=False):
    """The settings of a message, which both APIs have."""

    link_tracking: bool
    open_tracking: bool
    send_to_unsubscribed: bool
    hide_message_body: bool
    queue_drafts: bool


class WireMessage(WireFlags, total=False):
    """A message of the Journeys API (journeys facts, section 6)."""

    id: int
    name: str
    description: str | None
    state: str
    type: str
    template_id: int
    trigger_name: str | None


class WireLanguageTemplate(WireTemplate, total=False):
    """The template of one language; that of the default language has none."""

    language: str | None


class WireReply(TypedDict, total=False):
    """A message of the Journeys API as read, with the templates of all its languages."""

    transactional_message: WireMessage
    templates: list[WireLanguageTemplate]


class WireAppMessage(WireFlags, total=False):
    """A message of the App API (app facts, section 4.5)."""

    id: int
    name: str
    description: str | None


WireAppContent = TypedDict(
    "WireAppContent",
    {
        "id": int,
        "type": str,
        "language": str | None,
        "subject": str | None,
        "body": str | None,
        "body_amp": str | None,
        "preheader_text": str | None,
        "recipient": str | None,
        "cc": str | None,
        "bcc": str | None,
        "from": str | None,
        "from_id": int | None,
        "reply_to": str | None,
        "reply_to_id": int | None,
        "headers": JsonValue,
    },
    total=False,
)
"""The content of one language in the App API; `headers` is a list or the JSON text of one."""


class WireAppReply(TypedDict, total=False):
    """A message of the App API with its contents, as two requests read them."""

    message: WireAppMessage
    contents: list[WireAppContent]


class WireMessages(TypedDict):
    """The list of the Journeys API."""

    transactional_messages: list[WireMessage]


class WireTemplateReply(TypedDict):
    """One template, as it is read and as it is created."""

    template: WireLanguageTemplate


class WireAppMessages(TypedDict):
    """The list of the App API."""

    messages: list[WireAppMessage]
