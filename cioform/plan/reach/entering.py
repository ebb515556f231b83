"""Count how many people at most can enter through a trigger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from cioform.core.data.json_value import Json
from cioform.language.conditions.memberships import combine_memberships
from cioform.plan.change import Change

CountOf: TypeAlias = Callable[[str], int | None]
"""Returns how many people are in a segment, None if unknown."""


def most_people(change: Change) -> int:
    """Return how many people at most a change reaches or lets enter, as far as known."""
    return max(change.reach.most_people, change.people_let_in or 0)


def most_entering(trigger: Json, count_of: CountOf) -> int | None:
    """Return how many people at most can enter through a trigger, None if unknown."""
    return combine_memberships(
        trigger,
        of_segment=count_of,
        of_all=lambda counts: min(_known(counts), default=None),
        of_any=lambda counts: None if None in counts else sum(_known(counts)),
        otherwise=None,
    )


def _known(counts: Sequence[int | None]) -> list[int]:
    return [each for each in counts if each is not None]
