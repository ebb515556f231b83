"""Time zones by the names in requests."""

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def find_time_zone(name: str) -> tzinfo | None:
    """Return the time zone of that name, or None if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # OSError: the name is that of a folder (`America`), or too long for a file
