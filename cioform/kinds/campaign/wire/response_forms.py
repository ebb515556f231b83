"""The forms of campaigns in responses: the members that every campaign and action has.

What a trigger and a step say differs by their types, and is checked where it is decoded.
"""

from __future__ import annotations

from typing import Final, NotRequired, Required

from typing_extensions import TypedDict

from cioform.language.messages.template_form import TemplateForm
from cioform.model.remote_access.response_form import (
    ResponseForm,
    WireEdgeEnd,
    WireId,
    WithId,
)


class ActionForm(TypedDict, total=False):
    """An action, in either API."""

    id: Required[WireId]
    type: Required[str]
    name: str | None
    template_id: WireId | None
    sending_state: str | None
    tracked: bool | None
    action_ids: list[WireId] | None


EdgeForm = TypedDict(
    "EdgeForm",
    {
        "from": WireEdgeEnd,
        "to": WireEdgeEnd,
        "type": NotRequired[str | None],
        "index": NotRequired[int],
    },
)
"""The way from one action to another."""


class CampaignForm(TypedDict, total=False):
    """A campaign, in either API and in either list. The type may be one that is not known."""

    id: Required[WireId]
    name: Required[str]
    description: str | None
    state: str | None
    type: str | None
    edges: list[EdgeForm] | None


class TagForm(TypedDict):
    """A tag."""

    id: WireId
    name: str


CAMPAIGN_LIST: Final[ResponseForm] = {"campaigns": list[CampaignForm]}
BROADCAST_LIST: Final[ResponseForm] = {"broadcasts": list[CampaignForm]}
CAMPAIGN_DETAIL: Final[ResponseForm] = {"campaign": CampaignForm}
BROADCAST_DETAIL: Final[ResponseForm] = {"broadcast": CampaignForm}
CAMPAIGN: Final[ResponseForm] = {
    "campaign": CampaignForm,
    "actions": list[ActionForm],
    "tags?": list[TagForm] | None,
    "templates?": list[TemplateForm] | None,
}
CREATED_CAMPAIGN: Final[ResponseForm] = {"campaign": WithId}
ACTIONS: Final[ResponseForm] = {"actions": list[ActionForm]}
ACTION: Final[ResponseForm] = {"action": ActionForm}
TAGS: Final[ResponseForm] = {"tags": list[TagForm]}
CREATED_TAG: Final[ResponseForm] = {"tag": WithId}
TEMPLATE: Final[ResponseForm] = {"template": TemplateForm}
