"""Find the steps of a workflow that a change moves."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from cioform.core.data.paths import FieldPath
from cioform.language.workflow.tree import Step, walk


def moved_steps(before: Sequence[Step], after: Sequence[Step]) -> list[str]:
    """Return the IDs of the steps that are on another branch than before, or in another order.

    If steps changed places with each other, as few as possible are listed. Exits are left out,
    because only their places tell them apart.
    """
    old, new = _branches_by_step(before), _branches_by_step(after)
    common = [name for name in new if name in old]
    on_same_branch = [name for name in common if old[name] == new[name]]
    rank = {name: number for number, name in enumerate(old)}
    in_order = _longest_increasing_subsequence([rank[name] for name in on_same_branch])
    unmoved = {name for name in on_same_branch if rank[name] in in_order}
    return [name for name in common if name not in unmoved]


def _branches_by_step(steps: Sequence[Step]) -> dict[str, FieldPath]:
    """Return the branch that each step is on, in the order of reading."""
    ids: dict[FieldPath, str] = {}
    branches: dict[str, FieldPath] = {}
    for path, step in walk(steps):
        ids[path] = step["id"]
        if "exit" not in step:
            branches[step["id"]] = _branch_of(path, ids)
    return branches


def _branch_of(path: FieldPath, ids: Mapping[FieldPath, str]) -> FieldPath:
    """Return the step above `path` and the fields that lead on from it; empty for the trunk."""
    for length in range(len(path) - 1, 0, -1):
        if path[:length] in ids:
            return (ids[path[:length]], *path[length:-1])
    return ()


def _longest_increasing_subsequence(numbers: Sequence[int]) -> set[int]:
    """Return the numbers of a longest increasing subsequence of distinct numbers."""
    tails: list[int] = []
    previous: dict[int, int | None] = {}
    for number in numbers:
        index = bisect_left(tails, number)
        previous[number] = tails[index - 1] if index else None
        tails[index : index + 1] = [number]
    subsequence: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        subsequence.add(last)
        last = previous[last]
    return subsequence
