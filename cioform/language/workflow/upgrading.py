"""Rewriting workflows from before format 1 in the current format, in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, MutableSequence
from copy import deepcopy
from typing import Final, TypeAlias

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.parsing.upgrading import upgrade_condition
from cioform.language.workflow.id_problems import repeats_id
from cioform.language.workflow.step_ids import OLD_STEMS, fill_missing_ids
from cioform.language.workflow.tree import branches_of, variants_of, walk
from cioform.model.fields.upgrading import rename_field
from cioform.model.references.names import short_reference

_Map: TypeAlias = MutableMapping[str, JsonValue]

OLD_KEYWORDS: Final = frozenset({"random", "create_event", "update_segment"})
"""The keywords of steps that had another name before format 1."""

OLD_BRANCH_KEYS: Final[Mapping[str, str]] = {"otherwise": "else"}
"""The lists of steps of `branches` that had another name before format 1."""

_CONDITIONS: Final = ("if", "wait_until", "only_if")
"""The fields of a step with a condition."""


def upgrade_workflow(steps: MutableSequence[JsonValue]) -> None:
    """Rewrite the steps of a file or of a canonical form that are in an older format.

    The requests stay the same, and every step keeps its ID, given or generated.
    """
    todo = [steps]
    while todo:
        here = todo.pop()
        for i, step in enumerate(here):
            if not isinstance(step, dict):
                continue
            _upgrade_step(step)
            if set(step) == {"exit"} and step["exit"] is True:
                here[i] = "exit"
            else:
                todo += [below for _, below in branches_of(step)]
    fill_missing_ids(steps, OLD_STEMS)
    for _, step in list(walk(steps)):
        _drop_repeated_names(step)


def upgraded_steps(steps: JsonValue) -> JsonValue:
    """Return the steps of a file as an upgrade writes them; other values as they are."""
    new = deepcopy(steps)
    if isinstance(new, list):
        upgrade_workflow(new)
    return new


def upgrade_nodes(nodes: MutableSequence[JsonValue]) -> None:
    """Rewrite the nodes of a graph, as `upgrade_workflow` does with steps."""
    for node in nodes:
        if isinstance(node, dict):
            _upgrade_step(node)
            _drop_repeated_names(node)


def _upgrade_step(step: _Map) -> None:
    """Rewrite one step, without the steps below it."""
    rename_field(step, "random", "random_branches")
    if "branches" in step:
        for old, new in OLD_BRANCH_KEYS.items():
            rename_field(step, old, new)
        for branch in _mappings(step["branches"]):
            rename_field(branch, "when", "if")
    _upgrade_event(step)
    _upgrade_segment(step)
    if "exit" in step and step["exit"] in ({}, None):
        step["exit"] = True
    for holder in (step, *_mappings(step.get("branches"))):
        for name in _CONDITIONS:
            upgrade_condition(holder.get(name))


def _mappings(value: JsonValue) -> Iterator[_Map]:
    yield from (item for item in (value if isinstance(value, list) else ()) if _is_map(item))


def _is_map(value: JsonValue) -> bool:
    return isinstance(value, MutableMapping)


def _upgrade_event(step: _Map) -> None:
    if not rename_field(step, "create_event", "send_event"):
        return
    if "raw" in step:
        data = step.pop("raw")
        if data:
            step["send_event"] = {"name": step["send_event"], "data": data}


def _upgrade_segment(step: _Map) -> None:
    change = step.get("update_segment")
    if not isinstance(change, MutableMapping) or len(change) != 1:
        return
    [(operation, segment)] = change.items()
    keyword = {"add": "add_to_segment", "remove": "remove_from_segment"}.get(str(operation))
    if keyword is not None and rename_field(step, "update_segment", keyword):
        step[keyword] = short_reference("segment", str(segment))


def _drop_repeated_names(step: JsonValue) -> None:
    for item in (step, *(variant for _, variant in variants_of(step))):
        if _is_map(item) and "name" in item and repeats_id(item):
            del item["name"]
