"""Translate a campaign's `trigger`, `attribute_filters` and `global_exit_conditions`.

Source: journeys facts, section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.boolean_algebra import (
    any_of,
    apply_negation,
    push_negation_to_leaves,
    split_negation,
)
from cioform.language.conditions.encoding.event_filters import (
    TEST_KEYS,
    is_condition_form,
    is_group,
)
from cioform.language.conditions.operators import (
    compile_operator,
    decompile_operator,
    is_attribute_name,
)
from cioform.language.conditions.values import MAX_DEPTH, MAX_WIRE_DEPTH, is_too_deep
from cioform.model.references.names import Names

_SEGMENT_KEYS: Final = frozenset({"id", "inverse"})
_LeafDecompiler = Callable[[JsonValue], dict[str, JsonValue] | None]


def compile_trigger(condition: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    """Return the trigger of a `seg_attr` campaign; its root is always an `and`."""
    if "raw" in condition and is_group(condition["raw"]):
        return dict(condition["raw"])
    tree = push_negation_to_leaves(condition)
    node = _compile_node(tree, lambda leaf: _compile_trigger_leaf(leaf, names))
    return node if "all" in tree else {"and": [node]}


def decompile_trigger(wire: JsonValue, names: Names) -> dict[str, JsonValue]:
    """Return the condition for a trigger; one without conditions is `raw`."""
    if wire is None or wire == {}:
        return {"raw": {"and": []}}
    condition = _decompile(wire, lambda leaf: _decompile_trigger_leaf(leaf, names))
    if list(condition) == ["all"] and len(condition["all"]) == 1:
        child: dict[str, JsonValue] = condition["all"][0]
        # A nested `all` keeps its two levels. A raw group, or one of another form than conditions
        # have, must not become the root.
        if "all" not in child and not _is_raw_only_inside(child):
            return child
    return condition


def _is_raw_only_inside(child: Mapping[str, JsonValue]) -> bool:
    raw = child.get("raw")
    return "raw" in child and (is_group(raw) or not is_condition_form(raw))


def compile_attribute_filters(condition: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the test of the triggering event's attributes; its root may be a single test."""
    if "raw" in condition:
        raw: dict[str, JsonValue] = condition["raw"]
        return raw
    tree = push_negation_to_leaves(condition)
    node: dict[str, JsonValue] = _compile_node(tree, _compile_attribute_filter)
    return node


def decompile_attribute_filters(wire: JsonValue) -> dict[str, JsonValue]:
    """Return the condition for `attribute_filters`; filters without a test are `raw`."""
    return _decompile(wire, _decompile_attribute_filter)


def compile_exit(condition: Mapping[str, JsonValue], names: Names) -> list[JsonValue]:
    """Return `global_exit_conditions`: alternatives, any of which lets a person leave."""
    if "raw" in condition and isinstance(condition["raw"], list):
        return list(condition["raw"])
    return [
        _compile_trigger_leaf(leaf, names)
        for leaf in _alternatives(push_negation_to_leaves(condition))
    ]


def decompile_exit(wire: JsonValue, names: Names) -> dict[str, JsonValue]:
    """Return the condition for `global_exit_conditions`; an unset one is `raw: []`."""
    if not wire:
        return {"raw": []}
    if not isinstance(wire, list) or is_too_deep(wire):
        return {"raw": wire}
    found = [_decompile_trigger_leaf(leaf, names) or {"raw": leaf} for leaf in wire]
    return {"any": found} if "raw" in found[0] else any_of(found)


def compile_segment_leaf(
    leaf: Mapping[str, JsonValue], negated: bool, names: Names
) -> dict[str, JsonValue]:
    """Return the wire leaf for a segment; its negation is inside of it."""
    inner = {"id": names.id_of("segment", leaf["segment"])}
    return {"segment": {**inner, "inverse": True} if negated else inner}


def decompile_segment_leaf(wire: JsonValue, names: Names) -> dict[str, JsonValue] | None:
    """Return the condition for a wire leaf of a segment, or None if it has another form."""
    if not isinstance(wire, dict) or "segment" not in wire or len(wire) > 1:
        return None
    inner = wire["segment"]
    if not isinstance(inner, dict) or not inner.keys() <= _SEGMENT_KEYS:
        return None
    inverse = inner.get("inverse", False)
    if not _is_id(inner.get("id")) or not isinstance(inverse, bool):
        return None
    return apply_negation({"segment": names.name_of("segment", inner["id"])}, inverse)


def _is_id(value: JsonValue) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _alternatives(tree: Mapping[str, JsonValue]) -> list[Mapping[str, JsonValue]]:
    if "any" in tree:
        return [leaf for child in tree["any"] for leaf in _alternatives(child)]
    if "all" not in tree:
        return [tree]
    if len(tree["all"]) == 1:
        return _alternatives(tree["all"][0])
    raise ValueError("an exit supports alternatives, not conditions that must all be true")


def _compile_node(
    tree: Mapping[str, JsonValue], compile_leaf: Callable[[JsonValue], JsonValue]
) -> JsonValue:
    for keyword, group in (("all", "and"), ("any", "or")):
        if keyword in tree:
            return {group: [_compile_node(child, compile_leaf) for child in tree[keyword]]}
    return tree["raw"] if "raw" in tree else compile_leaf(tree)


def _compile_trigger_leaf(leaf: Mapping[str, JsonValue], names: Names) -> JsonValue:
    if "raw" in leaf:
        return leaf["raw"]
    positive, negated = split_negation(leaf)
    if "segment" in positive:
        return compile_segment_leaf(positive, negated, names)
    return {"attribute": _compile_attribute_filter(leaf)}


def _compile_attribute_filter(leaf: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    positive, negated = split_negation(leaf)
    if "attribute" not in positive:
        raise ValueError(f"a test of attributes cannot have {dict(leaf)!r}")
    test = {"field": positive["attribute"], **compile_operator(positive)}
    return {**test, "inverse": True} if negated else test


def _decompile(wire: JsonValue, decompile_leaf: _LeafDecompiler) -> dict[str, JsonValue]:
    condition = (
        {"raw": wire}
        if is_too_deep(wire, MAX_WIRE_DEPTH)
        else _decompile_node(wire, decompile_leaf)
    )
    # The root group of a trigger is not written in files, so it does not count.
    return {"raw": wire} if is_too_deep(condition, MAX_DEPTH + 2) else condition


def _decompile_node(wire: JsonValue, decompile_leaf: _LeafDecompiler) -> dict[str, JsonValue]:
    if isinstance(wire, dict) and len(wire) == 1:
        [(keyword, children)] = wire.items()
        if keyword in ("and", "or") and isinstance(children, list) and children:
            found = [_decompile_node(child, decompile_leaf) for child in children]
            if keyword == "and":
                return {"all": found}
            return any_of(found) if len(found) > 1 else {"any": found}
    return decompile_leaf(wire) or {"raw": wire}


def _decompile_trigger_leaf(wire: JsonValue, names: Names) -> dict[str, JsonValue] | None:
    if isinstance(wire, dict) and set(wire) == {"attribute"}:
        return _decompile_attribute_filter(wire["attribute"])
    return decompile_segment_leaf(wire, names)


def _decompile_attribute_filter(wire: JsonValue) -> dict[str, JsonValue] | None:
    if (
        not isinstance(wire, dict)
        or not set(wire) <= TEST_KEYS
        or not is_attribute_name(wire.get("field"))
    ):
        return None
    test, inverse = decompile_operator(wire), wire.get("inverse", False)
    if test is None or not isinstance(inverse, bool):
        return None
    return apply_negation({"attribute": wire["field"], **test}, inverse)
