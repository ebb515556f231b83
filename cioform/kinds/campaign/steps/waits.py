"""Steps that hold people: for a time, until an hour of the day, until something happens."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.field_types import (
    DurationText,
    WaitCondition,
    duration_to_seconds,
    seconds_to_duration,
)
from cioform.kinds.campaign.steps.step_type import (
    CodecContext,
    StepFields,
    StepType,
    WireAction,
    WireFields,
)
from cioform.language import conditions
from cioform.language.workflow import NEVER
from cioform.model.resource import ResourceModel

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAY_NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERSON_ZONE: Final = "person"
"""Says that each person's own time zone counts."""
_WIRE_PERSON_ZONE: Final = "customer_time_zone"
_WIRE_TIME_PATTERN: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:00)?|24:00")


def _check_time_of_day(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text):
        raise ValueError(f"{text!r} is no time of day; write it as 09:00")
    return text


def _sort_days(days: list[Day]) -> list[Day]:
    if not days or len(set(days)) < len(days):
        raise ValueError("name each day once, or leave `days` out for every day")
    return sorted(days, key=_DAY_NAMES.index)


TimeOfDay = Annotated[str, AfterValidator(_check_time_of_day), Field(examples=["09:00"])]


class Window(ResourceModel):
    """An opening of some hours on some days; whoever comes outside of it waits for the next."""

    days: Annotated[list[Day] | None, AfterValidator(lambda d: d and _sort_days(d))] = None
    """The days it opens on; every day when left out."""
    from_: Annotated[TimeOfDay, Field(alias="from")]
    """When it opens: `09:00`."""
    to: TimeOfDay
    """When it closes."""
    zone: Annotated[str, Field(min_length=1)]
    """The time zone that counts, as `Europe/London`; `person` for each person's own."""
    fallback: Annotated[str | None, Field(min_length=1)] = None
    """The zone of people whose own is not known."""

    @model_validator(mode="after")
    def _check_zone_and_hours(self) -> Window:
        if self.fallback is not None and self.zone != PERSON_ZONE:
            raise ValueError("`fallback` is for `zone: person` only; take it out")
        if self.from_ == self.to:
            raise ValueError("`from` and `to` are the same, so that it never opens")
        return self


class WaitStep(ResourceModel):
    """Wait for a time."""

    wait: DurationText


class WaitWindowStep(ResourceModel):
    """Wait for the next opening."""

    wait_window: Window


class Span(ResourceModel):
    """From a shortest to a longest time."""

    min: DurationText
    max: DurationText

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if duration_to_seconds(self.min) > duration_to_seconds(self.max):
            raise ValueError(f"`min` ({self.min}) is longer than `max` ({self.max})")
        return self


class WaitRandomStep(ResourceModel):
    """Wait for a time that chance decides."""

    wait_random: Span


def _canonical_timeout(value: Any) -> Any:
    if value != NEVER and isinstance(value, str) and not duration_to_seconds(value):
        raise ValueError("a wait of no time never waits; write a time as 3d, or `never`")
    return (
        value
        if value == NEVER or not isinstance(value, str)
        else seconds_to_duration(duration_to_seconds(value))
    )


class WaitUntilStep(ResourceModel):
    """Wait until something holds."""

    wait_until: WaitCondition
    timeout: Annotated[
        str,
        BeforeValidator(_canonical_timeout),
        WithJsonSchema({"type": "string", "examples": ["3d", "never"]}),
    ]
    """How long at most: `3d`, or `never` for as long as it takes."""
    on_timeout: Annotated[list[Any] | None, Field(max_length=0)] = None


def _encode_wait(fields: StepFields, context: CodecContext) -> WireFields:
    del context
    return {"delay": duration_to_seconds(fields["wait"])}


def _decode_wait(action: WireAction, context: CodecContext) -> StepFields:
    del context
    return {"wait": seconds_to_duration(action.get("delay"))}


def _encode_window(fields: StepFields, context: CodecContext) -> WireFields:
    window, there = fields["wait_window"], context.current_action
    zone = window["zone"]
    members: WireFields = {
        "start_time": _encode_time(window["from"], there),
        "end_time": _encode_time(window["to"], there),
        "days": _encode_days(window.get("days", list(_DAY_NAMES)), there.get("days")),
        "zone": _WIRE_PERSON_ZONE if zone == PERSON_ZONE else zone,
    }
    if "fallback" in window or there.get("fallback_zone"):
        members["fallback_zone"] = window.get("fallback", "")
    return members


def _decode_window(action: WireAction, context: CodecContext) -> StepFields | None:
    del context
    clocks = _decode_times(action.get("start_time"), action.get("end_time"))
    days, zone = _decode_days(action.get("days")), action.get("zone")
    if clocks is None or days is None or not isinstance(zone, str) or not zone:
        return None
    window: StepFields = {"days": days} if len(days) < len(_DAY_NAMES) else {}
    window |= {"from": clocks[0], "to": clocks[1]}
    window["zone"] = PERSON_ZONE if zone == _WIRE_PERSON_ZONE else zone
    if action.get("fallback_zone"):
        window["fallback"] = action["fallback_zone"]
    return {"wait_window": window} if _is_valid_window(window) else None


def _is_valid_window(window: StepFields) -> bool:
    try:
        Window.model_validate(window)
    except ValueError:
        return False
    return True


