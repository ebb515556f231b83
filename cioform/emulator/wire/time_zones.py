"""Time zones by their names, which anybody may send."""

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def find_time_zone(name: str) -> tzinfo | None:
    """The zone of that name, None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # OSError: `America` is a folder, and too long a name is none for a file
