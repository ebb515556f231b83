"""Translate the flat arrays of a campaign: one for a branch or filter, several for a wait.

Source: journeys facts, sections 2 and 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.boolean_algebra import any_of, to_cnf, to_dnf
from cioform.language.conditions.encoding.filter_elements import (
    compile_element,
    compile_wait_element,
    decompile_element,
    decompile_wait_element,
)
from cioform.language.conditions.encoding.filter_encoding import decode_filter, encode_filter
from cioform.language.conditions.step_references import NO_ACTION_IDS, ActionIds
from cioform.language.conditions.values import is_too_deep
from cioform.model.references.names import Names

_NOTHING: Final[Mapping[str, JsonValue]] = {"all": []}
"""No condition at all, inside of the program. A file never has it."""


def compile_encoded_filter(condition: Mapping[str, JsonValue], names: Names) -> str:
    """Return the encoded array, all of whose elements must be true.

    Raises ValueError for a condition that `problems` reports.
    """
    if isinstance(condition.get("raw"), str):
        return str(condition["raw"])
    parts = to_cnf(condition)
    if parts is None or any(len(part) != 1 for part in parts):
        raise ValueError("an encoded filter supports only conditions that must all be true")
    return encode_filter([compile_element(leaf, names) for [leaf] in parts])


def decompile_encoded_filter(text: str, names: Names) -> dict[str, JsonValue]:
    """Return the condition for an encoded array.

    A text that does not decode to an array is kept as `raw`. An empty text, which is how
    Customer.io writes no condition, is `all: []`.
    """
    return _decompile_array(text, lambda element: decompile_element(element, names))


def decompile_branch_condition(text: str, names: Names) -> dict[str, JsonValue]:
    """Return the condition for an encoded array where a file must have one.

    An array without elements is `raw`.
    """
    condition = decompile_encoded_filter(text, names)
    return {"raw": text} if condition == _NOTHING else condition


def compile_wait_conditions(
    condition: Mapping[str, JsonValue], names: Names, action_ids: ActionIds = NO_ACTION_IDS
) -> list[JsonValue]:
    """Return the `multi_conditions` of a wait: encoded arrays, any of which ends it.

    Raises ValueError for a condition that `problems` reports, and for a step without an action.
    """
    if isinstance(condition.get("raw"), list):
        return list(condition["raw"])
    groups = to_dnf(condition)
    if groups is None:
        raise ValueError("the condition expands to too many alternatives for a wait")
    return [_compile_group(group, names, action_ids) for group in groups]


def decompile_wait_conditions(
    wire: JsonValue, names: Names, action_ids: ActionIds = NO_ACTION_IDS
) -> dict[str, JsonValue]:
    """Return the condition for `multi_conditions`; without any (only time ends the wait) `raw: []`.

    An action that is not in `action_ids` is called `action#7`.
    """
    if wire is None:
        return {"raw": []}
    if not isinstance(wire, list) or not all(isinstance(text, str) for text in wire):
        return {"raw": wire}
    groups = [
        _decompile_group(text, lambda each: decompile_wait_element(each, names, action_ids))
        for text in wire
    ]
    return any_of(groups) if groups else {"raw": []}


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
    # A text among alternatives stands for a whole array, so an element must not be a text.
    texts = [each for each in condition.get("all", ()) if isinstance(each.get("raw"), str)]
    return {"raw": text} if texts or condition == _NOTHING else condition


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
    # Alone, a raw text would be read as the whole array, and a raw list as the whole wait.
    if len(found) == 1 and not isinstance(found[0].get("raw"), str | list):
        return found[0]
    return {"all": found}
