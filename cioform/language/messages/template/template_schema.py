"""The form of a template in a response: the members that messages rely on."""

from typing import Required

from typing_extensions import TypedDict

from cioform.model.remote_access.response_schema import WireId


class TemplateSchema(TypedDict, total=False):
    """A template as read (journeys facts, section 5). JSON in texts is checked where it is read."""

    id: Required[WireId]
    language: str | None
    subject: str | None
    preheader_text: str | None
    body: str | None
    body_plain: str | None
    body_amp: str | None
    recipient: str | None
    cc: str | None
    bcc: str | None
    from_identity_id: WireId | None
    reply_to_identity_id: WireId | None
    layout_id: WireId | None
    image_url: str | None
    url: str | None
    request_method: str | None
    action_id: WireId | None
