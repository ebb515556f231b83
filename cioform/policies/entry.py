"""Whether only people of certain segments can enter a campaign."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from cioform.core.data.json_value import Json


def enters_only_from(trigger: Json, segments: Collection[str]) -> bool:
    """Return whether a trigger lets in only people who are in one of the segments.

    The trigger is a condition of segments itself, or something else with an `audience`.
    """
    if not isinstance(trigger, Mapping):
        return False
    return _requires_one(trigger, segments) or _requires_one(trigger.get("audience"), segments)


def _requires_one(condition: Json, segments: Collection[str]) -> bool:
    """Return whether everyone who meets a condition is in one of the segments."""
    if not isinstance(condition, Mapping):
        return False
    if "segment" in condition:
        return condition["segment"] in segments
    every, some = condition.get("all"), condition.get("any")
    if isinstance(every, list):
        return any(_requires_one(each, segments) for each in every)
    if isinstance(some, list):
        return bool(some) and all(_requires_one(each, segments) for each in some)
    return False
