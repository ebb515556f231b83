"""Steps that hold people: for a time, until an hour of the day, until something happens."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from cioform.core.json_value import Plain
from cioform.kinds.campaign.field_types import Period, WaitCondition, period_of, seconds_of
from cioform.kinds.campaign.steps.step_type import Action, Context, Fields, Members, Word
from cioform.language import conditions
from cioform.language.workflow import NEVER
from cioform.model.resource import ResourceModel

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PERSON: Final = "person"
"""Says that each person's own time zone counts."""
_PERSON_WIRE: Final = "customer_time_zone"
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:00)?|24:00")


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text):
        raise ValueError(f"{text!r} is no time of day; write it as 09:00")
    return text


def _in_order(days: list[Day]) -> list[Day]:
    if not days or len(set(days)) < len(days):
        raise ValueError("name each day once, or leave `days` out for every day")
    return sorted(days, key=_DAYS.index)


Clock = Annotated[str, AfterValidator(_clock), Field(examples=["09:00"])]


class Window(ResourceModel):
    """An opening of some hours on some days; whoever comes outside of it waits for the next."""

    days: Annotated[list[Day] | None, AfterValidator(lambda d: d and _in_order(d))] = None
    """The days it opens on; every day when left out."""
    from_: Annotated[Clock, Field(alias="from")]
    """When it opens: `09:00`."""
    to: Clock
    """When it closes."""
    zone: Annotated[str, Field(min_length=1)]
    """The time zone that counts, as `Europe/London`; `person` for each person's own."""
    fallback: Annotated[str | None, Field(min_length=1)] = None
    """The zone of people whose own is not known."""

    @model_validator(mode="after")
    def _one_zone(self) -> Window:
        if self.fallback is not None and self.zone != PERSON:
            raise ValueError("`fallback` is for `zone: person` only; take it out")
        if self.from_ == self.to:
            raise ValueError("`from` and `to` are the same, so that it never opens")
        return self


class WaitStep(ResourceModel):
    """Wait for a time."""

    wait: Period


class WindowStep(ResourceModel):
    """Wait for the next opening."""

    wait_window: Window


class Span(ResourceModel):
    """From a shortest to a longest time."""

    min: Period
    max: Period

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if seconds_of(self.min) > seconds_of(self.max):
            raise ValueError(f"`min` ({self.min}) is longer than `max` ({self.max})")
        return self


class RandomStep(ResourceModel):
    """Wait for a time that chance decides."""

    wait_random: Span


def _timeout(value: Any) -> Any:
    if value != NEVER and isinstance(value, str) and not seconds_of(value):
        raise ValueError("a wait of no time never waits; write a time as 3d, or `never`")
    return value if value == NEVER or not isinstance(value, str) else period_of(seconds_of(value))


class UntilStep(ResourceModel):
    """Wait until something holds."""

    wait_until: WaitCondition
    timeout: Annotated[
        str,
        BeforeValidator(_timeout),
        WithJsonSchema({"type": "string", "examples": ["3d", "never"]}),
    ]
    """How long at most: `3d`, or `never` for as long as it takes."""
    on_timeout: Annotated[list[Any] | None, Field(max_length=0)] = None


def _encode_wait(fields: Fields, context: Context) -> Members:
    del context
    return {"delay": seconds_of(fields["wait"])}


def _decode_wait(action: Action, context: Context) -> Fields:
    del context
    return {"wait": period_of(action.get("delay"))}


def _encode_window(fields: Fields, context: Context) -> Members:
    window, there = fields["wait_window"], context.there
    zone = window["zone"]
    members: Members = {
        "start_time": _clock_like(window["from"], there),
        "end_time": _clock_like(window["to"], there),
        "days": _days_like(window.get("days", list(_DAYS)), there.get("days")),
        "zone": _PERSON_WIRE if zone == PERSON else zone,
    }
    if "fallback" in window or there.get("fallback_zone"):
        members["fallback_zone"] = window.get("fallback", "")
    return members


def _decode_window(action: Action, context: Context) -> Fields | None:
    del context
    clocks = _clocks(action.get("start_time"), action.get("end_time"))
    days, zone = _days(action.get("days")), action.get("zone")
    if clocks is None or days is None or not isinstance(zone, str) or not zone:
        return None
    window: Fields = {"days": days} if len(days) < len(_DAYS) else {}
    window |= {"from": clocks[0], "to": clocks[1]}
    window["zone"] = PERSON if zone == _PERSON_WIRE else zone
    if action.get("fallback_zone"):
        window["fallback"] = action["fallback_zone"]
    return {"wait_window": window} if _sayable(window) else None


def _sayable(window: Fields) -> bool:
    try:
        Window.model_validate(window)
    except ValueError:
        return False
    return True


