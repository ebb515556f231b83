"""What brings people into a campaign and what lets them leave, both ways (journeys facts, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.base.value import Attributes, Duration, Plain
from cioform.language import conditions
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
_EMPTY: Final = conditions.encode_text([])


def trigger_type(attributes: Attributes) -> str:
    """Give the remote's type of the trigger that a file asks for."""
    if "raw_trigger" in attributes:
        return str(attributes["raw_trigger"]["type"])
    return "transactional" if "event" in attributes["trigger"] else "seg_attr"


def recipients(
    attributes: Attributes, names: Names, current: Mapping[str, Plain]
) -> dict[str, Plain]:
    """Give the whole body of update type `recipients`, which replaces everything: what we have
    no field for is sent back as it was read in `current`."""
    fields: dict[str, Plain] = {"type": trigger_type(attributes)}
    if "raw_trigger" in attributes:
        fields |= attributes["raw_trigger"]
    elif fields["type"] == "transactional":
        fields |= _event_fields(attributes["trigger"], names)
    else:
        fields["trigger"] = conditions.compile_trigger(attributes["trigger"], names)
    return fields | _reentry_fields(attributes["reentry"], current)


def _event_fields(trigger: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    audience, where = trigger.get("audience"), trigger.get("where")
    return {
        "event": trigger["event"],
        "event_type": "event",
        "anchors": _EMPTY,
        "filters": conditions.compile_encoded(audience, names) if audience else _EMPTY,
        "attribute_filters": (
            conditions.compile_attribute_filters(where, names) if where else None
        ),
    }


def _reentry_fields(reentry: Mapping[str, Plain], current: Mapping[str, Plain]) -> dict[str, Plain]:
    fields: dict[str, Plain] = {}
    if reentry["every_match"] or reentry.get("mode"):
        fields["restart_mode"] = reentry.get("mode") or "rematch"
    if "at_least_after" in reentry:
        fields["restart_min_interval"] = Duration.parse(reentry["at_least_after"]).seconds
    elif current.get("restart_min_interval") is not None:
        fields["restart_min_interval"] = 0
    if current.get("frequency_cap_mode"):
        fields["frequency_cap_mode"] = current["frequency_cap_mode"]
    return fields


def decode_trigger(campaign: Mapping[str, Plain], names: Names) -> Attributes:
    """Give `trigger`, or `raw_trigger` where the grammar has no word for it; and `reentry`."""
    kind = campaign["type"]
    if kind == "transactional" and campaign.get("event_type") in ("event", "", None):
        decoded: Attributes = {"trigger": _decode_event(campaign, names)}
    elif kind == "seg_attr" and campaign.get("trigger"):
        decoded = {"trigger": conditions.decompile_trigger(campaign["trigger"], names)}
    else:
        decoded = {"raw_trigger": {"type": kind, **_other_fields(campaign)}}
    return {**decoded, "reentry": _decode_reentry(campaign)}


def _decode_event(campaign: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    trigger: dict[str, Plain] = {"event": campaign["event"]}
    if campaign.get("attribute_filters"):
        trigger["where"] = conditions.decompile_attribute_filters(
            campaign["attribute_filters"], names
        )
    # Both arrays narrow who comes in; what we write stands in `filters`.
    parts = [
        condition
        for text in (campaign.get("anchors"), campaign.get("filters"))
        if (condition := conditions.decompile_encoded(text or "", names)) != {"all": []}
    ]
    if parts:
        trigger["audience"] = parts[0] if len(parts) == 1 else {"all": parts}
    return trigger


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
        reentry["at_least_after"] = str(Duration(int(seconds)))
    return reentry


def exit_fields(leaving: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give the body of update type `exit_conditions`, the only one where they stick."""
    when = leaving.get("when")
    return {
        "global_exit_conditions": conditions.compile_exit(when, names) if when else [],
        "exit_on_trigger_or_filter_not_matched": leaving["on_trigger_unmatched"],
    }


def decode_exit(campaign: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give `exit`."""
    leaving: dict[str, Plain] = {
        "on_trigger_unmatched": bool(campaign.get("exit_on_trigger_or_filter_not_matched"))
    }
    if campaign.get("global_exit_conditions"):
        leaving["when"] = conditions.decompile_exit(campaign["global_exit_conditions"], names)
    return leaving


def normal_trigger(trigger: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give a form in which triggers of one meaning are equal."""
    if "event" not in trigger:
        return conditions.normal(trigger)
    normal: dict[str, Plain] = {"event": trigger["event"]}
    for name in ("where", "audience"):
        if name in trigger and (condition := conditions.normal(trigger[name])) != {"all": []}:
            normal[name] = condition
    return normal


def normal_raw(raw: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give a raw trigger with its encoded arrays decoded: two encodings of one array are alike."""
    return {name: _decoded(value) for name, value in raw.items()}


def _decoded(value: Plain) -> Plain:
    try:
        return {"decoded": conditions.decode_text(value)} if isinstance(value, str) else value
    except ValueError:
        return value
