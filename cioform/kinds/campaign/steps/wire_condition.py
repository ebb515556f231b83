"""The condition of a step in Customer.io's own form, and what a file has instead of it."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Final

from pydantic import ValidationError

from cioform.core.data.json_value import JsonValue
from cioform.language import conditions
from cioform.language.conditions.parsing.upgrading import upgrade_condition
from cioform.model.references.names import Names
from cioform.model.values.flow_yaml import flow_mapping

NO_CONDITION: Final[Mapping[str, JsonValue]] = {"all": []}
"""A condition that everybody meets, which says no more than none."""

_EXAMPLE: Final[Mapping[str, JsonValue]] = {"attribute": "plan", "is": "trial"}
_EMPTY_TEXT: Final = "An empty condition has no effect. Remove it."


def decode_value(value: JsonValue, names: Names) -> JsonValue | None:
    """Return the condition that a member of an action holds, or None for none.

    Null, an empty text and an encoded empty list all mean that there is none. A value that is not
    a text comes back as it is.
    """
    if not value:
        return None
    if not isinstance(value, str):
        return value
    condition = conditions.decompile_encoded_filter(value, names)
    return None if condition == NO_CONDITION else condition


def condition_text(value: JsonValue) -> str:
    """Return the message for `preconditions` of a step, with the line to write."""
    condition = _condition_in(value)
    if not condition:
        return _EMPTY_TEXT
    line = flow_mapping({"only_if": condition})[1:-1]
    example = ". For example" if condition == _EXAMPLE else ""
    return f"The condition of a step is a field beside its keyword{example}:\n\n    {line}"


def exit_condition_text(value: JsonValue) -> str:
    """Return the message for `preconditions` of an exit, with the step to write."""
    condition = _condition_in(value)
    if not condition:
        return _EMPTY_TEXT
    step = {"id": "leaves", "if": condition, "then": ["exit"]}
    return f"An exit has no condition. Put it under an `if`:\n\n    - {flow_mapping(step)}"


def _condition_in(value: JsonValue) -> JsonValue:
    """Return the condition that a member holds, or an example; nothing for an empty one."""
    value = decode_value(value, Names())
    if not value or value == NO_CONDITION:
        return None
    if not isinstance(value, Mapping | list) or "raw" in value:
        return _EXAMPLE
    condition = deepcopy(value)
    upgrade_condition(condition)
    try:
        conditions.parse(condition)
    except ValidationError:
        return _EXAMPLE
    return condition
