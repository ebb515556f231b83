"""The step that holds people until certain hours of certain days.

No source records how Customer.io spells days and times of day, so that several spellings are read
(journeys facts, section 10, 8), and the one that was read is written again.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator
from typing_extensions import override

from cioform.core.data.json_value import JsonValue
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.kinds.campaign.steps.only_if import ConditionalStepModel
from cioform.kinds.campaign.steps.step_model import CodecContext, StepFields, StepModelWithRaw
from cioform.kinds.campaign.upgrading import OLD_ZONE_FIELDS
from cioform.kinds.campaign.wire.wire_types import WireFields, WireMembers
from cioform.language.hours import DAY_NAMES, DAYS, Days, TimeOfDay
from cioform.language.time_zone import (
    FallbackTimeZone,
    TimeZone,
    check_fallback,
    decode_zone,
    encode_zone,
)
from cioform.model.resource import ResourceModel

_WIRE_TIME: Final = lazy_pattern(r"([01]?\d|2[0-3]):([0-5]\d)(:00)?|24:00")
_MINUTES_A_DAY: Final = 1440


class Window(ResourceModel):
    """Hours on some days. People who come outside of them wait for the next ones."""

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("start", "start_time", "begin", "after"), "from"),
        **dict.fromkeys(("end", "end_time", "until", "before"), "to"),
        **dict.fromkeys(("timezone", "tz"), "time_zone"),
        **dict.fromkeys(("weekdays", "days_of_week", "on"), "days"),
    }

    old_fields: ClassVar[Mapping[str, str]] = OLD_ZONE_FIELDS
    filled_by_defaults: ClassVar[frozenset[str]] = frozenset({"time_zone"})

    days: Days | None = None
    """The days of the week; every day if left out."""
    from_: Annotated[TimeOfDay, Field(alias="from")]
    """The time of day when people may continue: `09:00`."""
    to: TimeOfDay
    """The time of day from which people wait for the next window."""
    time_zone: TimeZone
    """The time zone, such as `Europe/London`; `person` for each person's own."""
    fallback_time_zone: FallbackTimeZone | None = None
    """The time zone of people whose own is unknown."""

    @model_validator(mode="after")
    def _check_zone_and_hours(self) -> Self:
        check_fallback(self.time_zone, self.fallback_time_zone)
        if self.from_ == self.to:
            raise ValueError("`from` and `to` are equal, so that the window never opens")
        return self


class WaitWindowStep(ConditionalStepModel, StepModelWithRaw):
    """Wait for certain hours on certain days."""

    keyword = "wait_window"
    wire_fields = frozenset({"start_time", "end_time", "days", "zone", "fallback_zone"})

    wait_window: Window

    @override
    @classmethod
    def encode(cls, fields: StepFields, context: CodecContext, /) -> WireFields:
        window, current = fields["wait_window"], context.current_action
        members: WireFields = {
            "start_time": _encode_time(window["from"], current),
            "end_time": _encode_time(window["to"], current),
            "days": _encode_days(window.get("days", list(DAYS)), current.get("days")),
            "zone": encode_zone(window["time_zone"]),
        }
        if "fallback_time_zone" in window or current.get("fallback_zone"):
            members["fallback_zone"] = window.get("fallback_time_zone", "")
        return members

    @override
    @classmethod
    def decode(cls, action: WireMembers, _context: CodecContext, /) -> StepFields | None:
        times = _decode_times(action.get("start_time"), action.get("end_time"))
        days, zone = _decode_days(action.get("days")), action.get("zone")
        if times is None or days is None or not isinstance(zone, str) or not zone:
            return None
        window: StepFields = {"days": days} if len(days) < len(DAYS) else {}
        window |= {"from": times[0], "to": times[1]}
        window["time_zone"] = decode_zone(zone)
        if action.get("fallback_zone"):
            window["fallback_time_zone"] = action["fallback_zone"]
        return {"wait_window": window} if _is_valid_window(window) else None

    @override
    @classmethod
    def normalize(cls, fields: StepFields, /) -> StepFields:
        window = fields["wait_window"]
        if "days" not in window:
            return dict(fields)
        days = sorted(window["days"], key=DAYS.index)
        return {**fields, "wait_window": {**window, "days": days}}


def _is_valid_window(window: StepFields) -> bool:
    try:
        Window.model_validate(window)
    except ValueError:
        return False
    return True


def _decode_times(start: JsonValue, end: JsonValue) -> tuple[str, str] | None:
    """Return two times of day as files write them, from text, minutes or seconds since midnight."""
    if isinstance(start, str) and isinstance(end, str):
        if not (_WIRE_TIME.fullmatch(start) and _WIRE_TIME.fullmatch(end)):
            return None
        return _pad_hours(start), _pad_hours(end)
    if not all(type(value) is int and value >= 0 for value in (start, end)):
        return None
    unit = 60 if _is_in_seconds(start, end) else 1
    if start % unit or end % unit or max(start, end) > _MINUTES_A_DAY * unit:
        return None
    return _format_minutes(start // unit), _format_minutes(end // unit)


def _is_in_seconds(start: int, end: int) -> bool:
    return max(start, end) > _MINUTES_A_DAY


def _pad_hours(text: str) -> str:
    hours, minutes, *_ = text.split(":")
    return f"{int(hours):02}:{minutes}"


def _format_minutes(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _encode_time(text: str, current_action: WireMembers) -> str | int:
    start, end = current_action.get("start_time"), current_action.get("end_time")
    if type(start) is not int or type(end) is not int:
        return text
    hours, minutes = text.split(":")
    return (int(hours) * 60 + int(minutes)) * (60 if _is_in_seconds(start, end) else 1)


def _decode_days(wire: JsonValue) -> list[str] | None:
    """Return days as files write them, from names or from numbers in which Sunday is 0 or 7.

    An empty value stands for every day.
    """
    if wire in (None, "", []):
        return list(DAYS)
    if not isinstance(wire, list):
        return None
    days = [_decode_day(each) for each in wire]
    known = {day for day in days if day is not None}
    return sorted(known, key=DAYS.index) if len(known) == len(days) else None


def _decode_day(wire: JsonValue) -> str | None:
    if type(wire) is int and 0 <= wire <= 7:
        return DAYS[(wire + 6) % 7]
    short = wire[:3].lower() if isinstance(wire, str) else ""
    return short if short in DAYS else None


def _encode_days(days: list[str], current_days: JsonValue) -> list[int] | list[str]:
    """Return days in the spelling of the current ones: names, or numbers if there are none."""
    example = current_days[0] if isinstance(current_days, list) and current_days else 0
    if not isinstance(example, str):
        sunday = 7 if isinstance(current_days, list) and 7 in current_days else 0
        return sorted((DAYS.index(day) + 1) % 7 or sunday for day in days)
    full = [DAY_NAMES[DAYS.index(day)] for day in sorted(days, key=DAYS.index)]
    names = full if len(example) > 3 else [name[:3] for name in full]
    return [name.capitalize() if example[:1].isupper() else name for name in names]
