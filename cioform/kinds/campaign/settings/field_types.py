"""The types of a campaign's fields, and how all problems in them are raised together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, PlainValidator, WithJsonSchema

from cioform.core.data.json_value import JsonValue
from cioform.core.text.word_lists import join_names
from cioform.core.time.duration import MAX_SECONDS, Duration
from cioform.core.time.loose_duration import loose_seconds
from cioform.language import conditions
from cioform.language.conditions import ConditionContext
from cioform.language.conditions.parsing.schema import CONDITION, EVENT_CONDITION
from cioform.language.workflow import NEVER
from cioform.model.schema.schema_docs import shared_definition
from cioform.model.values.flow_yaml import flow_mapping as flow_mapping
from cioform.model.values.flow_yaml import flow_value as flow_value
from cioform.model.values.value_errors import Problem as Problem
from cioform.model.values.value_errors import format_value, type_error
from cioform.model.values.value_errors import raise_problems as raise_problems


def _check_duration(value: JsonValue) -> str:
    if not isinstance(value, str):
        unit = f". Add the unit: `{value}d`" if type(value) is int else _meant_by_mapping(value)
        raise type_error(f"must be a duration such as `3d`, not {format_value(value)}{unit}.")
    Duration.parse(value)
    return value


def _meant_by_mapping(value: JsonValue) -> str:
    """Return what to write for a duration such as `{days: 2}` or `{amount: 2, unit: days}`."""
    if not isinstance(value, Mapping):
        return ""
    amount = next((value[n] for n in ("amount", "value", "count", "duration") if n in value), None)
    parts = {value["unit"]: amount} if amount is not None and "unit" in value else value
    seconds = loose_seconds(" ".join(f"{number} {unit}" for unit, number in parts.items()))
    return "" if not seconds else f". Write `{Duration(seconds)}`"


def only_members(**types: type | None) -> AfterValidator:
    """Return a check that verbatim members are among `types` and have the type given there.

    Any other member would not be read back as it was written. None stands for any type.
    """

    def check(members: dict[str, Any] | None) -> dict[str, Any] | None:
        given = members or {}
        wrong = member_type_problems(given, types)
        raise_problems([*other_member_problems(given, types), *wrong])
        return members

    return AfterValidator(check)


_TYPE_NAMES: Final[Mapping[type, str]] = {
    str: "text",
    int: "a whole number",
    dict: "a mapping",
}


def member_type_problems(
    members: Mapping[str, JsonValue], types: Mapping[str, type | None]
) -> list[Problem]:
    """Return a problem for each member of the wrong type; None stands for any type."""
    return [
        ((name,), f"must be {_TYPE_NAMES[expected]}, not {format_value(value)}.")
        for name, value in members.items()
        if value is not None
        and (expected := types.get(name)) is not None
        and type(value) is not expected
    ]


def other_member_problems(
    members: Mapping[str, JsonValue], names: Collection[str], prefixes: tuple[str, ...] = ()
) -> list[Problem]:
    """Return a problem for each member whose name is not in `names` and has none of `prefixes`."""
    listed = join_names(names, "and")
    text = f"Customer.io has no such member here. Those that a file can set are {listed}."
    return [
        ((name,), text)
        for name in members
        if name not in names and not (prefixes and name.startswith(prefixes))
    ]


DurationText = Annotated[
    str,
    BeforeValidator(_check_duration),
    WithJsonSchema({"type": "string", "examples": ["2d", "90m"]}),
]
"""A duration as it is written: `14d` and `2w` are the same."""


def duration_to_seconds(duration: str) -> int:
    """Return the seconds of a duration."""
    return Duration.parse(duration).seconds


def seconds_to_duration(seconds: int | None) -> str:
    """Return the duration of a number of seconds; `0s` for None."""
    return str(Duration(int(seconds or 0)))


def normalize_durations(
    fields: Mapping[str, JsonValue], names: Collection[str]
) -> dict[str, JsonValue]:
    """Return fields with those durations in their shortest spelling; `never` stays."""
    durations = {
        name: str(Duration.parse(value))
        for name, value in fields.items()
        if name in names and value != NEVER
    }
    return {**fields, **durations}


def is_writable_duration(seconds: JsonValue) -> bool:
    """Return whether a file can have a duration of that many seconds."""
    return isinstance(seconds, int | float) and 0 <= seconds <= MAX_SECONDS


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
