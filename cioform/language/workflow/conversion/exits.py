"""The short form of an exit in files: the plain text `exit` in a list of steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.data.nested import get_value
from cioform.language.workflow.tree import branches_of

_EXIT: Final = "exit"


def expand_exits(steps: JsonValue) -> JsonValue:
    """Return steps with a mapping for each plain `exit`, so that every step is a mapping.

    What is not a list of steps is returned as it is.
    """
    if not isinstance(steps, list):
        return steps
    tree = [_copy(step) for step in steps]
    todo: list[list[JsonValue]] = [tree]
    while todo:
        for step in todo.pop():
            for path, below in branches_of(step):
                holder: JsonValue = get_value(step, path[:-1])
                # An entry of `branches` may be anything, and is refused later.
                is_list = isinstance(holder, list) and isinstance(path[-1], int)
                if not is_list and not isinstance(holder, dict):
                    continue
                written = holder[path[-1]] if is_list else holder.get(path[-1])
                if not isinstance(written, list):
                    continue
                holder[path[-1]] = [_copy(each) for each in below]
                todo.append(holder[path[-1]])
    return tree


def _copy(step: JsonValue) -> JsonValue:
    """Return a copy of a step whose lists can be replaced."""
    if step == _EXIT:
        return {_EXIT: True}
    if not isinstance(step, dict):
        return step
    return {
        key: [dict(item) if isinstance(item, dict) else item for item in value]
        if isinstance(value, list)
        else value
        for key, value in step.items()
    }


def collapse_exits(steps: Sequence[JsonValue]) -> list[JsonValue]:
    """Return steps with the plain text for each exit without an ID, the inverse."""
    tree: list[JsonValue] = expand_exits(list(steps))
    todo: list[list[JsonValue]] = [tree]
    while todo:
        here = todo.pop()
        for i, step in enumerate(here):
            todo += [below for _, below in branches_of(step)]
            if step == {_EXIT: True}:
                here[i] = _EXIT
    return tree
