"""The unmanaged fields of an object: without them, and they alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from cioform.core.json_value import UNKNOWN, Attributes, Json
from cioform.core.leaves import leaves
from cioform.core.paths import FieldPath


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


def unmanaged_values(
    live: Mapping[str, Json], wanted: Mapping[str, Json], patterns: PatternNode
) -> Iterator[tuple[FieldPath, Json]]:
    """Yield what `without_unmanaged` takes out of `live`, and the fields that `wanted` lacks.

    Each value has its path. Mappings are gone through. What cannot be read is UNKNOWN.
    """
    for name, value in live.items():
        if name not in wanted:
            yield from leaves((name,), value)
    yield from _below(live, wanted, patterns, ())


def _below(
    live: Mapping[str, Json], wanted: Mapping[str, Json], patterns: PatternNode, path: FieldPath
) -> Iterator[tuple[FieldPath, Json]]:
    below, anywhere = patterns.below, patterns.below.get("*")
    for name, value in live.items() if anywhere else ((n, live[n]) for n in below if n in live):
        found = [node for node in (below.get(name), anywhere) if node is not None]
        if name not in wanted:
            if path and any(node.is_end for node in found):
                yield from leaves((*path, name), value)
            continue
        inner = wanted[name]
        if not isinstance(inner, dict):
            continue
        if value is UNKNOWN:
            yield (*path, name), UNKNOWN
        elif isinstance(value, dict) and value is not inner:
            for node in found:
                yield from _below(value, inner, node, (*path, name))
