"""The unmanaged fields of an object: without them, and they alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from cioform.core.json_value import UNKNOWN, Attributes, Json
from cioform.core.leaves import leaves
from cioform.core.paths import FieldPath

_CONTAINERS: Final = (dict, list)


class PatternNode:
    """The patterns of unmanaged fields below one step of their paths."""

    __slots__ = ("below", "is_end")

    def __init__(self) -> None:
        self.is_end = False
        self.below: dict[str, PatternNode] = {}

    def at(self, name: str) -> PatternNode | None:
        """Return the patterns below a field."""
        return self.below.get(name) or self.below.get("*")

    def add(self, other: PatternNode) -> None:
        """Add all patterns of another node."""
        self.is_end = self.is_end or other.is_end
        for name, node in other.below.items():
            self.below.setdefault(name, PatternNode()).add(node)

    def spread(self) -> None:
        """Add what holds for any field to the fields that have patterns of their own."""
        anywhere = self.below.get("*")
        for node in self.below.values():
            if anywhere is not None and node is not anywhere:
                node.add(anywhere)
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
    live: Mapping[str, Json], wanted: Mapping[str, Json], patterns: PatternNode
) -> Attributes:
    """Return `live` without the fields of the patterns that `wanted` leaves out."""
    kept: Attributes = {}
    for name, value in live.items():
        node = patterns.at(name)
        if node is None:  # nearly every field
            kept[name] = value
        elif name not in wanted:
            if not node.is_end:
                kept[name] = value
        elif (
            isinstance(value, dict) and value != (inner := wanted[name]) and isinstance(inner, dict)
        ):
            kept[name] = without_unmanaged(value, inner, node)
        else:
            kept[name] = value
    return kept


def unmanaged_values(
    live: Mapping[str, Json], wanted: Mapping[str, Json], patterns: PatternNode
) -> dict[FieldPath, Json]:
    """Return what `without_unmanaged` takes out of `live`, and the fields that `wanted` lacks.

    Each value has its path. Mappings are gone through. What cannot be read is UNKNOWN.
    """
    found: dict[FieldPath, Json] = {}
    for name, value in live.items():
        if name not in wanted:
            _add_leaves(found, (name,), value)
        elif isinstance(inner := wanted[name], dict) and (node := patterns.at(name)):
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
    elif isinstance(live, dict) and patterns.below and live != wanted:
        for name, value in live.items():
            if name not in wanted:
                if (node := patterns.at(name)) and node.is_end:
                    _add_leaves(found, (*path, name), value)
            elif isinstance(inner := wanted[name], dict) and (node := patterns.at(name)):
                _add_below(found, value, inner, node, (*path, name))


def _add_leaves(found: dict[FieldPath, Json], path: FieldPath, value: Json) -> None:
    if isinstance(value, _CONTAINERS):
        found.update(leaves(path, value))
    else:
        found[path] = value
