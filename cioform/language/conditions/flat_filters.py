"""The flat arrays of a campaign: of its branches, anchors and filters, one array each, and of its
waits, several of which any may hold (journeys facts, sections 2 and 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cioform.core.json_value import JsonValue
from cioform.language.conditions.boolean_algebra import any_of, to_cnf, to_dnf
from cioform.language.conditions.filter_elements import (
    compile_element,
    compile_wait_element,
    decompile_element,
    decompile_wait_element,
)
from cioform.language.conditions.filter_encoding import decode_filter, encode_filter
from cioform.language.conditions.step_references import NO_ACTION_IDS, ActionIds
from cioform.language.conditions.values import is_too_deep
from cioform.model.names import Names


def compile_encoded_filter(condition: Mapping[str, JsonValue], names: Names) -> str:
    """Give the encoded array, all of whose elements must hold. Raises ValueError for what
    `problems` would have told."""
    if isinstance(condition.get("raw"), str):
        return str(condition["raw"])
    parts = to_cnf(condition)
    if parts is None or any(len(part) != 1 for part in parts):
        raise ValueError("an encoded filter holds only conditions that must all be true")
    return encode_filter([compile_element(leaf, names) for [leaf] in parts])


def decompile_encoded_filter(text: str, names: Names) -> dict[str, JsonValue]:
    """Give the condition of an encoded array; a text that does not decode to an array comes
    back as `raw`, and an empty one, which is how the remote writes nothing, as `all: []`."""
    return _decompile_array(text, lambda element: decompile_element(element, names))


def compile_wait_conditions(
    condition: Mapping[str, JsonValue], names: Names, action_ids: ActionIds = NO_ACTION_IDS
) -> list[JsonValue]:
    """Give the `multi_conditions` of a wait: encoded arrays, any of which ends it. Raises
    ValueError for what `problems` would have told and for a step that `steps` does not have."""
    if isinstance(condition.get("raw"), list):
        return list(condition["raw"])
    groups = to_dnf(condition)
    if groups is None:
        raise ValueError("multiplied out the condition has too many alternatives for a wait")
    return [_compile_group(group, names, action_ids) for group in groups]


def decompile_wait_conditions(
    wire: JsonValue, names: Names, action_ids: ActionIds = NO_ACTION_IDS
) -> dict[str, JsonValue]:
    """Give the condition of `multi_conditions`; none at all, which only time ends, is `any: []`.
    An action that is not among `steps` is called `action#7`."""
    if wire is None:
        return {"any": []}
    if not isinstance(wire, list) or not all(isinstance(text, str) for text in wire):
        return {"raw": wire}
    groups = [
        _decompile_group(text, lambda each: decompile_wait_element(each, names, action_ids))
        for text in wire
    ]
    return any_of(groups) if groups else {"any": []}


def _compile_group(
    group: list[dict[str, JsonValue]], names: Names, action_ids: ActionIds
) -> JsonValue:
    if len(group) == 1 and isinstance(group[0].get("raw"), str):
        return group[0]["raw"]
    return encode_filter([compile_wait_element(leaf, names, action_ids) for leaf in group])


def _decompile_group(
    text: str, decompile: Callable[[JsonValue], dict[str, JsonValue]]
) -> dict[str, JsonValue]:
    condition = _decompile_array(text, decompile)
    # A text among alternatives is a whole array, so an element that is one cannot be told.
    texts = [each for each in condition.get("all", ()) if isinstance(each.get("raw"), str)]
    return {"raw": text} if texts else condition


def _decompile_array(
    text: str, decompile: Callable[[JsonValue], dict[str, JsonValue]]
) -> dict[str, JsonValue]:
    if not text:
        return {"all": []}
    try:
        elements = decode_filter(text)
    except ValueError:
        return {"raw": text}
    if not isinstance(elements, list) or is_too_deep(elements):
        return {"raw": text}
    found = [decompile(element) for element in elements]
    # Alone, a raw text would be taken for the whole array, and a raw list for all of a wait.
    if len(found) == 1 and not isinstance(found[0].get("raw"), str | list):
        return found[0]
    return {"all": found}
