"""A journey with what a plan does to it: what is added, removed and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cioform.core.address import Address
from cioform.core.json_value import Attributes, Plain
from cioform.model.resource import Path
from cioform.plan.change import Action, Blocked, Change, FieldChange
from cioform.plan.plan import Plan
from cioform.report.journey.graph import NO_FLOW, START, Flow, flow_of
from cioform.report.journey.model import Journey, Mark, Past, can_be_drawn, journey_of

_ORDER: Final = "(order)"
_THEN: Final = " > "
"""How a comparison keeps the order of a list that it keys by id: `(order)`, `one > two`."""
_NOTHING: Final = object()


def planned_journey(
    plan: Plan,
    address: Address,
    attributes: Attributes,
    normal: Callable[[Attributes], Attributes],
) -> Journey:
    """Give the journey that `plan` makes of `address`, with marks. `attributes` are those of the
    files, or what was last applied where the plan deletes it; `normal` is the one of its kind, in
    whose terms a plan speaks. Needs nothing but the plan: what was there before is worked out."""
    found = _found(plan, address)
    if found is None:
        return journey_of(attributes, Past())
    wanted = found.wanted if isinstance(found, Change) and found.wanted else attributes
    if found.action in (Action.CREATE, Action.DELETE):
        mark = Mark.ADDED if found.action is Action.CREATE else Mark.REMOVED
        stops = flow_of(wanted["workflow"]).graph.nodes
        return journey_of(wanted, Past(marks={node.id: mark for node in stops}))
    return journey_of(wanted, _past(normal(dict(wanted)), found.fields))


def _found(plan: Plan, address: Address) -> Change | Blocked | None:
    changes: list[Change | Blocked] = [*plan.changes, *plan.blocked]
    return next((change for change in changes if change.address == address), None)


def _past(wanted: Attributes, fields: Iterable[FieldChange]) -> Past:
    """Give what `fields` make of what was there, when `wanted` is the outcome."""
    fields = tuple(fields)
    before = undone(wanted, fields)
    was = _flow(before)
    old, new = was.graph.by_id, _flow(wanted).graph.by_id
    said, says = _messages(before), _messages(wanted)
    marks = {name: Mark.ADDED for name in new if name not in old}
    for name in new.keys() & old.keys():
        if old[name].fields != new[name].fields or said.get(name) != says.get(name):
            marks[name] = Mark.CHANGED
    outside = {"workflow", "messages", "name", "description"}
    if any(str(field.path[0]) not in outside for field in fields):
        marks[START] = Mark.CHANGED
    return Past(was, said, marks)


def _flow(attributes: Attributes) -> Flow:
    if not can_be_drawn(attributes):
        return NO_FLOW
    return flow_of(attributes["workflow"])


def _messages(attributes: Attributes) -> Mapping[str, Plain]:
    messages = attributes.get("messages")
    return messages if isinstance(messages, Mapping) else {}


def undone(wanted: Attributes, fields: Iterable[FieldChange]) -> Attributes:
    """Give the attributes from which making every change of `fields` leads to `wanted`."""
    keyed = _keyed(wanted)
    for change in fields:
        _put(keyed, change.path, change.before)
    return {name: _listed(value) for name, value in keyed.items() if value is not _NOTHING}


def _put(value: Plain, path: Path, before: Plain) -> None:
    for step in path[:-1]:
        value = value[step]
    last = path[-1]
    new = _NOTHING if before is None else _keyed(before)
    if isinstance(value, list) and isinstance(last, int):
        value.extend([_NOTHING] * (last + 1 - len(value)))
    value[last] = new


def _keyed(value: Plain) -> Plain:
    """Give a copy in which lists of things with an id are mappings, as in the paths of a plan."""
    if isinstance(value, Mapping):
        return {key: _keyed(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    if value and all(isinstance(item, Mapping) and "id" in item for item in value):
        keyed = {str(item["id"]): _keyed(item) for item in value}
        if len(keyed) == len(value):
            return keyed | {_ORDER: _THEN.join(keyed)}
    return [_keyed(item) for item in value]


def _listed(value: Plain) -> Plain:
    if isinstance(value, Mapping):
        there = {k: _listed(item) for k, item in value.items() if item is not _NOTHING}
        if _ORDER not in there:
            return there
        order = there.pop(_ORDER).split(_THEN)
        place = {key: at for at, key in enumerate(order)}
        return [there[key] for key in sorted(there, key=lambda key: place.get(key, len(place)))]
    if isinstance(value, list):
        return [_listed(item) for item in value if item is not _NOTHING]
    return value
