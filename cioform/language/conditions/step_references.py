"""The steps whose messages a wait's condition tests with `opened` and `clicked`.

In Customer.io such a condition has the ID of an action. In a file it has the ID of a step; an
action that is not a step of the file is written `action#7`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.text.quoted import quoted
from cioform.language.conditions.grammar import GROUP_KEYWORDS, MESSAGE_KEYWORDS, leaves

ActionIds: TypeAlias = Mapping[str, str]
"""Action IDs by step ID."""

NO_ACTION_IDS: Final[ActionIds] = MappingProxyType({})
_ACTION_PREFIX: Final = "action#"


def action_id_of(step: str, action_ids: ActionIds) -> str:
    """Return the action ID of a step or of `action#7`. Raises ValueError for an unknown step."""
    if step in action_ids:
        return str(action_ids[step])
    if step.startswith(_ACTION_PREFIX):
        return step.removeprefix(_ACTION_PREFIX)
    raise ValueError(f"a condition refers to the step {quoted(step)}, which has no action")


def step_id_of(action_id: str, action_ids: ActionIds) -> str:
    """Return the step ID for an action ID, or `action#7` if no step has it."""
    return next(
        (step for step, own in action_ids.items() if str(own) == action_id),
        _ACTION_PREFIX + action_id,
    )


def step_references(
    condition: Mapping[str, JsonValue], path: FieldPath = ()
) -> Iterator[tuple[FieldPath, str]]:
    """Yield every step that a condition refers to, with its path.

    Each must be an e-mail of the same campaign.
    """
    for at, leaf in leaves(condition, path):
        for keyword in MESSAGE_KEYWORDS:
            if keyword in leaf and not leaf[keyword].startswith(_ACTION_PREFIX):
                yield (*at, keyword), leaf[keyword]


def rename_steps(
    condition: Mapping[str, JsonValue], new_names: Mapping[str, str]
) -> dict[str, JsonValue]:
    """Return a condition with its steps renamed.

    The keys of `new_names` are step IDs, or the action IDs of `action#7`; other steps keep theirs.
    """
    if "not" in condition:
        return {"not": rename_steps(condition["not"], new_names)}
    for group in GROUP_KEYWORDS:
        if group in condition:
            return {group: [rename_steps(child, new_names) for child in condition[group]]}
    return {
        key: new_names.get(value.removeprefix(_ACTION_PREFIX), value)
        if key in MESSAGE_KEYWORDS
        else value
        for key, value in condition.items()
    }