def _decode_times(start: JsonValue, end: JsonValue) -> tuple[str, str] | None:
    """Give two times of day as files write them. Their format is open (journeys facts, section
    10, 8): text is read, and minutes or seconds since midnight."""
    if isinstance(start, str) and isinstance(end, str):
        if not (_WIRE_TIME_PATTERN.fullmatch(start) and _WIRE_TIME_PATTERN.fullmatch(end)):
            return None
        return _pad_hours(start), _pad_hours(end)
    if not all(type(value) is int and value >= 0 for value in (start, end)):
        return None
    unit = 60 if _is_seconds(start, end) else 1
    if start % unit or end % unit or max(start, end) > 1440 * unit:
        return None
    return _format_minutes(start // unit), _format_minutes(end // unit)


def _is_seconds(start: int, end: int) -> bool:
    return max(start, end) > 1440


def _pad_hours(text: str) -> str:
    hours, minutes, *_ = text.split(":")
    return f"{int(hours):02}:{minutes}"


def _format_minutes(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _encode_time(text: str, current_action: WireAction) -> JsonValue:
    start, end = current_action.get("start_time"), current_action.get("end_time")
    if type(start) is not int or type(end) is not int:
        return text
    hours, minutes = text.split(":")
    return (int(hours) * 60 + int(minutes)) * (60 if _is_seconds(start, end) else 1)


def _decode_days(wire: JsonValue) -> list[str] | None:
    """Give days as files write them. Their format is open: names are read, and numbers, in which
    Sunday is 0 or 7; nothing at all is every day."""
    if wire in (None, "", []):
        return list(_DAY_NAMES)
    if not isinstance(wire, list):
        return None
    days = [_decode_day(each) for each in wire]
    known = {day for day in days if day is not None}
    return sorted(known, key=_DAY_NAMES.index) if len(known) == len(days) else None


def _decode_day(wire: JsonValue) -> str | None:
    if type(wire) is int and 0 <= wire <= 7:
        return _DAY_NAMES[(wire + 6) % 7]
    short = wire[:3].lower() if isinstance(wire, str) else ""
    return short if short in _DAY_NAMES else None


_FULL_DAY_NAMES: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


def _encode_days(days: list[str], current_days: JsonValue) -> JsonValue:
    spelling = current_days[0] if isinstance(current_days, list) and current_days else 0
    if not isinstance(spelling, str):
        sunday = 7 if isinstance(current_days, list) and 7 in current_days else 0
        return sorted((_DAY_NAMES.index(day) + 1) % 7 or sunday for day in days)
    full = [_FULL_DAY_NAMES[_DAY_NAMES.index(day)] for day in days]
    named = full if len(spelling) > 3 else [day[:3] for day in full]
    return [day.capitalize() if spelling[:1].isupper() else day for day in named]


def _encode_random(fields: StepFields, context: CodecContext) -> WireFields:
    del context
    span = fields["wait_random"]
    return {
        "min_delay": duration_to_seconds(span["min"]),
        "max_delay": duration_to_seconds(span["max"]),
    }


def _decode_random(action: WireAction, context: CodecContext) -> StepFields | None:
    del context
    shortest, longest = (action.get(name) or 0 for name in ("min_delay", "max_delay"))
    if shortest > longest:
        return None
    return {
        "wait_random": {"min": seconds_to_duration(shortest), "max": seconds_to_duration(longest)}
    }


def _encode_until(fields: StepFields, context: CodecContext) -> WireFields:
    never = fields["timeout"] == NEVER
    return {
        "multi_conditions": conditions.compile_wait_conditions(
            fields["wait_until"], context.names, context.steps
        ),
        "delay": 0 if never else duration_to_seconds(fields["timeout"]),
        "exit_type": "never" if never else "continue",
    }


def _decode_until(action: WireAction, context: CodecContext) -> StepFields | None:
    never, delay = action.get("exit_type") == "never", action.get("delay") or 0
    if bool(delay) == never or action.get("exit_type") not in ("never", "continue"):
        return None
    condition = conditions.decompile_wait_conditions(
        action.get("multi_conditions"), context.names, context.steps
    )
    return {"wait_until": condition, "timeout": NEVER if never else seconds_to_duration(delay)}


def _normalize_until(fields: StepFields) -> StepFields:
    return {**fields, "wait_until": conditions.normalize_condition(fields["wait_until"])}


WAIT_STEP_TYPES: Final[dict[str, StepType]] = {
    "wait": StepType(
        "delay_seconds_action", WaitStep, _encode_wait, _decode_wait, frozenset({"delay"})
    ),
    "wait_window": StepType(
        "delay_time_window_action",
        WaitWindowStep,
        _encode_window,
        _decode_window,
        frozenset({"start_time", "end_time", "days", "zone", "fallback_zone"}),
    ),
    "wait_random": StepType(
        "randomized_delay_action",
        WaitRandomStep,
        _encode_random,
        _decode_random,
        frozenset({"min_delay", "max_delay"}),
    ),
    "wait_until": StepType(
        "conditional_wait_action",
        WaitUntilStep,
        _encode_until,
        _decode_until,
        frozenset({"multi_conditions", "delay", "exit_type"}),
        _normalize_until,
    ),
}
