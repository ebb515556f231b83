"""A journey with what a plan does to it: what is added, removed and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cioform.core.address import Address
from cioform.core.json_value import Attributes, JsonValue
from cioform.model.resource import FieldPath
from cioform.plan.change import Action, BlockedChange, Change, FieldChange
from cioform.plan.keyed_list import ORDER_KEY, encode_order, ids_of, items_in_order
from cioform.plan.plan import Plan
from cioform.report.journey.graph import EMPTY_FLOW, START, Flow, build_flow
from cioform.report.journey.model import (
    ChangeMark,
    Journey,
    PlanOverlay,
    build_journey,
    is_drawable,
)

_MISSING: Final = object()


def planned_journey(
    plan: Plan,
    address: Address,
    attributes: Attributes,
    normalize: Callable[[Attributes], Attributes],
) -> Journey:
    """Give the journey that `plan` makes of `address`, with marks. `attributes` are those of the
    files, or what was last applied where the plan deletes it; `normal` is the one of its kind, in
    whose terms a plan speaks. Needs nothing but the plan: what was there before is worked out."""
    found = _find_change(plan, address)
    if found is None:
        return build_journey(attributes, PlanOverlay())
    wanted = found.wanted if isinstance(found, Change) and found.wanted else attributes
    if found.action in (Action.CREATE, Action.DELETE):
        mark = ChangeMark.ADDED if found.action is Action.CREATE else ChangeMark.REMOVED
        stops = build_flow(wanted["workflow"]).graph.nodes
        return build_journey(wanted, PlanOverlay(marks={node.id: mark for node in stops}))
    return build_journey(wanted, _build_overlay(normalize(dict(wanted)), found.fields))


def _find_change(plan: Plan, address: Address) -> Change | BlockedChange | None:
    changes: list[Change | BlockedChange] = [*plan.changes, *plan.blocked]
    return next((change for change in changes if change.address == address), None)


def _build_overlay(wanted: Attributes, fields: Iterable[FieldChange]) -> PlanOverlay:
    """Give what `fields` make of what was there, when `wanted` is the outcome."""
    fields = tuple(fields)
    before = revert_changes(wanted, fields)
    was = _flow(before)
    old, new = was.graph.by_id, _flow(wanted).graph.by_id
    said, says = _messages(before), _messages(wanted)
    marks = {name: ChangeMark.ADDED for name in new if name not in old}
    for name in new.keys() & old.keys():
        if old[name].fields != new[name].fields or said.get(name) != says.get(name):
            marks[name] = ChangeMark.CHANGED
    outside = {"workflow", "messages", "name", "description"}
    if any(str(field.path[0]) not in outside for field in fields):
        marks[START] = ChangeMark.CHANGED
    return PlanOverlay(was, said, marks)


def _flow(attributes: Attributes) -> Flow:
    if not is_drawable(attributes):
        return EMPTY_FLOW
    return build_flow(attributes["workflow"])


def _messages(attributes: Attributes) -> Mapping[str, JsonValue]:
    messages = attributes.get("messages")
    return messages if isinstance(messages, Mapping) else {}


def revert_changes(wanted: Attributes, fields: Iterable[FieldChange]) -> Attributes:
    """Give the attributes from which making every change of `fields` leads to `wanted`."""
    keyed = _lists_to_mappings(wanted)
    for change in fields:
        _set_at_path(keyed, change.path, change.before)
    return {
        name: _mappings_to_lists(value) for name, value in keyed.items() if value is not _MISSING
    }


def _set_at_path(value: JsonValue, path: FieldPath, before: JsonValue) -> None:
    for step in path[:-1]:
        value = value[step]
    last = path[-1]
    new = _MISSING if before is None else _lists_to_mappings(before)
    if isinstance(value, list) and isinstance(last, int):
        value.extend([_MISSING] * (last + 1 - len(value)))
    value[last] = new


def _lists_to_mappings(value: JsonValue) -> JsonValue:
    """Give a copy in which lists of things with an id are mappings, as in the paths of a plan."""
    if isinstance(value, Mapping):
        return {key: _lists_to_mappings(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    items = [_lists_to_mappings(item) for item in value]
    ids = ids_of(value)
    return (
        items
        if ids is None
        else dict(zip(ids, items, strict=True)) | {ORDER_KEY: encode_order(ids)}
    )


def _mappings_to_lists(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        there = {k: _mappings_to_lists(item) for k, item in value.items() if item is not _MISSING}
        if ORDER_KEY not in there:
            return there
        order = there.pop(ORDER_KEY)
        return items_in_order(there, order)
    if isinstance(value, list):
        return [_mappings_to_lists(item) for item in value if item is not _MISSING]
    return value
