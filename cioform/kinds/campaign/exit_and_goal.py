"""The exit conditions and the goal of a campaign, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.field_types import (
    duration_to_seconds,
    raise_problems,
    seconds_to_duration,
)
from cioform.language import conditions
from cioform.language.conditions import ConditionContext
from cioform.language.conditions.grammar import leaves
from cioform.language.messages.message import NONE
from cioform.model.names import Names

_EVENT_GOAL_TYPE: Final = "perform_event"
_DEFAULT_GOAL_ACTION: Final = "receiving"
"""Both are recorded for newsletters, whose tracking has the same four members (journeys facts,
section 4, Update)."""


def parse_exit(value: Any) -> dict[str, JsonValue]:
    """Return an exit condition in canonical form. Raise ValidationError if it is invalid."""
    condition = conditions.parse(value)
    problems = conditions.problems(condition, ConditionContext.EXIT)
    # Customer.io silently stores null for anything but a segment (journeys facts, 4, Exit).
    text = (
        "Customer.io supports only segments as exit conditions, so this exit would never fire; "
        "define a segment for it and use that:\n\n    when: {segment: segment.done}"
    )
    problems += [(path, text) for path, leaf in leaves(condition) if "attribute" in leaf]
    raise_problems(problems)
    return condition


def encode_exit(exit_settings: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the body of update type `exit_conditions`, the only one that stores them."""
    when = exit_settings.get("when")
    return {
        "global_exit_conditions": conditions.compile_exit(when, names) if when else [],
        "exit_on_trigger_or_filter_not_matched": exit_settings["on_trigger_unmatched"],
    }


def decode_exit(campaign: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return `exit`."""
    exit_settings: dict[str, JsonValue] = {
        "on_trigger_unmatched": bool(campaign.get("exit_on_trigger_or_filter_not_matched"))
    }
    if campaign.get("global_exit_conditions"):
        exit_settings["when"] = conditions.decompile_exit(campaign["global_exit_conditions"], names)
    return exit_settings


def encode_goal(goal: JsonValue) -> dict[str, JsonValue]:
    """Return the body of update type `exit_and_conversion`."""
    if goal == NONE:
        return dict.fromkeys(
            ("conversion", "conversion_type", "conversion_action", "conversion_window")
        )
    members = {
        "conversion_action": goal["counted_from"],
        "conversion_type": _EVENT_GOAL_TYPE,
        "conversion": goal.get("event"),
        **goal.get("raw", {}),
    }
    if "within" in goal:
        members["conversion_window"] = duration_to_seconds(goal["within"])
    return members


def decode_goal(campaign: Mapping[str, JsonValue]) -> JsonValue:
    """Return `goal`: `none`, an event, or `raw` members of another type."""
    goal_type, conversion = campaign.get("conversion_type"), campaign.get("conversion")
    if not goal_type and not conversion:
        return NONE
    goal: dict[str, JsonValue] = {
        "counted_from": campaign.get("conversion_action") or _DEFAULT_GOAL_ACTION
    }
    if goal_type == _EVENT_GOAL_TYPE and isinstance(conversion, str):
        goal["event"] = conversion
    else:
        goal["raw"] = {"conversion_type": goal_type, "conversion": conversion}
    if campaign.get("conversion_window"):
        goal["within"] = seconds_to_duration(campaign["conversion_window"])
    return goal
