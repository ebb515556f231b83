"""Time zones by the names that Liquid accepts: `Europe/Berlin`, or `(GMT+01:00) Berlin`."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from cioform.core.time.rails_zones import zone_of_place
from cioform.emulator.wire.time_zones import find_time_zone

_DETAILED: Final = re.compile(r"\(GMT[+-]\d\d:\d\d\) (?P<place>.+)")
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9990, 1, 1, tzinfo=UTC)


def require_zone(name: str) -> str:
    """Return the IANA name of a time zone. Raises ValueError if there is none of that name."""
    detailed = _DETAILED.fullmatch(name)
    found = zone_of_place(detailed["place"]) if detailed else name
    if found is None or find_time_zone(found) is None:
        raise ValueError(f"unknown time zone {name!r}")
    return found


def zone_offset(name: str, seconds: float) -> float:
    """Return how many minutes a time zone is west of UTC, at a time in seconds since 1970."""
    zone = find_time_zone(name)
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        moment = _LAST if seconds > 0 else _FIRST
    offset = min(max(moment, _FIRST), _LAST).astimezone(zone).utcoffset() or timedelta()
    return -offset.total_seconds() / 60
