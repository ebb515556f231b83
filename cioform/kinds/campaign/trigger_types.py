"""The sorts of trigger: what a file says of each, and the remote's fields, both ways (journeys
facts, section 4, Types)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.field_types import BranchCondition, EventCondition
from cioform.kinds.campaign.steps.waits import PERSON_ZONE, TimeOfDay
from cioform.language import conditions
from cioform.model.names import Names
from cioform.model.resource import ResourceModel

Trigger = dict[str, JsonValue]
WireFields = dict[str, JsonValue]
WireCampaign = Mapping[str, JsonValue]

_EMPTY_FILTER: Final = conditions.encode_filter([])
_EMPTY_VALUES: Final[tuple[JsonValue, ...]] = (None, "", [], {})
_WIRE_PERSON_ZONE: Final = "customer_time_zone"


class AudienceTrigger(ResourceModel):
    """A trigger that may be narrowed to some people."""

    audience: BranchCondition | None = None
    """Whom it brings in at all: a condition of attributes and segments that must all hold."""


class EventTrigger(AudienceTrigger):
    """An event brings people in."""

    event: Annotated[str, Field(min_length=1)]
    where: EventCondition | None = None
    """A test on the event's own attributes."""


class DateTrigger(AudienceTrigger):
    """A date in an attribute brings people in."""

    date: Annotated[str, Field(min_length=1)]
    """The attribute that holds the date."""
    repeats: Literal["once", "monthly", "yearly"] = "once"
    at: TimeOfDay = "09:00"
    """At what time of the day."""
    zone: Annotated[str, Field(min_length=1)]
    """The time zone that counts; `person` for each person's own."""
    fallback: Annotated[str | None, Field(min_length=1)] = None
    """The zone of people whose own is not known."""
    days_before: Annotated[int | None, Field(ge=1)] = None
    days_after: Annotated[int | None, Field(ge=1)] = None

    @model_validator(mode="after")
    def _check_offset_and_fallback(self) -> DateTrigger:
        if self.days_before is not None and self.days_after is not None:
            raise ValueError("say `days_before` or `days_after`, not both")
        if self.fallback is not None and self.zone != PERSON_ZONE:
            raise ValueError("`fallback` is for `zone: person` only; take it out")
        return self


class FormTrigger(AudienceTrigger):
    """A form that somebody sent brings them in."""

    form: Annotated[str, Field(min_length=1)]


class ObjectTrigger(ResourceModel):
    """A change of an object brings in the people who belong to it."""

    object: Annotated[dict[str, Any], Field(min_length=1)]
    """Its members as Customer.io holds them: `object_campaign`, `object_attribute_triggers`,
    `audience`. What stands in them no source records."""


class RelationshipTrigger(ResourceModel):
    """A change of a relationship brings people in."""

    relationship: Annotated[dict[str, Any], Field(min_length=1)]
    """Its members as Customer.io holds them: `relationship_campaign`, `audience`."""


class WebhookTrigger(AudienceTrigger):
    """A call from another system brings people in."""

    webhook: int | str
    """The id of the webhook."""


class ApiTrigger(AudienceTrigger):
    """A call of the API brings people in."""

    api: Literal[True]


class BehavioralTrigger(AudienceTrigger):
    """The old way to bring people of segments in. It can be read and kept, not made anew."""

    behavioral: BranchCondition


@dataclass(frozen=True, slots=True)
class TriggerType:
    """A sort of trigger."""

    wire_types: tuple[str, ...]
    """The remote's types for it, the one that we write first."""
    model: type[ResourceModel]
    encode: Callable[[Trigger, Names, WireCampaign], WireFields]
    """`current` is the campaign as read: where a spelling is open, the one read is kept."""
    decode: Callable[[WireCampaign, Names], Trigger | None]
    """None for what the words cannot say."""
    supports_reentry: bool = True
    """Whether re-entry can be chosen."""


