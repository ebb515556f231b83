"""The unmanaged fields of an object: without them, and they alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, TypeAlias

from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.data.leaves import leaves
from cioform.core.data.paths import FieldPath

IsLoss: TypeAlias = Callable[[FieldPath, Json], bool]
"""Whether a value says something, so that it is lost with the part that has it."""

_CONTAINERS: Final = (dict, list)


class PatternNode:
    """The patterns of unmanaged fields below one step of their paths."""

    __slots__ = ("below", "is_end")

    def __init__(self) -> None:
        self.is_end = False
        self.below: dict[str, PatternNode] = {}

    @property
    def anywhere(self) -> PatternNode | None:
        """The patterns below a field that `below` does not name."""
        return self.below.get("*")

    def add(self, other: PatternNode) -> None:
        """Add all patterns of another node."""
        self.is_end = self.is_end or other.is_end
        for name, node in other.below.items():
            self.below.setdefault(name, PatternNode()).add(node)

    def spread(self) -> None:
        """Add what holds for any field to the fields that have patterns of their own."""
        for node in self.below.values():
            if self.anywhere is not None and node is not self.anywhere:
                node.add(self.anywhere)
            node.spread()


@cache
def pattern_tree(patterns: frozenset[str]) -> PatternNode:
    """Return the patterns of a kind as a tree, so that an object is gone through once."""
    root = PatternNode()
    for pattern in patterns:
        node = root
        for step in pattern.split("."):
            node = node.below.setdefault(step, PatternNode())
        node.is_end = True
    root.spread()
    return root


def without_unmanaged(
    live: Mapping[str, Json],
    wanted: Mapping[str, Json],
    patterns: PatternNode,
    is_loss: IsLoss,
    path: FieldPath = (),
) -> Attributes:
    """Return `live` without the fields of the patterns that `wanted` leaves out.

    Nothing of a removed part stays, so its fields for which `is_loss` holds are included. `path` is
    that of `live`.
    """
    kept: Attributes = {}
    below, anywhere = patterns.below, patterns.anywhere
    for name, value in live.items():
        node = below.get(name, anywhere)
        if node is None:  # nearly every field
            kept[name] = value
        elif name not in wanted:
            if not node.is_end:
                kept[name] = _part_that_goes(value, node, is_loss, (*path, name))
        elif isinstance(value, dict) and value != (own := wanted[name]) and isinstance(own, dict):
            if is_replaced(value, own):
                kept[name] = _part_that_goes(value, node, is_loss, (*path, name))
            else:
                kept[name] = without_unmanaged(value, own, node, is_loss, (*path, name))
        else:
            kept[name] = value
    return kept


def _part_that_goes(value: Json, patterns: PatternNode, is_loss: IsLoss, path: FieldPath) -> Json:
    if not isinstance(value, dict):
        return value
    kept: Attributes = {}
    for name, inner in value.items():
        inner_path = (*path, name)
        node = patterns.below.get(name, patterns.anywhere)
        if node is None or (node.is_end and not node.below and is_loss(inner_path, inner)):
            kept[name] = inner
        elif node.below:
            found = _part_that_goes(inner, node, is_loss, inner_path)
            if found != {} or not node.is_end:
                kept[name] = found
    return kept


def is_replaced(live: Mapping[str, Json], wanted: Mapping[str, Json]) -> bool:
    """Return whether a message of another type takes the place of one, of which nothing stays."""
    return live.get("type") != wanted.get("type")


def unmanaged_values(
    live: Mapping[str, Json], wanted: Mapping[str, Json], patterns: PatternNode
) -> dict[FieldPath, Json]:
    """Return what `without_unmanaged` takes out of `live`, and the fields that `wanted` lacks.

    Each value has its path. Mappings are gone through. What cannot be read is UNKNOWN.
    """
    found: dict[FieldPath, Json] = {}
    below, anywhere = patterns.below, patterns.anywhere
    for name, value in live.items():
        if name not in wanted:
            _add_leaves(found, (name,), value)
        elif isinstance(inner := wanted[name], dict) and (node := below.get(name, anywhere)):
            _add_below(found, value, inner, node, (name,))
    return found


def _add_below(
    found: dict[FieldPath, Json],
    live: Json,
    wanted: Mapping[str, Json],
    patterns: PatternNode,
    path: FieldPath,
) -> None:
    if live is UNKNOWN:
        found[path] = UNKNOWN
    elif (
        isinstance(live, dict)
        and patterns.below
        and live != wanted
        and not is_replaced(live, wanted)
    ):
        below, anywhere = patterns.below, patterns.anywhere
        for name, value in live.items():
            node = below.get(name, anywhere)
            if node is None:
                continue
            if name not in wanted:
                if node.is_end and isinstance(value, _CONTAINERS):
                    found.update(leaves((*path, name), value))
                elif node.is_end:  # nearly every field; a call would take half of its time
                    found[(*path, name)] = value
            elif isinstance(inner := wanted[name], dict):
                _add_below(found, value, inner, node, (*path, name))


def _add_leaves(found: dict[FieldPath, Json], path: FieldPath, value: Json) -> None:
    if isinstance(value, _CONTAINERS):
        found.update(leaves(path, value))
    else:
        found[path] = value
