"""Count the people whom a trigger lets in at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from cioform.core.data.json_value import Json
from cioform.plan.change import Change

CountOf: TypeAlias = Callable[[str], int | None]
"""Returns how many people are in a segment, None if nobody knows."""


def most_people(change: Change) -> int:
    """Return how many people a change reaches or lets in at most, as far as known."""
    return max(change.reach.most_people, change.people_let_in or 0)


def most_entering(trigger: Json, count_of: CountOf) -> int | None:
    """Return how many people a trigger lets in at most, None if nobody knows.

    The trigger is a condition of segments itself, or something else with an `audience`.
    """
    if not isinstance(trigger, Mapping):
        return None
    condition = trigger.get("audience") if "audience" in trigger else trigger
    return _most_meeting(condition, count_of)


def _most_meeting(condition: Json, count_of: CountOf) -> int | None:
    if not isinstance(condition, Mapping):
        return None
    segment, every, some = (condition.get(name) for name in ("segment", "all", "any"))
    if isinstance(segment, str):
        return count_of(segment)
    if isinstance(every, list):
        return min(_known(_each(every, count_of)), default=None)
    if isinstance(some, list):
        found = _each(some, count_of)
        return None if None in found else sum(_known(found))
    return None


def _each(conditions: Sequence[Json], count_of: CountOf) -> list[int | None]:
    return [_most_meeting(each, count_of) for each in conditions]


def _known(counts: Sequence[int | None]) -> list[int]:
    return [each for each in counts if each is not None]