def _encode_audience(trigger: Trigger, names: Names) -> WireFields:
    audience = trigger.get("audience")
    return {
        "filters": conditions.compile_encoded_filter(audience, names) if audience else _EMPTY_FILTER
    }


def _decode_audience(campaign: WireCampaign, names: Names, *fields: str) -> Trigger:
    """Give whom a trigger is narrowed to: what all of `fields` say together."""
    parts = [
        condition
        for name in fields
        if (condition := conditions.decompile_encoded_filter(campaign.get(name) or "", names))
        != {"all": []}
    ]
    if not parts:
        return {}
    return {"audience": parts[0] if len(parts) == 1 else {"all": parts}}


def _encode_event(trigger: Trigger, names: Names, current: WireCampaign) -> WireFields:
    del current
    where = trigger.get("where")
    return {
        "event": trigger["event"],
        "event_type": "event",
        "anchors": _EMPTY_FILTER,
        **_encode_audience(trigger, names),
        "attribute_filters": conditions.compile_attribute_filters(where, names) if where else None,
    }


def _decode_event(campaign: WireCampaign, names: Names) -> Trigger | None:
    if campaign.get("event_type") not in ("event", "", None) or not campaign.get("event"):
        return None
    trigger: Trigger = {"event": campaign["event"]}
    if campaign.get("attribute_filters"):
        where = conditions.decompile_attribute_filters(campaign["attribute_filters"], names)
        trigger["where"] = where
    # Both arrays narrow who comes in; what we write stands in `filters`.
    return trigger | _decode_audience(campaign, names, "anchors", "filters")


_DATE_FIELDS: Final = {
    "repeats": "frequency",
    "at": "start_time",
    "zone": "zone",
    "fallback": "fallback_zone",
    "lead": "lead_days",
}
_DATE_PREFIX: Final = "date_triggered_"
"""What the names of the members of a date trigger begin with. Known of the attribute; of the
others likely, so both are read (journeys facts, section 4, Types)."""


def _encode_date(trigger: Trigger, names: Names, current: WireCampaign) -> WireFields:
    said: WireFields = {
        "frequency": trigger["repeats"],
        "start_time": trigger["at"],
        "zone": _WIRE_PERSON_ZONE if trigger["zone"] == PERSON_ZONE else trigger["zone"],
        "fallback_zone": trigger.get("fallback", ""),
        "lead_days": trigger.get("days_before", -trigger.get("days_after", 0)),
    }
    plain = any(current.get(name) not in _EMPTY_VALUES for name in _DATE_FIELDS.values())
    members = {name if plain else _DATE_PREFIX + name: value for name, value in said.items()}
    return {
        _DATE_PREFIX + "attribute": trigger["date"],
        **members,
        **_encode_audience(trigger, names),
    }


def _decode_date(campaign: WireCampaign, names: Names) -> Trigger | None:
    wire = {w: campaign.get(_DATE_PREFIX + n) or campaign.get(n) for w, n in _DATE_FIELDS.items()}
    trigger: Trigger = {"date": campaign.get(_DATE_PREFIX + "attribute")}
    trigger |= {word: wire[word] for word in ("repeats", "at") if wire[word] not in _EMPTY_VALUES}
    trigger["zone"] = PERSON_ZONE if wire["zone"] == _WIRE_PERSON_ZONE else wire["zone"]
    if wire["fallback"]:
        trigger["fallback"] = wire["fallback"]
    if wire["lead"]:
        trigger["days_before" if wire["lead"] > 0 else "days_after"] = abs(wire["lead"])
    return trigger | _decode_audience(campaign, names, "filters")


def _single_field_codec(keyword: str, wire_field: str) -> tuple[Any, Any]:
    def encode(trigger: Trigger, names: Names, current: WireCampaign) -> WireFields:
        del current
        return {wire_field: trigger[keyword], **_encode_audience(trigger, names)}

    def decode(campaign: WireCampaign, names: Names) -> Trigger | None:
        return {keyword: campaign.get(wire_field), **_decode_audience(campaign, names, "filters")}

    return encode, decode


