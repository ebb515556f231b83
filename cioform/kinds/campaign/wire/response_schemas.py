"""The schemas of responses about campaigns: the members that every campaign and action has.

What a trigger and a step say differs by their types, and is checked where it is decoded.
"""

from typing import Annotated, Final, NotRequired, Required, TypeAlias

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from cioform.core.data.json_value import Json
from cioform.language.messages.template.template_schema import TemplateSchema
from cioform.model.remote_access.response_schema import (
    FORM_ERROR,
    ResponseSchema,
    WireEdgeEnd,
    WireId,
    WithId,
)


class ActionSchema(TypedDict, total=False):
    """An action, in either API."""

    id: Required[WireId]
    type: Required[str]
    name: str | None
    template_id: WireId | None
    sending_state: str | None
    tracked: bool | None
    action_ids: list[WireId] | None


EdgeSchema = TypedDict(
    "EdgeSchema",
    {
        "from": WireEdgeEnd,
        "to": WireEdgeEnd,
        "type": NotRequired[str | None],
        "index": NotRequired[int],
    },
)
"""The way from one action to another."""


def _check_exit_conditions(value: Json) -> Json:
    if value is None or isinstance(value, list | dict):
        return value
    raise PydanticCustomError(FORM_ERROR, "a list")


WireExitConditions: TypeAlias = Annotated[Json, PlainValidator(_check_exit_conditions)]
"""A list of conditions, which may be of a form that is not known."""


class CampaignSchema(TypedDict, total=False):
    """A campaign, in either API and in either list. The type may be one that is not known."""

    id: Required[WireId]
    name: Required[str]
    description: str | None
    state: str | None
    type: str | None
    edges: list[EdgeSchema] | None
    global_exit_conditions: WireExitConditions


class TagSchema(TypedDict):
    """A tag."""

    id: WireId
    name: str


CAMPAIGN_LIST: Final[ResponseSchema] = {"campaigns": list[CampaignSchema]}
BROADCAST_LIST: Final[ResponseSchema] = {"broadcasts": list[CampaignSchema]}
CAMPAIGN_DETAIL: Final[ResponseSchema] = {"campaign": CampaignSchema}
BROADCAST_DETAIL: Final[ResponseSchema] = {"broadcast": CampaignSchema}
CAMPAIGN: Final[ResponseSchema] = {
    "campaign": CampaignSchema,
    "actions": list[ActionSchema],
    "tags?": list[TagSchema] | None,
    "templates?": list[TemplateSchema] | None,
}
CREATED_CAMPAIGN: Final[ResponseSchema] = {"campaign": WithId}
ACTIONS: Final[ResponseSchema] = {"actions": list[ActionSchema]}
ACTION: Final[ResponseSchema] = {"action": ActionSchema}
TAGS: Final[ResponseSchema] = {"tags": list[TagSchema]}
CREATED_TAG: Final[ResponseSchema] = {"tag": WithId}
TEMPLATE: Final[ResponseSchema] = {"template": TemplateSchema}
