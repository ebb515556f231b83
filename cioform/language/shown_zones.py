"""Time zones by the names that Customer.io shows: `(GMT-08:00) Pacific Time (US & Canada)`.

Only the form is recorded (corrections 2026-11, Liquid). The names in it are those of Ruby on Rails,
in which Customer.io is written.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.time.rails_zones import zone_of_place

_SHOWN: Final = lazy_pattern(
    r"\(GMT(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d)\) (?P<place>.+)"
)
_YEARS: Final = range(2005, 2031)
"""The years of the offsets that count. Governments change them, and the lists of systems lag."""


def is_shown_zone(text: str) -> bool:
    """Return whether a text is a time zone as Customer.io shows it, with a possible offset."""
    found = _SHOWN.fullmatch(text)
    zone = zone_of_place(found["place"]) if found else None
    if found is None or zone is None:
        return False
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    return (offset if found["sign"] == "+" else -offset) in _offsets(zone)


def _offsets(zone: str) -> set[timedelta | None]:
    try:
        known = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, OSError):
        return set()
    moments = (datetime(year, month, 1, tzinfo=UTC) for year in _YEARS for month in (1, 7))
    return {moment.astimezone(known).utcoffset() for moment in moments}