_VERBATIM_FIELDS: Final = {
    "object": ("object_campaign", "object_attribute_triggers", "audience", "filters"),
    "relationship": ("relationship_campaign", "audience", "filters"),
}


def _verbatim_codec(keyword: str) -> tuple[Any, Any]:
    def encode(trigger: Trigger, names: Names, current: WireCampaign) -> WireFields:
        del names, current
        return dict(trigger[keyword])

    def decode(campaign: WireCampaign, names: Names) -> Trigger | None:
        del names
        said = {name: campaign.get(name) for name in _VERBATIM_FIELDS[keyword]}
        said |= {n: v for n, v in campaign.items() if n.startswith(f"{keyword}_")}
        return {
            keyword: {name: value for name, value in said.items() if value not in _EMPTY_VALUES}
        }

    return encode, decode


def _encode_api(trigger: Trigger, names: Names, current: WireCampaign) -> WireFields:
    del current
    return _encode_audience(trigger, names)


def _decode_api(campaign: WireCampaign, names: Names) -> Trigger | None:
    return {"api": True, **_decode_audience(campaign, names, "filters")}


def _encode_behavioral(trigger: Trigger, names: Names, current: WireCampaign) -> WireFields:
    del current
    anchors = conditions.compile_encoded_filter(trigger["behavioral"], names)
    return {"anchors": anchors, **_encode_audience(trigger, names)}


def _decode_behavioral(campaign: WireCampaign, names: Names) -> Trigger | None:
    anchors = conditions.decompile_encoded_filter(campaign.get("anchors") or "", names)
    return {"behavioral": anchors, **_decode_audience(campaign, names, "filters")}


TRIGGER_TYPES: Final[Mapping[str, TriggerType]] = {
    "event": TriggerType(("transactional",), EventTrigger, _encode_event, _decode_event),
    "date": TriggerType(("date",), DateTrigger, _encode_date, _decode_date),
    "form": TriggerType(("form",), FormTrigger, *_single_field_codec("form", "event")),
    "object": TriggerType(("object",), ObjectTrigger, *_verbatim_codec("object")),
    "relationship": TriggerType(
        ("relationship",),
        RelationshipTrigger,
        *_verbatim_codec("relationship"),
        supports_reentry=False,
    ),
    "webhook": TriggerType(
        ("webhook",), WebhookTrigger, *_single_field_codec("webhook", "webhook_id")
    ),
    "api": TriggerType(
        ("triggered_broadcast", "api_triggered"),
        ApiTrigger,
        _encode_api,
        _decode_api,
        supports_reentry=False,
    ),
    "behavioral": TriggerType(
        ("behavioral",), BehavioralTrigger, _encode_behavioral, _decode_behavioral
    ),
}
"""By the word that opens the trigger. One that opens with none is a condition: `seg_attr`."""

SEGMENTS_AND_ATTRIBUTES: Final = "seg_attr"


def trigger_type_of(trigger: Trigger) -> TriggerType | None:
    """Give the sort of a trigger, None for a condition of segments and attributes."""
    return next((sort for head, sort in TRIGGER_TYPES.items() if head in trigger), None)


def parse_typed_trigger(trigger: Mapping[str, Any]) -> Trigger:
    """Give a trigger with one of the words of `SORTS` in canonical form. Raises ValidationError."""
    head = next(head for head in TRIGGER_TYPES if head in trigger)
    model = TRIGGER_TYPES[head].model.model_validate(dict(trigger))
    read: Trigger = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {head: read.pop(head), **read}


def decode_typed_trigger(campaign: WireCampaign, names: Names) -> Trigger | None:
    """Give the trigger of a campaign in the words of its sort, None where they cannot say it."""
    sort = next((s for s in TRIGGER_TYPES.values() if campaign["type"] in s.wire_types), None)
    trigger = sort.decode(campaign, names) if sort else None
    if trigger is None:
        return None
    try:
        return parse_typed_trigger(trigger)
    except ValueError:
        return None
