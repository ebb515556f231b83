"""The types of a campaign's fields, and how all problems in them are raised together."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from cioform.core.duration import Duration
from cioform.core.json_value import JsonValue
from cioform.language import conditions
from cioform.language.conditions import ConditionContext
from cioform.language.conditions.parsing.schema import CONDITION, EVENT_CONDITION
from cioform.model.schema.schema_docs import shared_definition
from cioform.model.values.value_errors import Problem as Problem
from cioform.model.values.value_errors import format_value
from cioform.model.values.value_errors import raise_problems as raise_problems

_PLAIN_TEXT: Final = re.compile(r"[A-Za-z_][\w./-]*( [\w./-]+)*|(\d+[wdhms])+")
_NOT_TEXT: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
"""Words that some YAML tool reads as something else."""


def flow_mapping(fields: Mapping[str, JsonValue]) -> str:
    """Return a mapping as YAML on one line, for an example that can be pasted."""
    return f"{{{', '.join(f'{name}: {flow_value(value)}' for name, value in fields.items())}}}"


def flow_value(value: JsonValue) -> str:
    """Return any value as YAML on one line."""
    if isinstance(value, Mapping):
        return flow_mapping(value)
    if isinstance(value, list):
        return f"[{', '.join(map(flow_value, value))}]"
    if isinstance(value, str) and _PLAIN_TEXT.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return json.dumps(value)


def _canonical_duration(value: JsonValue) -> str:
    if not isinstance(value, str):
        unit = f". Add the unit: `{value}d`" if type(value) is int else ""
        raise ValueError(f"must be a duration such as `3d`, not {format_value(value)}{unit}")
    return str(Duration.parse(value))


DurationText = Annotated[
    str,
    BeforeValidator(_canonical_duration),
    WithJsonSchema({"type": "string", "examples": ["2d", "90m"]}),
]
"""A duration in its shortest spelling."""


def duration_to_seconds(duration: str) -> int:
    """Return the seconds of a duration."""
    return Duration.parse(duration).seconds


def seconds_to_duration(seconds: int | None) -> str:
    """Return the duration of a number of seconds; `0s` for None."""
    return str(Duration(int(seconds or 0)))


def condition_parser(context: ConditionContext) -> Callable[[Any], dict[str, JsonValue]]:
    """Return a function that parses a condition into canonical form.

    It raises ValidationError if the condition is invalid, or impossible in its context.
    """

    def parse(value: Any) -> dict[str, JsonValue]:
        condition = conditions.parse(value)
        raise_problems(conditions.problems(condition, context))
        return condition

    return parse


_CONDITION_SCHEMA = WithJsonSchema(shared_definition(CONDITION))
BranchCondition = Annotated[
    dict[str, Any], PlainValidator(condition_parser(ConditionContext.BRANCH)), _CONDITION_SCHEMA
]
WaitCondition = Annotated[
    dict[str, Any], PlainValidator(condition_parser(ConditionContext.WAIT_UNTIL)), _CONDITION_SCHEMA
]
EventCondition = Annotated[
    dict[str, Any],
    PlainValidator(condition_parser(ConditionContext.ATTRIBUTE_FILTERS)),
    WithJsonSchema(shared_definition(EVENT_CONDITION)),
]
