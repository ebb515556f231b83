"""How people leave a campaign before its end, and what counts as its success."""

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
"""Both are recorded of newsletters, whose tracking has the same four members (journeys facts,
section 4, Update)."""


def parse_exit(value: Any) -> dict[str, JsonValue]:
    """Give the canonical form of an exit condition. Raises ValidationError."""
    condition = conditions.parse(value)
    found = conditions.problems(condition, ConditionContext.EXIT)
    # What is no segment is kept as null without a word (journeys facts, section 4, Exit).
    text = (
        "the remote lets people leave by segments only, so that this exit would never fire; "
        "make it a segment and name it:\n\n    when: {segment: segment.done}"
    )
    found += [(path, text) for path, leaf in leaves(condition) if "attribute" in leaf]
    raise_problems(found)
    return condition


def encode_exit(exit_settings: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Give the body of update type `exit_conditions`, the only one where they stick."""
    when = exit_settings.get("when")
    return {
        "global_exit_conditions": conditions.compile_exit(when, names) if when else [],
        "exit_on_trigger_or_filter_not_matched": exit_settings["on_trigger_unmatched"],
    }


def decode_exit(campaign: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Give `exit`."""
    leaving: dict[str, JsonValue] = {
        "on_trigger_unmatched": bool(campaign.get("exit_on_trigger_or_filter_not_matched"))
    }
    if campaign.get("global_exit_conditions"):
        leaving["when"] = conditions.decompile_exit(campaign["global_exit_conditions"], names)
    return leaving


def encode_goal(goal: JsonValue) -> dict[str, JsonValue]:
    """Give the body of update type `exit_and_conversion`."""
    if goal == NONE:
        return dict.fromkeys(
            ("conversion", "conversion_type", "conversion_action", "conversion_window")
        )
    said = {
        "conversion_type": _EVENT_GOAL_TYPE,
        "conversion": goal.get("event"),
        **goal.get("raw", {}),
    }
    within = {"conversion_window": duration_to_seconds(goal["within"])} if "within" in goal else {}
    return {"conversion_action": goal["counted_from"], **said, **within}


def decode_goal(campaign: Mapping[str, JsonValue]) -> JsonValue:
    """Give `goal`: `none`, an event, or `raw` members of another sort."""
    kind, what = campaign.get("conversion_type"), campaign.get("conversion")
    if not kind and not what:
        return NONE
    goal: dict[str, JsonValue] = {
        "counted_from": campaign.get("conversion_action") or _DEFAULT_GOAL_ACTION
    }
    if kind == _EVENT_GOAL_TYPE and isinstance(what, str):
        goal["event"] = what
    else:
        goal["raw"] = {"conversion_type": kind, "conversion": what}
    if campaign.get("conversion_window"):
        goal["within"] = seconds_to_duration(campaign["conversion_window"])
    return goal
