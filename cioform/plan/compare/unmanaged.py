"""Take the unmanaged fields out of what an object has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from cioform.core.json_value import Attributes, Json


class PatternNode:
    """The patterns of unmanaged fields below one step of their paths."""

    def __init__(self) -> None:
        self.is_end = False
        self.below: dict[str, PatternNode] = {}


@cache
def pattern_tree(patterns: frozenset[str]) -> PatternNode:
    """Return the patterns of a kind as a tree, so that an object is gone through once."""
    root = PatternNode()
    for pattern in patterns:
        node = root
        for step in pattern.split("."):
            node = node.below.setdefault(step, PatternNode())
        node.is_end = True
    return root


def without_unmanaged(
    live: Mapping[str, Json], wanted: Mapping[str, Json], patterns: PatternNode
) -> Attributes:
    """Return `live` without the fields of the patterns that `wanted` leaves out."""
    kept: Attributes = {}
    below, anywhere = patterns.below, patterns.below.get("*")
    for name, value in live.items():
        if anywhere is None and name not in below:  # nearly every field
            kept[name] = value
            continue
        found = [node for node in (below.get(name), anywhere) if node is not None]
        inner = wanted.get(name)
        if name not in wanted:
            if not any(node.is_end for node in found):
                kept[name] = value
            continue
        if value != inner and isinstance(value, dict) and isinstance(inner, dict):
            for node in found:
                value = without_unmanaged(value, inner, node)
        kept[name] = value
    return kept
