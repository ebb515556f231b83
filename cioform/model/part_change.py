"""The change of a part of an object, such as a step of a campaign."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from cioform.core.dataclasses import dataclass


class PartAction(StrEnum):
    """What happens to a part."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"
    """Another part takes its name and its place: people who are at it do not go on from there."""
    MOVE = "move"
    EDIT = "edit"

    @property
    def removes(self) -> bool:
        """Whether the part that exists is there no longer."""
        return self in REMOVING


REMOVING: Final = frozenset({PartAction.REMOVE, PartAction.REPLACE})
"""What leaves nothing of the part that exists."""
MAKING: Final = frozenset({PartAction.ADD, PartAction.REPLACE})
"""What makes a new part."""


@dataclass(frozen=True, slots=True)
class PartChange:
    """What a change does to one part."""

    part: str
    """The name of the part in the file."""
    action: PartAction
    people: int | None = None
    """How many people are at a part that is removed or replaced; None if nobody counted them."""
