"""The problems of the IDs of steps: missing, invalid or duplicate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cioform.core.address import is_name, slugify
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.text.quoted import quoted
from cioform.language.workflow.graph_problems import Problem
from cioform.language.workflow.step_ids import MAIN_EXIT_ID, free_id, generate_ids, needs_id
from cioform.language.workflow.tree import variants_of
from cioform.model.values.value_errors import echo

Items = Sequence[tuple[FieldPath, JsonValue]]
"""Steps or nodes with their paths."""


def id_problems(steps: Items) -> list[Problem]:
    """Return the problems of the IDs of steps, of their names, and of their former IDs."""
    return [*_given_id_problems(steps), *_missing_id_problems(steps), *name_problems(steps)]


def name_problems(steps: Items) -> Iterator[Problem]:
    """Yield the problems of names, and of former IDs in `was`."""
    for path, item in _items(steps):
        if "name" in item and "exit" in item:
            yield (*path, "name"), "An exit has only an `id`. Remove `name`."
        elif item.get("name") == "":
            text = "The name is empty. Remove `name`: Customer.io then shows the step by its ID."
            yield (*path, "name"), text
        elif "name" in item and repeats_id(item):
            name = quoted(item["name"])
            text = f"The name {name} only repeats the ID `{item['id']}`. Remove `name`."
            yield (*path, "name"), text
    yield from _former_id_problems(steps)


def _given_id_problems(steps: Items) -> Iterator[Problem]:
    seen: set[str] = set()
    taken = {MAIN_EXIT_ID, *(str(item["id"]) for _, item in _items(steps) if "id" in item)}
    for number, (path, item) in enumerate(_items(steps), 1):
        if "id" not in item:
            continue
        step_id, at = item["id"], (*path, "id")
        if not isinstance(step_id, str) or not is_name(step_id):
            better = _valid_id(step_id, number)
            hint = f" For example:\n\n    id: {free_id(better, taken)}" if is_name(better) else ""
            text = (
                f"An ID is a text of lower-case letters, digits, `_` and `-`, not {echo(step_id)}."
                f"{hint}"
            )
            yield at, text
        elif step_id == MAIN_EXIT_ID:
            yield at, "The ID `exit` is reserved for the end of the workflow. Choose another."
        elif step_id in seen:
            other = free_id(step_id, taken)
            text = f"Two steps have the ID `{step_id}`. Change one of them:\n\n    id: {other}"
            yield at, text
        else:
            seen.add(step_id)


def _valid_id(step_id: JsonValue, number: int) -> str:
    """Return the valid ID nearest to an invalid one; empty if none of its characters is valid.

    If a value is neither a text nor a number, the ID is the number of the step in the file.
    """
    if isinstance(step_id, str):
        return slugify(step_id)
    return slugify(f"step_{step_id}") if type(step_id) is int else f"step_{number}"


def repeats_id(item: Mapping[str, JsonValue]) -> bool:
    """Return whether the name of a step is its ID, or its ID with blanks."""
    name = item.get("name")
    return isinstance(name, str) and is_same_name(name, str(item.get("id")))


def is_same_name(name: str, step_id: str) -> bool:
    """Return whether a name in Customer.io is an ID, perhaps with blanks for underscores."""
    return name.replace(" ", "_") == step_id


def _missing_id_problems(steps: Items) -> Iterator[Problem]:
    generated = generate_ids(steps)
    for path, item in _items(steps):
        if "id" not in item and path in generated and needs_id(item):
            text = (
                "needs an `id`, by which the step keeps its people when it moves. "
                f"Write:\n\n    id: {generated[path]}\n\n`cioform fmt` writes missing IDs."
            )
            yield (*path, "id"), text


def _former_id_problems(steps: Items) -> Iterator[Problem]:
    """Yield what is wrong with `was`: the IDs that steps had before."""
    ids = {str(item["id"]) for _, item in _items(steps) if "id" in item}
    claimed: dict[str, str] = {}
    for path, item in _items(steps):
        if "was" not in item:
            continue
        former = item["was"] if isinstance(item["was"], list) else [item["was"]]
        own_id = str(item.get("id"))
        for i, old in enumerate(former):
            at = (*path, "was", i) if isinstance(item["was"], list) else (*path, "was")
            if not isinstance(old, str) or not is_name(old):
                yield at, f"`was` is the old ID of the step, such as `was: {own_id}_1`."
            elif old == own_id:
                yield at, f"The step still has the ID `{old}`. Remove `was`."
            elif old in ids:
                text = (
                    f"The step `{old}` still exists, so `{own_id}` cannot have been it. Remove "
                    "`was`, or the other step."
                )
                yield at, text
            elif old in claimed:
                text = (
                    f"`{claimed[old]}` was `{old}` already. Only one step can take over its "
                    "people: remove it from one of the two."
                )
                yield at, text
            else:
                claimed[old] = own_id
        if item["was"] == []:
            yield (*path, "was"), "`was` is empty. Remove it."


def _items(steps: Items) -> Iterator[tuple[FieldPath, Mapping[str, JsonValue]]]:
    """Yield the steps, and the messages of A/B tests, with their paths."""
    for path, step in steps:
        for way, item in [((), step), *variants_of(step)]:
            if isinstance(item, dict):
                yield (*path, *way), item
