"""Steps that a wait's condition names, whose messages somebody has opened or clicked.

On the remote such a condition holds an action id. In a file it holds the id of a step; an action
that is no step of the file is written `action#7`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from cioform.core.json_value import JsonValue
from cioform.language.conditions.grammar import GROUP_KEYWORDS, MESSAGE_KEYWORDS, leaves
from cioform.model.resource import FieldPath

ActionIds: TypeAlias = Mapping[str, str]
"""Step id -> action id."""

NO_ACTION_IDS: Final[ActionIds] = MappingProxyType({})
_ACTION_PREFIX: Final = "action#"


def action_id_of(step: str, action_ids: ActionIds) -> str:
    """Give the action id of what a condition names. Raises ValueError for an unknown step."""
    if step in action_ids:
        return str(action_ids[step])
    if step.startswith(_ACTION_PREFIX):
        return step.removeprefix(_ACTION_PREFIX)
    raise ValueError(f"a condition names the step {step!r}, which has no action")


def step_id_of(action_id: str, action_ids: ActionIds) -> str:
    """Give what a condition writes for an action id."""
    return next(
        (step for step, own in action_ids.items() if str(own) == action_id),
        _ACTION_PREFIX + action_id,
    )


def step_references(
    condition: Mapping[str, JsonValue], path: FieldPath = ()
) -> Iterator[tuple[FieldPath, str]]:
    """Give every step of the file that a condition names, with its path. Each has to be an e-mail
    of the same campaign."""
    for at, leaf in leaves(condition, path):
        for word in MESSAGE_KEYWORDS:
            if word in leaf and not leaf[word].startswith(_ACTION_PREFIX):
                yield (*at, word), leaf[word]


def rename_steps(
    condition: Mapping[str, JsonValue], new_names: Mapping[str, str]
) -> dict[str, JsonValue]:
    """Give a condition whose steps are called otherwise. The keys of `called` are step ids, or
    the action ids of `action#7`; what it does not have stays as it is."""
    if "not" in condition:
        return {"not": rename_steps(condition["not"], new_names)}
    for group in GROUP_KEYWORDS:
        if group in condition:
            return {group: [rename_steps(child, new_names) for child in condition[group]]}
    return {
        word: new_names.get(value.removeprefix(_ACTION_PREFIX), value)
        if word in MESSAGE_KEYWORDS
        else value
        for word, value in condition.items()
    }
