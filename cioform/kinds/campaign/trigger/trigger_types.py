"""The trigger types: a model for each, and the table of all (journeys facts, section 4, Types)."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.encoded_fields import encoding_problems
from cioform.kinds.campaign.settings.field_types import (
    BranchCondition,
    EventCondition,
    member_type_problems,
    other_member_problems,
    raise_problems,
)
from cioform.kinds.campaign.trigger.date_trigger import DateTrigger
from cioform.kinds.campaign.trigger.trigger_model import (
    EMPTY_FILTER,
    EMPTY_VALUES,
    AudienceTrigger,
    Trigger,
    TriggerModel,
    decode_audience,
    encode_audience,
)
from cioform.kinds.campaign.wire.wire_types import WireCampaign, WireFields
from cioform.language import conditions
from cioform.model.references.names import Names
from cioform.model.values.text_pattern import NonBlank

_FILTER_HINT: Final = (
    "`where` tests the attributes of the event, as in `where: {attribute: total, greater_than: "
    "100}`, and `audience` those of the person, as in `audience: {attribute: plan, is: pro}`."
)


class EventTrigger(AudienceTrigger):
    """An event starts the campaign."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("filter", "filters", "condition", "conditions", "if"), _FILTER_HINT),
        **dict.fromkeys(("properties", "attributes", "data"), _FILTER_HINT),
    }

    keyword = "event"
    wire_types = ("transactional",)

    event: NonBlank
    where: EventCondition | None = None
    """A condition on the attributes of the event itself."""

    @override
    @classmethod
    def encode(cls, trigger: Trigger, names: Names, _current: WireCampaign, /) -> WireFields:
        where = trigger.get("where")
        filters = conditions.compile_attribute_filters(where) if where else None
        return {
            "event": trigger["event"],
            "event_type": "event",
            "anchors": EMPTY_FILTER,
            **encode_audience(trigger, names),
            "attribute_filters": filters,
        }

    @override
    @classmethod
    def decode(cls, campaign: WireCampaign, names: Names, /) -> Trigger | None:
        if campaign.get("event_type") not in ("event", "", None) or not campaign.get("event"):
            return None
        trigger: Trigger = {"event": campaign["event"]}
        if filters := campaign.get("attribute_filters"):
            trigger["where"] = conditions.decompile_attribute_filters(filters)
        # Both arrays restrict who enters; cioform writes only `filters`.
        return trigger | decode_audience(campaign, names, ("anchors", "filters"))


class _SingleFieldTrigger(AudienceTrigger):
    """A trigger with one value besides its audience."""

    wire_field: ClassVar[str]
    """The member that holds the value."""

    @override
    @classmethod
    def encode(cls, trigger: Trigger, names: Names, _current: WireCampaign, /) -> WireFields:
        return {cls.wire_field: trigger[cls.keyword], **encode_audience(trigger, names)}

    @override
    @classmethod
    def decode(cls, campaign: WireCampaign, names: Names, /) -> Trigger | None:
        return {cls.keyword: campaign.get(cls.wire_field), **decode_audience(campaign, names)}


class FormTrigger(_SingleFieldTrigger):
    """A submitted form starts the campaign."""

    keyword = "form"
    wire_types = ("form",)
    wire_field = "event"

    form: NonBlank


class WebhookTrigger(_SingleFieldTrigger):
    """A call from another system starts the campaign."""

    keyword = "webhook"
    wire_types = ("webhook",)
    wire_field = "webhook_id"

    webhook: int | str
    """The ID of the webhook."""


class _VerbatimTrigger(TriggerModel):
    """A trigger whose value holds the members of the campaign themselves."""

    wire_fields: ClassVar[tuple[str, ...]]
    """The members that belong to it, besides those whose names begin with the keyword."""

    @model_validator(mode="after")
    def _check_members(self) -> Self:
        members = getattr(self, self.keyword)
        problems = [
            *other_member_problems(members, self.wire_fields, (f"{self.keyword}_",)),
            *member_type_problems(members, {"filters": str}),
            *encoding_problems(members),
        ]
        raise_problems(((self.keyword, *path), text) for path, text in problems)
        return self

    @override
    @classmethod
    def encode(cls, trigger: Trigger, _names: Names, _current: WireCampaign, /) -> WireFields:
        return dict(trigger[cls.keyword])

    @override
    @classmethod
    def decode(cls, campaign: WireCampaign, _names: Names, /) -> Trigger | None:
        members = {name: campaign.get(name) for name in cls.wire_fields}
        members |= {n: v for n, v in campaign.items() if n.startswith(f"{cls.keyword}_")}
        return {
            cls.keyword: {n: value for n, value in members.items() if value not in EMPTY_VALUES}
        }


