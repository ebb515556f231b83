"""Conditions in `raw` that a write of a segment can have (journeys facts, section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.errors import PlanError
from cioform.language.conditions.encoding.event_filters import is_group
from cioform.language.conditions.values import MAX_WIRE_DEPTH, is_too_deep
from cioform.model.values.flow_yaml import flow_value

_TYPES: Final = frozenset(
    {"event", "segment", "device_change", "relationship", "related_object_attribute"}
    | {"relationship_attribute", "optout", "message"}
)
"""Every recorded condition has one of these members."""


def reject_unknown_conditions(wire: JsonValue, live: JsonValue = None) -> None:
    """Raise PlanError if the tree of a segment has a condition that Customer.io refuses.

    Conditions that are already in `live`, the tree as read, are allowed.
    """
    known = list(_conditions_in(live))
    for condition in _conditions_in(wire):
        is_known = isinstance(condition, dict) and not _TYPES.isdisjoint(condition)
        if not is_known and condition not in known:
            raise PlanError.of(
                "Unknown condition type",
                f"Customer.io refuses `raw: {flow_value(condition)}`, because each condition of a "
                "segment has a type, such as `event` or `segment`. Write it without `raw`, or "
                "build the segment in Customer.io and import it.",
            )


def _conditions_in(wire: JsonValue) -> Iterator[JsonValue]:
    """Yield the conditions of a tree that are not groups, from left to right."""
    pending = [] if wire is None or is_too_deep(wire, MAX_WIRE_DEPTH) else [wire]
    while pending:
        node = pending.pop(0)
        if not is_group(node):
            yield node
            continue
        lists = [node[key] for key in ("and", "or") if isinstance(node.get(key), list)]
        pending = [*(child for each in lists for child in each), *pending]
