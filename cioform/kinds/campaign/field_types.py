"""What the fields of a campaign are made of, and how everything wrong in them is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator, ValidationError, WithJsonSchema
from pydantic_core import InitErrorDetails, PydanticCustomError

from cioform.core.json_value import Duration, Plain
from cioform.language import conditions
from cioform.language.conditions import Place
from cioform.model.resource import Path

Complaint = tuple[Path, str]


def refuse(complaints: Iterable[Complaint]) -> None:
    """Raise all complaints at once, each at its own place in the file; nothing without any."""
    if errors := [
        InitErrorDetails(
            type=PydanticCustomError("sentence", "{text}", {"text": text}), loc=path, input=None
        )
        for path, text in complaints
    ]:
        raise ValidationError.from_exception_data("campaign", errors)


def _duration(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("write a duration such as 30s, 15m, 2h, 3d or 1w2d")
    return str(Duration.parse(value))


Period = Annotated[
    str, BeforeValidator(_duration), WithJsonSchema({"type": "string", "examples": ["2d", "90m"]})
]
"""A length of time in its shortest spelling."""


def seconds_of(period: str) -> int:
    """Give the seconds of a period."""
    return Duration.parse(period).seconds


def period_of(seconds: Plain) -> str:
    """Give the period of so many seconds; none where there are none."""
    return str(Duration(int(seconds or 0)))


def condition_for(place: Place) -> Callable[[Any], dict[str, Plain]]:
    """Give the reader of a condition for a place: canonical, and refused where the place cannot
    hold it."""

    def read(value: Any) -> dict[str, Plain]:
        condition = conditions.parse(value)
        refuse(conditions.problems(condition, place))
        return condition

    return read


_CONDITION_SCHEMA = WithJsonSchema({"type": ["object", "array"]})
BranchCondition = Annotated[
    dict[str, Any], PlainValidator(condition_for(Place.BRANCH)), _CONDITION_SCHEMA
]
WaitCondition = Annotated[
    dict[str, Any], PlainValidator(condition_for(Place.WAIT_UNTIL)), _CONDITION_SCHEMA
]
EventCondition = Annotated[
    dict[str, Any], PlainValidator(condition_for(Place.ATTRIBUTE_FILTERS)), _CONDITION_SCHEMA
]
