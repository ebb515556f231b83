"""The JSON of a campaign's workflow in the Journeys API, as far as its shape is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypeAlias, TypedDict

from cioform.core.json_value import JsonValue
from cioform.language.messages.template_message import WireTemplate

__all__ = [
    "WireAction",
    "WireCampaign",
    "WireEdge",
    "WireFields",
    "WireLanguages",
    "WireMembers",
    "WireTemplate",
]

WireFields: TypeAlias = dict[str, JsonValue]
"""Some members of an action or a campaign, for writing."""

WireCampaign: TypeAlias = Mapping[str, JsonValue]
"""A campaign as read."""


WireMembers: TypeAlias = Mapping[str, JsonValue]
"""The members of an action as read. A step model reads those of its type, and checks them itself:
what Customer.io returns need not be as recorded."""


WireLanguages: TypeAlias = Mapping[str, Mapping[str, WireTemplate]]
"""The templates of the other languages of messages: by action id, then by language."""


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
