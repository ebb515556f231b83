"""The base of all trigger models: the fields of a trigger in a file, and their form in the API."""

from abc import abstractmethod
from typing import ClassVar, Final

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.settings.field_types import BranchCondition
from cioform.kinds.campaign.wire.wire_types import WireCampaign, WireFields
from cioform.language import conditions
from cioform.model.references.names import Names
from cioform.model.resource import ResourceModel

Trigger = dict[str, JsonValue]
"""The fields of a trigger in canonical form."""

EMPTY_FILTER: Final = conditions.encode_filter([])
EMPTY_VALUES: Final[tuple[JsonValue, ...]] = (None, "", [], {})


class TriggerModel(ResourceModel):
    """The fields of one trigger type in a file, and their form in the API, both ways."""

    keyword: ClassVar[str]
    """The field that makes a trigger one of this type."""
    wire_types: ClassVar[tuple[str, ...]]
    """Customer.io's types for it; the first is the one that cioform writes."""
    supports_reentry: ClassVar[bool] = True
    """Whether a campaign can choose whether people enter again."""

    @classmethod
    @abstractmethod
    def encode(cls, trigger: Trigger, names: Names, current: WireCampaign, /) -> WireFields:
        """Return the members of a campaign that a trigger decides.

        `current` is the campaign as read. Where no source records the spelling, the one that was
        read is kept.
        """

    @classmethod
    @abstractmethod
    def decode(cls, campaign: WireCampaign, names: Names, /) -> Trigger | None:
        """Return the trigger of a campaign, or None if the fields cannot express it."""


class AudienceTrigger(TriggerModel):
    """A trigger that may be restricted to some people."""

    audience: BranchCondition | None = None
    """A condition of attributes and segments that people must meet to enter."""


def encode_audience(trigger: Trigger, names: Names) -> WireFields:
    """Return the member that restricts who enters."""
    audience = trigger.get("audience")
    return {
        "filters": conditions.compile_encoded_filter(audience, names) if audience else EMPTY_FILTER
    }


def decode_audience(
    campaign: WireCampaign, names: Names, fields: tuple[str, ...] = ("filters",)
) -> Trigger:
    """Return `audience`: the conditions that all of `fields` hold together; empty if none."""
    filters = [
        condition
        for name in fields
        if (condition := conditions.decompile_encoded_filter(campaign.get(name) or "", names))
        != {"all": []}
    ]
    if not filters:
        return {}
    return {"audience": filters[0] if len(filters) == 1 else {"all": filters}}