def _clocks(start: Plain, end: Plain) -> tuple[str, str] | None:
    """Give two times of day as files write them. Their format is open (journeys facts, section
    10, 8): text is read, and minutes or seconds since midnight."""
    if isinstance(start, str) and isinstance(end, str):
        if not (_CLOCK.fullmatch(start) and _CLOCK.fullmatch(end)):
            return None
        return _padded(start), _padded(end)
    if not all(type(value) is int and value >= 0 for value in (start, end)):
        return None
    unit = 60 if _is_seconds(start, end) else 1
    if start % unit or end % unit or max(start, end) > 1440 * unit:
        return None
    return _of_minutes(start // unit), _of_minutes(end // unit)


def _is_seconds(start: int, end: int) -> bool:
    return max(start, end) > 1440


def _padded(text: str) -> str:
    hours, minutes, *_ = text.split(":")
    return f"{int(hours):02}:{minutes}"


def _of_minutes(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _clock_like(text: str, there: Action) -> Plain:
    start, end = there.get("start_time"), there.get("end_time")
    if type(start) is not int or type(end) is not int:
        return text
    hours, minutes = text.split(":")
    return (int(hours) * 60 + int(minutes)) * (60 if _is_seconds(start, end) else 1)


def _days(wire: Plain) -> list[str] | None:
    """Give days as files write them. Their format is open: names are read, and numbers, in which
    Sunday is 0 or 7; nothing at all is every day."""
    if wire in (None, "", []):
        return list(_DAYS)
    if not isinstance(wire, list):
        return None
    days = [_day(each) for each in wire]
    known = {day for day in days if day is not None}
    return sorted(known, key=_DAYS.index) if len(known) == len(days) else None


def _day(wire: Plain) -> str | None:
    if type(wire) is int and 0 <= wire <= 7:
        return _DAYS[(wire + 6) % 7]
    short = wire[:3].lower() if isinstance(wire, str) else ""
    return short if short in _DAYS else None


_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _days_like(days: list[str], there: Plain) -> Plain:
    spelling = there[0] if isinstance(there, list) and there else 0
    if not isinstance(spelling, str):
        sunday = 7 if isinstance(there, list) and 7 in there else 0
        return sorted((_DAYS.index(day) + 1) % 7 or sunday for day in days)
    full = [_NAMES[_DAYS.index(day)] for day in days]
    named = full if len(spelling) > 3 else [day[:3] for day in full]
    return [day.capitalize() if spelling[:1].isupper() else day for day in named]


def _encode_random(fields: Fields, context: Context) -> Members:
    del context
    span = fields["wait_random"]
    return {"min_delay": seconds_of(span["min"]), "max_delay": seconds_of(span["max"])}


def _decode_random(action: Action, context: Context) -> Fields | None:
    del context
    shortest, longest = (action.get(name) or 0 for name in ("min_delay", "max_delay"))
    if shortest > longest:
        return None
    return {"wait_random": {"min": period_of(shortest), "max": period_of(longest)}}


def _encode_until(fields: Fields, context: Context) -> Members:
    never = fields["timeout"] == NEVER
    return {
        "multi_conditions": conditions.compile_wait(
            fields["wait_until"], context.names, context.steps
        ),
        "delay": 0 if never else seconds_of(fields["timeout"]),
        "exit_type": "never" if never else "continue",
    }


def _decode_until(action: Action, context: Context) -> Fields | None:
    never, delay = action.get("exit_type") == "never", action.get("delay") or 0
    if bool(delay) == never or action.get("exit_type") not in ("never", "continue"):
        return None
    condition = conditions.decompile_wait(
        action.get("multi_conditions"), context.names, context.steps
    )
    return {"wait_until": condition, "timeout": NEVER if never else period_of(delay)}


def _normal_until(fields: Fields) -> Fields:
    return {**fields, "wait_until": conditions.normal(fields["wait_until"])}


WAITS: Final[dict[str, Word]] = {
    "wait": Word(
        "delay_seconds_action", WaitStep, _encode_wait, _decode_wait, frozenset({"delay"})
    ),
    "wait_window": Word(
        "delay_time_window_action",
        WindowStep,
        _encode_window,
        _decode_window,
        frozenset({"start_time", "end_time", "days", "zone", "fallback_zone"}),
    ),
    "wait_random": Word(
        "randomized_delay_action",
        RandomStep,
        _encode_random,
        _decode_random,
        frozenset({"min_delay", "max_delay"}),
    ),
    "wait_until": Word(
        "conditional_wait_action",
        UntilStep,
        _encode_until,
        _decode_until,
        frozenset({"multi_conditions", "delay", "exit_type"}),
        _normal_until,
    ),
}