class ObjectTrigger(_VerbatimTrigger):
    """A change of an object starts the campaign for the people related to it."""

    keyword = "object"
    wire_types = ("object",)
    wire_fields = ("object_campaign", "object_attribute_triggers", "audience", "filters")

    object: Annotated[dict[str, Any], Field(min_length=1)]
    """Its members as Customer.io returns them: `object_campaign`, `object_attribute_triggers`,
    `audience`. No source records their contents."""


class RelationshipTrigger(_VerbatimTrigger):
    """A change of a relationship starts the campaign."""

    keyword = "relationship"
    wire_types = ("relationship",)
    wire_fields = ("relationship_campaign", "audience", "filters")
    supports_reentry = False

    relationship: Annotated[dict[str, Any], Field(min_length=1)]
    """Its members as Customer.io returns them: `relationship_campaign`, `audience`."""


class ApiTrigger(AudienceTrigger):
    """An API call starts the campaign."""

    keyword = "api"
    wire_types = ("triggered_broadcast", "api_triggered")
    supports_reentry = False

    api: Literal[True]

    @override
    @classmethod
    def encode(cls, trigger: Trigger, names: Names, _current: WireCampaign, /) -> WireFields:
        return encode_audience(trigger, names)

    @override
    @classmethod
    def decode(cls, campaign: WireCampaign, names: Names, /) -> Trigger | None:
        return {"api": True, **decode_audience(campaign, names)}


class BehavioralTrigger(AudienceTrigger):
    """Entering a segment starts the campaign, in the old way. Customer.io takes no new ones."""

    keyword = "behavioral"
    wire_types = ("behavioral",)

    behavioral: BranchCondition

    @override
    @classmethod
    def encode(cls, trigger: Trigger, names: Names, _current: WireCampaign, /) -> WireFields:
        anchors = conditions.compile_encoded_filter(trigger["behavioral"], names)
        return {"anchors": anchors, **encode_audience(trigger, names)}

    @override
    @classmethod
    def decode(cls, campaign: WireCampaign, names: Names, /) -> Trigger | None:
        anchors = conditions.decompile_branch_condition(campaign.get("anchors") or "", names)
        return {"behavioral": anchors, **decode_audience(campaign, names)}


TRIGGER_TYPES: Final[Mapping[str, type[TriggerModel]]] = {
    model.keyword: model
    for model in (
        EventTrigger,
        DateTrigger,
        FormTrigger,
        ObjectTrigger,
        RelationshipTrigger,
        WebhookTrigger,
        ApiTrigger,
        BehavioralTrigger,
    )
}
"""The trigger types by keyword. A trigger without a keyword is a condition: `seg_attr`."""

SEGMENTS_AND_ATTRIBUTES: Final = "seg_attr"
"""Customer.io's type of a trigger that is a condition of segments and attributes."""


def trigger_type_of(trigger: Trigger) -> type[TriggerModel] | None:
    """Return the type of a trigger; None for a condition of segments and attributes."""
    return next((model for keyword, model in TRIGGER_TYPES.items() if keyword in trigger), None)


def is_raw_trigger(trigger: JsonValue) -> bool:
    """Return whether a trigger is `raw` with Customer.io's `type`.

    A condition of segments and attributes may be `raw` too, but has no `type`.
    """
    raw = trigger.get("raw") if isinstance(trigger, dict) else None
    return isinstance(raw, dict) and isinstance(raw.get("type"), str)


def parse_typed_trigger(trigger: Mapping[str, JsonValue]) -> Trigger:
    """Return a trigger that has a keyword in canonical form.

    Raises ValidationError if a field is invalid.
    """
    keyword = next(keyword for keyword in TRIGGER_TYPES if keyword in trigger)
    model = TRIGGER_TYPES[keyword].model_validate(dict(trigger))
    fields: Trigger = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {keyword: fields.pop(keyword), **fields}


def decode_typed_trigger(campaign: WireCampaign, names: Names) -> Trigger | None:
    """Return the trigger of a campaign, or None if no trigger type can express it."""
    wire_type = campaign.get("type")
    model = next((m for m in TRIGGER_TYPES.values() if wire_type in m.wire_types), None)
    trigger = model.decode(campaign, names) if model else None
    if trigger is None:
        return None
    try:
        return parse_typed_trigger(trigger)
    except ValueError:
        return None
