"""What brings people into a campaign and how they come again, both ways (journeys facts, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cioform.core.json_value import Attributes, Plain
from cioform.kinds.campaign.field_types import condition_for, period_of, seconds_of
from cioform.kinds.campaign.trigger_types import (
    SEGMENTS_AND_ATTRIBUTES,
    SORTS,
    canonical_trigger,
    decode_sort,
    sort_of,
)
from cioform.language import conditions
from cioform.language.conditions import Place
from cioform.model.names import Names

_OTHER_TRIGGERS: Final = (
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
_FAMILIES: Final = ("date_", "object_", "relationship_", "webhook_")
_NOTHING: Final[tuple[Plain, ...]] = (None, "", [], {})
_NO_CAP: Final = "no_cap"


def read_trigger(value: Any) -> dict[str, Plain]:
    """Give the canonical form of a trigger as a file has it. Raises ValidationError."""
    if isinstance(value, Mapping) and any(head in value for head in SORTS):
        return canonical_trigger(value)
    return condition_for(Place.TRIGGER)(value)


def trigger_types(attributes: Attributes) -> tuple[str, ...]:
    """Give the remote's types for the trigger that a file asks for, the one we write first."""
    if "raw_trigger" in attributes:
        return (str(attributes["raw_trigger"]["type"]),)
    sort = sort_of(attributes["trigger"])
    return sort.types if sort else (SEGMENTS_AND_ATTRIBUTES,)


def recipients(
    attributes: Attributes, names: Names, current: Mapping[str, Plain]
) -> dict[str, Plain]:
    """Give the whole body of update type `recipients`, which replaces everything: what we have
    no field for is sent back as it was read in `current`."""
    types = trigger_types(attributes)
    there = current.get("type")
    fields: dict[str, Plain] = {"type": there if there in types else types[0]}
    again = True
    if "raw_trigger" in attributes:
        fields |= attributes["raw_trigger"]
    elif sort := sort_of(attributes["trigger"]):
        fields |= sort.encode(attributes["trigger"], names, current)
        again = sort.comes_again
    else:
        fields["trigger"] = conditions.compile_trigger(attributes["trigger"], names)
    return fields | (_reentry_fields(attributes["reentry"], current) if again else {})


def _reentry_fields(reentry: Mapping[str, Plain], current: Mapping[str, Plain]) -> dict[str, Plain]:
    fields: dict[str, Plain] = {}
    if reentry["every_match"] or reentry.get("mode"):
        fields["restart_mode"] = reentry.get("mode") or "rematch"
    if "at_least_after" in reentry:
        fields["restart_min_interval"] = seconds_of(reentry["at_least_after"])
    elif current.get("restart_min_interval") is not None:
        fields["restart_min_interval"] = 0
    cap = reentry.get("frequency_cap") or current.get("frequency_cap_mode")
    return fields | ({"frequency_cap_mode": cap} if cap else {})


def decode_trigger(campaign: Mapping[str, Plain], names: Names) -> Attributes:
    """Give `trigger`, or `raw_trigger` where the grammar has no word for it; and `reentry`."""
    kind = campaign["type"]
    decoded: Attributes = {"raw_trigger": {"type": kind, **_other_fields(campaign)}}
    if kind == SEGMENTS_AND_ATTRIBUTES and campaign.get("trigger"):
        decoded = {"trigger": conditions.decompile_trigger(campaign["trigger"], names)}
    elif (trigger := decode_sort(campaign, names)) is not None:
        decoded = {"trigger": trigger}
    return {**decoded, "reentry": _decode_reentry(campaign)}


def _other_fields(campaign: Mapping[str, Plain]) -> dict[str, Plain]:
    return {
        name: value
        for name, value in campaign.items()
        if (name in _OTHER_TRIGGERS or name.startswith(_FAMILIES)) and value not in _NOTHING
    }


def _decode_reentry(campaign: Mapping[str, Plain]) -> dict[str, Plain]:
    mode, seconds = campaign.get("restart_mode"), campaign.get("restart_min_interval")
    reentry: dict[str, Plain] = {"every_match": mode == "rematch"}
    if mode and mode != "rematch":
        reentry["mode"] = mode
    if seconds:
        reentry["at_least_after"] = period_of(seconds)
    if campaign.get("frequency_cap_mode") not in (None, "", _NO_CAP):
        reentry["frequency_cap"] = campaign["frequency_cap_mode"]
    return reentry


def normal_trigger(trigger: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give a form in which triggers of one meaning are equal."""
    if sort_of(dict(trigger)) is None:
        return conditions.normal(trigger)
    normal = dict(trigger)
    for name in ("where", "audience", "behavioral"):
        if isinstance(normal.get(name), dict):
            normal[name] = conditions.normal(normal[name])
            if normal[name] == {"all": []} and name != "behavioral":
                del normal[name]
    return {name: _decoded_in(value) for name, value in normal.items()}


def normal_reentry(reentry: Mapping[str, Plain], trigger: Plain) -> dict[str, Plain]:
    """Give a form in which ways to come again of one meaning are equal. Where it cannot be chosen
    the remote says what it likes."""
    sort = sort_of(trigger) if isinstance(trigger, dict) else None
    if sort is not None and not sort.comes_again:
        return {"every_match": True}
    return {k: v for k, v in reentry.items() if (k, v) != ("frequency_cap", _NO_CAP)}


def normal_raw(raw: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give a raw trigger with its encoded arrays decoded: two encodings of one array are alike."""
    return {name: _decoded(value) for name, value in raw.items()}


def _decoded_in(value: Plain) -> Plain:
    """Give members that are kept as the remote holds them with their encoded arrays decoded."""
    return normal_raw(value) if isinstance(value, dict) and "filters" in value else value


def _decoded(value: Plain) -> Plain:
    try:
        return {"decoded": conditions.decode_text(value)} if isinstance(value, str) else value
    except ValueError:
        return value
