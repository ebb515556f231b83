"""The trigger of a campaign and re-entry, both ways (journeys facts, section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.kinds.campaign.field_types import (
    condition_parser,
    duration_to_seconds,
    seconds_to_duration,
)
from cioform.kinds.campaign.trigger_model import EMPTY_VALUES
from cioform.kinds.campaign.trigger_types import (
    SEGMENTS_AND_ATTRIBUTES,
    TRIGGER_TYPES,
    decode_typed_trigger,
    parse_typed_trigger,
    trigger_type_of,
)
from cioform.language import conditions
from cioform.language.conditions import ConditionContext
from cioform.model.names import Names

_TRIGGER_FIELDS: Final = (
    "trigger",
    "event",
    "event_type",
    "anchors",
    "filters",
    "attribute_filters",
    "frequency",
    "start_time",
    "zone",
    "fallback_zone",
    "lead_days",
    "audience",
)
_TRIGGER_FIELD_PREFIXES: Final = ("date_", "object_", "relationship_", "webhook_")
_NO_FREQUENCY_CAP: Final = "no_cap"


def parse_trigger(value: Any) -> dict[str, JsonValue]:
    """Return the trigger of a file in canonical form. Raise ValidationError if it is invalid."""
    if isinstance(value, Mapping) and any(keyword in value for keyword in TRIGGER_TYPES):
        return parse_typed_trigger(value)
    return condition_parser(ConditionContext.TRIGGER)(value)


def wire_trigger_types(attributes: Attributes) -> tuple[str, ...]:
    """Return Customer.io's types for the trigger of a file, first the one that cioform writes."""
    raw_trigger = attributes.get("raw_trigger", UNKNOWN)
    if raw_trigger is not UNKNOWN:
        return (str(raw_trigger["type"]),)
    model = trigger_type_of(attributes["trigger"])
    return model.wire_types if model else (SEGMENTS_AND_ATTRIBUTES,)


def trigger_name(attributes: Attributes) -> str:
    """Return the keyword of a trigger in quotes, or `segments and attributes` without quotes."""
    raw_trigger = attributes.get("raw_trigger", UNKNOWN)
    if raw_trigger is not UNKNOWN:
        return f"`{raw_trigger['type']}`"
    model = trigger_type_of(attributes["trigger"])
    return f"`{model.keyword}`" if model else "segments and attributes"


def encode_recipients(
    attributes: Attributes, names: Names, current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the whole body of update type `recipients`, which replaces everything.

    Members that have no field are sent back as they were read in `current`.
    """
    types = wire_trigger_types(attributes)
    current_type = current.get("type")
    members: dict[str, JsonValue] = {"type": current_type if current_type in types else types[0]}
    supports_reentry = True
    if "raw_trigger" in attributes:
        members |= attributes["raw_trigger"]
    elif model := trigger_type_of(attributes["trigger"]):
        members |= model.encode(attributes["trigger"], names, current)
        supports_reentry = model.supports_reentry
    else:
        members["trigger"] = conditions.compile_trigger(attributes["trigger"], names)
    if not supports_reentry:
        return members
    return members | _encode_reentry(attributes["reentry"], current)


def _encode_reentry(
    reentry: Mapping[str, JsonValue], current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = {}
    if reentry["every_match"] or reentry.get("mode"):
        members["restart_mode"] = reentry.get("mode") or "rematch"
    if "at_least_after" in reentry:
        members["restart_min_interval"] = duration_to_seconds(reentry["at_least_after"])
    elif current.get("restart_min_interval") is not None:
        members["restart_min_interval"] = 0
    cap = reentry.get("frequency_cap") or current.get("frequency_cap_mode")
    return members | ({"frequency_cap_mode": cap} if cap else {})


def decode_trigger(campaign: Mapping[str, JsonValue], names: Names) -> Attributes:
    """Return `trigger`, or `raw_trigger` if no trigger type can express it, and `reentry`."""
    wire_type = campaign["type"]
    decoded: Attributes = {"raw_trigger": {"type": wire_type, **_raw_trigger_fields(campaign)}}
    if wire_type == SEGMENTS_AND_ATTRIBUTES and campaign.get("trigger"):
        decoded = {"trigger": conditions.decompile_trigger(campaign["trigger"], names)}
    elif (trigger := decode_typed_trigger(campaign, names)) is not None:
        decoded = {"trigger": trigger}
    return {**decoded, "reentry": _decode_reentry(campaign)}


def _raw_trigger_fields(campaign: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {
        name: value
        for name, value in campaign.items()
        if (name in _TRIGGER_FIELDS or name.startswith(_TRIGGER_FIELD_PREFIXES))
        and value not in EMPTY_VALUES
    }


def _decode_reentry(campaign: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    mode, seconds = campaign.get("restart_mode"), campaign.get("restart_min_interval")
    reentry: dict[str, JsonValue] = {"every_match": mode == "rematch"}
    if mode and mode != "rematch":
        reentry["mode"] = mode
    if seconds:
        reentry["at_least_after"] = seconds_to_duration(seconds)
    if campaign.get("frequency_cap_mode") not in (None, "", _NO_FREQUENCY_CAP):
        reentry["frequency_cap"] = campaign["frequency_cap_mode"]
    return reentry


def normalize_trigger(trigger: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a form in which triggers of the same meaning are equal."""
    if trigger_type_of(dict(trigger)) is None:
        return conditions.normalize_condition(trigger)
    normal = dict(trigger)
    for name in ("where", "audience", "behavioral"):
        if isinstance(normal.get(name), dict):
            normal[name] = conditions.normalize_condition(normal[name])
            if normal[name] == {"all": []} and name != "behavioral":
                del normal[name]
    return {name: _normalize_verbatim(value) for name, value in normal.items()}


def normalize_reentry(reentry: Mapping[str, JsonValue], trigger: JsonValue) -> dict[str, JsonValue]:
    """Return a form in which re-entry settings of the same meaning are equal.

    Where re-entry cannot be chosen, Customer.io may return anything.
    """
    model = trigger_type_of(trigger) if isinstance(trigger, dict) else None
    if model is not None and not model.supports_reentry:
        return {"every_match": True}
    return {k: v for k, v in reentry.items() if (k, v) != ("frequency_cap", _NO_FREQUENCY_CAP)}


def normalize_raw_trigger(raw: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a raw trigger with its encoded filters decoded, because encodings may differ."""
    return {name: _decode_if_encoded(value) for name, value in raw.items()}


def _normalize_verbatim(value: JsonValue) -> JsonValue:
    """Return members that are kept as Customer.io holds them with their filters decoded."""
    return normalize_raw_trigger(value) if isinstance(value, dict) and "filters" in value else value


def _decode_if_encoded(value: JsonValue) -> JsonValue:
    try:
        return {"decoded": conditions.decode_filter(value)} if isinstance(value, str) else value
    except ValueError:
        return value
