"""Days of the week and times of day, as files write them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from cioform.core.data.json_value import JsonValue
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.model.values.value_errors import echo, form_error

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES: Final = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
"""The full names of the same days."""
_TIME: Final = lazy_pattern(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_LOOSE_TIME: Final = lazy_pattern(r"(?P<hour>\d\d?)(?::(?P<minute>[0-5]\d))? ?(?P<half>am|pm)?")


def _check_time_of_day(value: JsonValue) -> str:
    if isinstance(value, str) and _TIME.fullmatch(value):
        return value
    meant = _LOOSE_TIME.fullmatch(str(value).strip().lower())
    hint = ""
    if meant is not None and 0 <= (hour := _hour(int(meant["hour"]), meant["half"])) < 24:
        hint = f'. Write "{hour:02}:{meant["minute"] or "00"}"'
    raise ValueError(f'must be a time of day such as "09:00", not {echo(value)}{hint}')


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    return hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else -1


def _parse_day(value: JsonValue) -> JsonValue:
    day = str(value).lower()
    if value not in DAYS and day[:3] in DAYS and day in (*DAYS, *DAY_NAMES):
        raise ValueError(f"must be `{day[:3]}`, not {echo(value)}")
    return value


def _check_days(days: list[Day]) -> list[Day]:
    if not days or len(set(days)) < len(days):
        raise ValueError("list each day once, or leave `days` out for every day")
    return days


def _list_of_days(value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        return value
    word = value.lower().strip().removesuffix("s")
    groups = {"weekday": DAYS[:5], "workday": DAYS[:5], "weekend": DAYS[5:]}
    days = groups.get(word, [day for day in DAYS if word.startswith(day)])
    hint = f". Write `[{', '.join(days)}]`" if days else ", such as `[mon, tue]`"
    raise form_error(f"must be a list of days, not {echo(value)}{hint}")


Days = Annotated[
    list[Annotated[Day, BeforeValidator(_parse_day)]],
    BeforeValidator(_list_of_days),
    AfterValidator(_check_days),
]
"""Days of the week, each once, in any order."""
TimeOfDay = Annotated[str, BeforeValidator(_check_time_of_day), Field(examples=["09:00"])]
"""A time of day, from `00:00` to `24:00`."""
