"""Record where a tree has the steps after a branch, if only one branch continues.

They may be inside of that branch or follow it, which means the same. A comparison arranges what is
live as the file is arranged, so that it names the lists of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cioform.language.workflow.tree import Step, branches_of, ends_journey, walk


class Arrangement:
    """The arrangement of one tree, to be asked for the steps of a similar one."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._next: dict[str, str] = {}
        self._used_ways: set[tuple[str, int]] = set()
        self._exit_ways: set[tuple[str, int]] = set()
        self._open_ways: dict[str, list[int]] = {}
        self._add_list(steps)
        for _, step in reversed(list(walk(steps))):
            self._add_ways(step)

    def _add_list(self, steps: Sequence[Step]) -> None:
        for step, following in pairwise(steps):
            self._next[step["id"]] = following["id"]

    def _add_ways(self, step: Step) -> None:
        """Add what is below a step. The steps below it have been added."""
        name = step["id"]
        for way, (_, below) in enumerate(branches_of(step)):
            self._add_list(below)
            if below:
                self._used_ways.add((name, way))
            if below and ends_journey(below[-1]):
                self._exit_ways.add((name, way))
            elif not below or self._open_ways.get(below[-1]["id"], [0]):
                self._open_ways.setdefault(name, []).append(way)
            else:
                self._open_ways.setdefault(name, [])

    def first_after(self, step: str, way: int, following: Sequence[str]) -> str | None:
        """Return the first of the steps `following` in one way of a step that stands after it.

        The text is empty if all of them stand in the way, and None if this tree does not tell.
        """
        later: set[str] = set()
        at = self._next.get(step)
        while at is not None:
            later.add(at)
            at = self._next.get(at)
        if (step, way) in self._used_ways:
            return next((each for each in following if each in later), "")
        return next(iter(following), "") if later else None

    def has_exit(self, step: str, way: int) -> bool:
        """Return whether a way of a step ends in an exit of its own."""
        return (step, way) in self._exit_ways

    def main_way(self, step: str) -> int | None:
        """Return the last way of a step that does not end the journey; None if there is none."""
        ways = self._open_ways.get(step)
        return ways[-1] if ways else None
