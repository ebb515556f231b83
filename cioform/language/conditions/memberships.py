"""Combine what is known about everybody who enters through a trigger, by the segments in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from cioform.core.data.json_value import Json

T = TypeVar("T")


def combine_memberships(
    trigger: Json,
    of_segment: Callable[[str], T],
    of_all: Callable[[Sequence[T]], T],
    of_any: Callable[[Sequence[T]], T],
    otherwise: T,
) -> T:
    """Return what is known about everybody who enters, by the segments that the trigger requires.

    The trigger is a condition itself, or has an `audience`. The result is `otherwise` for a
    condition that requires no segment.
    """

    def of_condition(condition: Json) -> T:
        if not isinstance(condition, Mapping):
            return otherwise
        segment, every, some = (condition.get(name) for name in ("segment", "all", "any"))
        if isinstance(segment, str):
            return of_segment(segment)
        if isinstance(every, list):
            return of_all([of_condition(each) for each in every])
        if isinstance(some, list):
            return of_any([of_condition(each) for each in some])
        return otherwise

    if isinstance(trigger, Mapping) and "audience" in trigger:
        return of_condition(trigger["audience"])
    return of_condition(trigger)
