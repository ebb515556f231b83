"""Time windows and time zones as phrases: `09:00 to 18:00, mon to fri (the person's time zone)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import Json, as_list
from cioform.report.journey.condition_text import value_text

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERSON_ZONE: Final = "person"


def time_window_text(window: Mapping[str, Json]) -> str:
    """Return the hours, the days and the time zone of a window."""
    text = f"{window.get('from', '')} to {window.get('to', '')}"
    if days := as_list(window.get("days")):
        text += f", {_days_text([str(day) for day in days])}"
    return text + time_zone_text(window)


def time_zone_text(fields: Mapping[str, Json]) -> str:
    """Return the time zone with its fallback in parentheses, to follow a time; or nothing."""
    zone = fields.get("time_zone")
    if zone != _PERSON_ZONE:
        return f" ({zone})" if zone else ""
    fallback = fields.get("fallback_time_zone")
    return f" (the person's time zone{f', or {fallback} if unknown' if fallback else ''})"


def _days_text(days: Sequence[str]) -> str:
    is_range = len(days) > 2 and ",".join(days) in ",".join(_DAYS)
    return f"{days[0]} to {days[-1]}" if is_range else value_text(list(days))
