"""Triggers that Customer.io refuses, found before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue, KindFields
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.kinds.campaign.trigger.encoding import (
    encode_recipients,
    is_known_trigger_type,
    wire_trigger_types,
)
from cioform.kinds.campaign.trigger.trigger_model import EMPTY_VALUES
from cioform.kinds.campaign.trigger.trigger_types import BehavioralTrigger, is_raw_trigger
from cioform.model.hints import IMPORT_COMMAND
from cioform.model.references.names import Names

_REQUIRED_MEMBERS: Final[Mapping[str, str]] = {
    "seg_attr": "trigger",
    "behavioral": "anchors",
    "transactional": "event",
    "date": "date_triggered_attribute",
    "form": "event",
    "object": "object_campaign",
    "relationship": "relationship_campaign",
    "webhook": "webhook_id",
}
"""The member without which Customer.io refuses a trigger, by its type (journeys facts, 4)."""

_SCHEDULE: Final = frozenset({"frequency", "start_time", "zone", "fallback_zone", "lead_days"})
_OTHER_MEMBERS: Final[Mapping[str, frozenset[str]]] = {
    "none": frozenset(),
    "seg_attr": frozenset({"trigger"}),
    "behavioral": frozenset({"anchors", "filters"}),
    "transactional": frozenset({"event", "event_type", "anchors", "filters", "attribute_filters"}),
    "date": _SCHEDULE | {"filters"},
    "form": frozenset({"event", "filters"}),
    "object": frozenset({"audience", "filters"}),
    "relationship": frozenset({"audience", "filters"}),
    "webhook": frozenset({"filters"}),
    "triggered_broadcast": frozenset({"filters"}),
    "api_triggered": frozenset({"filters"}),
}
"""The members that a trigger of each type has, besides those that begin with the name of the type
(journeys facts, 4)."""

_AUDIENCE_SELF: Final = (
    "The trigger has the `audience` of type 0, which is the object itself, and Customer.io refuses "
    "that for a trigger of type `object`. Use type 1, for all people related to the object."
)


def checked_recipients(
    attributes: KindFields, names: Names, current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return the body that writes a trigger. Raises PlanError if Customer.io would refuse it."""
    members = encode_recipients(attributes, names, current)
    wire_type = str(members["type"])
    if wire_type in BehavioralTrigger.wire_types and current.get("type") != wire_type:
        raise PlanError.of(
            "Unsupported trigger type",
            f"Customer.io no longer accepts campaigns of type `{wire_type}` if they are new. Write "
            "the condition as the trigger itself, such as:\n\n    trigger: {segment: vip}",
        )
    _reject_incomplete(wire_type, members)
    if is_raw_trigger(attributes["trigger"]):
        _reject_other_members(wire_type, attributes["trigger"]["raw"], current)
    audience = members.get("audience")
    if wire_type == "object" and isinstance(audience, dict) and audience.get("type") == 0:
        raise PlanError.of("Unsupported audience", _AUDIENCE_SELF)
    return members


def _reject_incomplete(wire_type: str, members: Mapping[str, JsonValue]) -> None:
    required = _REQUIRED_MEMBERS.get(wire_type)
    if required is not None and members.get(required) in EMPTY_VALUES:
        raise PlanError.of(
            "Trigger incomplete",
            f"Customer.io refuses a trigger of type `{wire_type}` without `{required}`. Add it. "
            "To see its form, create such a campaign in Customer.io and import it.",
        )


def _reject_other_members(
    wire_type: str, raw: Mapping[str, JsonValue], current: Mapping[str, JsonValue]
) -> None:
    """Raise PlanError for members that Customer.io drops, unless it has them already."""
    own = _OTHER_MEMBERS.get(wire_type)
    for name, value in raw.items() if own is not None else ():
        is_own = name in (own or ()) or name == "type" or name.startswith(f"{wire_type}_")
        if not is_own and value not in EMPTY_VALUES and current.get(name) != value:
            raise PlanError.of(
                "Member of another trigger type",
                f"The trigger has `{name}` under `raw`, but Customer.io does not store that in a "
                f"trigger of type `{wire_type}`. Remove it.",
            )


def reject_impossible_trigger(attributes: KindFields) -> None:
    """Raise PlanError if no new campaign can have the trigger."""
    trigger = attributes["trigger"]
    if is_raw_trigger(trigger) and not trigger["raw"]["type"]:
        raise PlanError.of(
            "Unknown trigger type",
            "The trigger has no `type` under `raw`, so the campaign cannot be created. Write the "
            "trigger with its keyword, such as:\n\n    trigger: {event: signed_up}",
        )
    (wire_type, *_) = wire_trigger_types(attributes)
    if not is_known_trigger_type(wire_type):
        raise PlanError.of(
            "Unknown trigger type",
            f"The trigger has the type `{wire_type}`, and cioform knows no such type, "
            "so the campaign cannot be created. Correct the `type`, or create the campaign in "
            "Customer.io, then write it to the file:\n\n" + IMPORT_COMMAND,
        )


def reject_trigger_type_change(campaign: JsonValue, attributes: KindFields) -> None:
    """Raise PlanError if a campaign that exists has a trigger of another type."""
    live_type, wanted_types = campaign.get("type"), wire_trigger_types(attributes)
    if live_type in ("none", *wanted_types):
        return
    if live_type is None or not is_known_trigger_type(str(live_type)):
        shown = "no type" if live_type is None else f"the type `{live_type}`"
        raise PlanError.of(
            "Unknown trigger type",
            f"The campaign {quoted(attributes['name'])} has {shown} in Customer.io, which cioform "
            "does not know, so it cannot tell how its trigger is written. Change the trigger in "
            "Customer.io, then write it to the file:\n\n" + IMPORT_COMMAND,
        )
    raise PlanError.of(
        "Trigger type cannot change",
        f"The trigger of the campaign {quoted(attributes['name'])} is of type `{live_type}`, and "
        f"the new one would be of type `{wanted_types[0]}`. Customer.io cannot change the type of "
        "a trigger. Keep the old type, or create a new campaign with another `name`.",
    )
