"""The JSON of a campaign's workflow in the Journeys API, as far as its shape is known."""

from collections.abc import Mapping
from typing import NotRequired, TypeAlias, TypedDict

from cioform.core.data.json_value import JsonValue
from cioform.language.messages.template_message import WireTemplate

__all__ = [
    "WireAction",
    "WireAppReply",
    "WireCampaign",
    "WireCampaigns",
    "WireDetail",
    "WireEdge",
    "WireFields",
    "WireLanguages",
    "WireMembers",
    "WireReply",
    "WireTag",
    "WireTemplate",
    "WireTemplateReply",
]

WireFields: TypeAlias = dict[str, JsonValue]
"""Some members of an action or a campaign, for writing."""

WireCampaign: TypeAlias = Mapping[str, JsonValue]
"""A campaign as read."""


WireMembers: TypeAlias = Mapping[str, JsonValue]
"""The members of an action as read. A step model reads those of its type, and checks them itself:
what Customer.io returns need not be as recorded."""


WireLanguages: TypeAlias = Mapping[str, Mapping[str, WireTemplate]]
"""The templates of the other languages of messages: by action ID, then by language."""


class WireLanguageTemplate(WireTemplate, total=False):
    """A template beside a campaign: of an action, and of a language."""

    action_id: int | str | None
    language: str | None


class WireAction(TypedDict, total=False):
    """An action as read, as far as all types share its members (journeys facts, section 4)."""

    id: int | str
    type: str
    name: str | None
    template_id: int | str | None
    sending_state: str | None
    tracked: bool | None
    """Whether opens and clicks of a message are tracked."""
    action_ids: list[int | str] | None
    """Only an A/B test has it: the actions of its messages."""


WireEdge = TypedDict(
    "WireEdge",
    {"from": int | str, "to": int | str, "type": str, "index": NotRequired[int]},
)
"""The way from one action to another: `continue`, or `branch` with its number in `index`."""


class WireTag(TypedDict):
    """A tag."""

    id: int | str
    name: str


class WireDetail(TypedDict):
    """The response to the request for one campaign."""

    campaign: WireCampaign
    actions: list[WireAction]
    tags: NotRequired[list[WireTag] | None]
    templates: NotRequired[list[WireLanguageTemplate] | None]


class WireReply(TypedDict, total=False):
    """A campaign of the Journeys API, read with several requests; a row of the list is less."""

    campaign: WireCampaign
    actions: list[WireAction]
    templates: Mapping[str, WireTemplate]
    languages: WireLanguages | None
    """None if the response did not say which there are."""
    tags: list[WireTag]


class WireAppReply(TypedDict, total=False):
    """A campaign of the App API with its actions; a row of the list has none."""

    campaign: WireCampaign
    actions: list[WireMembers]


class WireCampaigns(TypedDict, total=False):
    """A list of either API; the App API has a second one."""

    campaigns: list[WireCampaign]
    broadcasts: list[WireCampaign]


class WireTemplateReply(TypedDict):
    """The response to the request for one template."""

    template: WireTemplate
