"""What the fields of a campaign are made of, and how everything wrong in them is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from cioform.core.duration import Duration
from cioform.core.json_value import JsonValue
from cioform.language import conditions
from cioform.language.conditions import ConditionContext
from cioform.model.resource import FieldPath

Problem = tuple[FieldPath, str]


def raise_problems(problems: Iterable[Problem]) -> None:
    """Raise all complaints at once, each at its own place in the file; nothing without any."""
    if errors := [
        InitErrorDetails(
            type=PydanticCustomError("sentence", "{text}", {"text": text}), loc=path, input=None
        )
        for path, text in problems
    ]:
        raise ValidationError.from_exception_data("campaign", errors)


def _canonical_duration(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("write a duration such as 30s, 15m, 2h, 3d or 1w2d")
    return str(Duration.parse(value))


DurationText = Annotated[
    str,
    BeforeValidator(_canonical_duration),
    WithJsonSchema({"type": "string", "examples": ["2d", "90m"]}),
]
"""A length of time in its shortest spelling."""


def duration_to_seconds(duration: str) -> int:
    """Give the seconds of a period."""
    return Duration.parse(duration).seconds


def seconds_to_duration(seconds: JsonValue) -> str:
    """Give the period of so many seconds; none where there are none."""
    return str(Duration(int(seconds or 0)))


def condition_parser(context: ConditionContext) -> Callable[[Any], dict[str, JsonValue]]:
    """Give the reader of a condition for a place: canonical, and refused where the place cannot
    hold it."""

    def read(value: Any) -> dict[str, JsonValue]:
        condition = conditions.parse(value)
        raise_problems(conditions.problems(condition, context))
        return condition

    return read


_CONDITION_SCHEMA = WithJsonSchema({"type": ["object", "array"]})
BranchCondition = Annotated[
    dict[str, Any], PlainValidator(condition_parser(ConditionContext.BRANCH)), _CONDITION_SCHEMA
]
WaitCondition = Annotated[
    dict[str, Any], PlainValidator(condition_parser(ConditionContext.WAIT_UNTIL)), _CONDITION_SCHEMA
]
EventCondition = Annotated[
    dict[str, Any],
    PlainValidator(condition_parser(ConditionContext.ATTRIBUTE_FILTERS)),
    _CONDITION_SCHEMA,
]
