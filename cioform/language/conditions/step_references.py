"""Steps that a wait's condition names, whose messages somebody has opened or clicked.

On the remote such a condition holds an action id. In a file it holds the id of a step; an action
that is no step of the file is written `action#7`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from cioform.core.json_value import Plain
from cioform.language.conditions.grammar import GROUPS, MESSAGES, leaves
from cioform.model.resource import Path

Steps: TypeAlias = Mapping[str, str]
"""Step id -> action id."""

NO_STEPS: Final[Steps] = MappingProxyType({})
_PREFIX: Final = "action#"


def action_of(step: str, steps: Steps) -> str:
    """Give the action id of what a condition names. Raises ValueError for an unknown step."""
    if step in steps:
        return str(steps[step])
    if step.startswith(_PREFIX):
        return step.removeprefix(_PREFIX)
    raise ValueError(f"a condition names the step {step!r}, which has no action")


def step_of(action: str, steps: Steps) -> str:
    """Give what a condition writes for an action id."""
    return next((step for step, own in steps.items() if str(own) == action), _PREFIX + action)


def step_references(condition: Mapping[str, Plain], path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Give every step of the file that a condition names, with its path. Each has to be an e-mail
    of the same campaign."""
    for at, leaf in leaves(condition, path):
        for word in MESSAGES:
            if word in leaf and not leaf[word].startswith(_PREFIX):
                yield (*at, word), leaf[word]


def with_steps(condition: Mapping[str, Plain], called: Mapping[str, str]) -> dict[str, Plain]:
    """Give a condition whose steps are called otherwise. The keys of `called` are step ids, or
    the action ids of `action#7`; what it does not have stays as it is."""
    if "not" in condition:
        return {"not": with_steps(condition["not"], called)}
    for group in GROUPS:
        if group in condition:
            return {group: [with_steps(child, called) for child in condition[group]]}
    return {
        word: called.get(value.removeprefix(_PREFIX), value) if word in MESSAGES else value
        for word, value in condition.items()
    }
