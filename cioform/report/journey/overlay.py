"""The journey that a plan leads to, with the steps that it adds, removes, changes and moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, Json
from cioform.language.workflow import Node, replaced_steps, variants_of
from cioform.language.workflow.compare.moved_steps import moved_steps
from cioform.plan.change import Action, BlockedChange, Change, FieldChange
from cioform.plan.plan import Plan
from cioform.report.journey.build import build_journey, is_drawable, messages_of
from cioform.report.journey.graph import EMPTY_FLOW, START, Flow, build_flow
from cioform.report.journey.model import ChangeMark, Journey, PlanOverlay
from cioform.report.journey.revert import revert_changes

_NOT_ABOUT_START: Final = frozenset({"workflow", "messages", "name", "description"})
"""The fields that do not decide who enters, who leaves early, or what counts as success."""


def planned_journey(
    plan: Plan,
    address: Address,
    attributes: Attributes,
    normalize: Callable[[Attributes], Attributes],
) -> Journey:
    """Return the journey that `plan` makes of `address`, with marks.

    `attributes` are those of the files, or those last applied if the plan deletes the resource.
    `normalize` is the one of its kind: the paths of a plan are those of normalized attributes.
    What was there before is worked out from the plan alone.
    """
    change = _find_change(plan, address)
    if change is None:
        return build_journey(attributes, PlanOverlay())
    desired = attributes
    if isinstance(change, Change) and change.wanted:
        desired = change.wanted
    if change.action in (Action.CREATE, Action.DELETE):
        mark = ChangeMark.ADDED if change.action is Action.CREATE else ChangeMark.REMOVED
        nodes = build_flow(desired["workflow"]).graph.nodes
        return build_journey(desired, PlanOverlay(marks={node.id: mark for node in nodes}))
    overlay = _build_overlay(normalize(dict(desired)), change.differences)
    return build_journey(desired, replace(overlay, people=_people_at_parts(change)))


def _people_at_parts(change: Change | BlockedChange) -> Mapping[str, int]:
    parts = change.changed_parts if isinstance(change, Change) else ()
    return {part.part: part.people for part in parts if part.people}


def _find_change(plan: Plan, address: Address) -> Change | BlockedChange | None:
    changes: list[Change | BlockedChange] = [*plan.changes, *plan.blocked]
    return next((change for change in changes if change.address == address), None)


def _build_overlay(desired: Attributes, fields: Iterable[FieldChange]) -> PlanOverlay:
    """Return the overlay of a plan that makes the changes of `fields` and leads to `desired`."""
    fields = tuple(fields)
    before = revert_changes(desired, fields)
    old_flow, new_flow = _flow_of(before), _flow_of(desired)
    old_messages = messages_of(before)
    marks = _marks(old_flow, new_flow, old_messages, messages_of(desired))
    if any(str(field.path[0]) not in _NOT_ABOUT_START for field in fields):
        marks[START] = ChangeMark.CHANGED
    return PlanOverlay(old_flow, old_messages, marks)


def _flow_of(attributes: Attributes) -> Flow:
    return build_flow(attributes["workflow"]) if is_drawable(attributes) else EMPTY_FLOW


def _marks(
    old_flow: Flow,
    new_flow: Flow,
    old_messages: Mapping[str, Json],
    new_messages: Mapping[str, Json],
) -> dict[str, ChangeMark]:
    """Return the marks of the nodes of `new_flow` that are not the same as in `old_flow`.

    A step that is both moved and changed is marked as changed.
    """
    old, new = old_flow.graph.by_id, new_flow.graph.by_id
    marks = {name: ChangeMark.ADDED for name in new if name not in old}
    if old_flow.steps is not None and new_flow.steps is not None:
        marks |= dict.fromkeys(moved_steps(old_flow.steps, new_flow.steps), ChangeMark.MOVED)
    for name in new.keys() & old.keys():
        same_messages = all(
            old_messages.get(part) == new_messages.get(part) for part in _message_ids(new[name])
        )
        if old[name].fields != new[name].fields or not same_messages:
            marks[name] = ChangeMark.CHANGED
    return marks | dict.fromkeys(replaced_steps(old, new), ChangeMark.REPLACED)


def _message_ids(node: Node) -> list[str]:
    """Return the IDs under which the messages of a step are kept: its own and its variants'."""
    return [node.id, *(variant["id"] for _, variant in variants_of(node.fields))]
