"""The forms a campaign holds as they are: `trigger`, `attribute_filters` and
`global_exit_conditions` (journeys facts, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cioform.core.json_value import Plain
from cioform.language.conditions.boolean_algebra import any_of, expanded, literal, spoken
from cioform.language.conditions.event_filters import TEST, is_group
from cioform.language.conditions.operators import is_field, wire_test, word_test
from cioform.language.conditions.values import DEEPEST, DEEPEST_WIRE, is_deep
from cioform.model.names import Names

_Leaf = Callable[[Plain], dict[str, Plain] | None]


def compile_trigger(condition: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give the trigger of a `seg_attr` campaign; its root is always an `and`."""
    if "raw" in condition and is_group(condition["raw"]):
        return dict(condition["raw"])
    tree = expanded(condition)
    node = _compile_node(tree, lambda leaf: _trigger_leaf(leaf, names))
    return node if "all" in tree else {"and": [node]}


def decompile_trigger(wire: Plain, names: Names) -> dict[str, Plain]:
    """Give the condition of a trigger; an unset one is `all: []`."""
    if wire is None or wire == {}:
        return {"all": []}
    condition = _decompile(wire, lambda leaf: _decompile_trigger_leaf(leaf, names))
    if list(condition) == ["all"] and len(condition["all"]) == 1:
        child: dict[str, Plain] = condition["all"][0]
        # `all` of one nested `all` keeps its two levels; a raw group must not become the root.
        if "all" not in child and not ("raw" in child and is_group(child["raw"])):
            return child
    return condition


def compile_attribute_filters(condition: Mapping[str, Plain], names: Names) -> dict[str, Plain]:
    """Give the test on the triggering event's attributes; its root may be a single test."""
    del names
    if "raw" in condition:
        read: dict[str, Plain] = condition["raw"]
        return read
    tree = expanded(condition)
    node: dict[str, Plain] = {} if tree == {"all": []} else _compile_node(tree, _filter_leaf)
    return node


def decompile_attribute_filters(wire: Plain, names: Names) -> dict[str, Plain]:
    """Give the condition of `attribute_filters`; none at all is `all: []`."""
    del names
    if wire is None or wire == {}:
        return {"all": []}
    return _decompile(wire, _decompile_filter)


def compile_exit(condition: Mapping[str, Plain], names: Names) -> list[Plain]:
    """Give `global_exit_conditions`: alternatives, any of which lets a person leave."""
    if "raw" in condition and isinstance(condition["raw"], list):
        return list(condition["raw"])
    return [_trigger_leaf(leaf, names) for leaf in _alternatives(expanded(condition))]


def decompile_exit(wire: Plain, names: Names) -> dict[str, Plain]:
    """Give the condition of `global_exit_conditions`; none at all is `any: []`."""
    if wire is None:
        return {"any": []}
    if not isinstance(wire, list) or is_deep(wire):
        return {"raw": wire}
    found = [_decompile_trigger_leaf(leaf, names) or {"raw": leaf} for leaf in wire]
    return {"any": found} if not found or "raw" in found[0] else any_of(found)


def compile_segment_leaf(leaf: Mapping[str, Plain], denied: bool, names: Names) -> dict[str, Plain]:
    """Give the leaf for being in a segment; its negation stands inside."""
    inner = {"id": names.id_of("segment", leaf["segment"])}
    return {"segment": {**inner, "inverse": True} if denied else inner}


def decompile_segment_leaf(wire: Plain, names: Names) -> dict[str, Plain] | None:
    """Give the condition of a segment leaf, None when the form is another."""
    if not isinstance(wire, dict) or set(wire) != {"segment"}:
        return None
    inner = wire["segment"]
    if not isinstance(inner, dict) or not set(inner) <= {"id", "inverse"}:
        return None
    inverse = inner.get("inverse", False)
    if not _is_id(inner.get("id")) or not isinstance(inverse, bool):
        return None
    return spoken({"segment": names.name_of("segment", inner["id"])}, inverse)


def _is_id(value: Plain) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _alternatives(tree: Mapping[str, Plain]) -> list[Mapping[str, Plain]]:
    if "any" in tree:
        return [leaf for child in tree["any"] for leaf in _alternatives(child)]
    if "all" not in tree:
        return [tree]
    if len(tree["all"]) == 1:
        return _alternatives(tree["all"][0])
    raise ValueError("an exit holds alternatives, not conditions that must all be true")


def _compile_node(tree: Mapping[str, Plain], leaf: Callable[[Plain], Plain]) -> Plain:
    for word, group in (("all", "and"), ("any", "or")):
        if word in tree:
            return {group: [_compile_node(child, leaf) for child in tree[word]]}
    return tree["raw"] if "raw" in tree else leaf(tree)


def _trigger_leaf(leaf: Mapping[str, Plain], names: Names) -> Plain:
    if "raw" in leaf:
        return leaf["raw"]
    positive, denied = literal(leaf)
    if "segment" in positive:
        return compile_segment_leaf(positive, denied, names)
    return {"attribute": _filter_leaf(leaf)}


def _filter_leaf(leaf: Mapping[str, Plain]) -> dict[str, Plain]:
    positive, denied = literal(leaf)
    if "attribute" not in positive:
        raise ValueError(f"this place cannot hold {dict(leaf)!r}")
    test = {"field": positive["attribute"], **wire_test(positive)}
    return {**test, "inverse": True} if denied else test


def _decompile(wire: Plain, leaf: _Leaf) -> dict[str, Plain]:
    condition = {"raw": wire} if is_deep(wire, DEEPEST_WIRE) else _decompile_node(wire, leaf)
    # A trigger's root is a group of its own, which no file needs to say.
    return {"raw": wire} if is_deep(condition, DEEPEST + 2) else condition


def _decompile_node(wire: Plain, leaf: _Leaf) -> dict[str, Plain]:
    if isinstance(wire, dict) and len(wire) == 1:
        [(word, children)] = wire.items()
        if word in ("and", "or") and isinstance(children, list):
            found = [_decompile_node(child, leaf) for child in children]
            if word == "and":
                return {"all": found}
            return any_of(found) if len(found) > 1 else {"any": found}
    return leaf(wire) or {"raw": wire}


def _decompile_trigger_leaf(wire: Plain, names: Names) -> dict[str, Plain] | None:
    if isinstance(wire, dict) and set(wire) == {"attribute"}:
        return _decompile_filter(wire["attribute"])
    return decompile_segment_leaf(wire, names)


def _decompile_filter(wire: Plain) -> dict[str, Plain] | None:
    if not isinstance(wire, dict) or not set(wire) <= TEST or not is_field(wire.get("field")):
        return None
    test, inverse = word_test(wire), wire.get("inverse", False)
    if test is None or not isinstance(inverse, bool):
        return None
    return spoken({"attribute": wire["field"], **test}, inverse)
