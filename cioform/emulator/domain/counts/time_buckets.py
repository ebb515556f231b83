"""Divide time into the buckets that metrics are counted in."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from cioform.emulator.protocol.request import Request
from cioform.emulator.wire.errors import ApiError
from cioform.emulator.wire.time_zones import find_time_zone

PERIODS = ("hours", "days", "weeks", "months")
MAX_STEPS_BY_PERIOD = {"hours": 24, "days": 45, "weeks": 12, "months": 121}
DEFAULT_STEPS = {"hours": 24, "days": 45, "weeks": 12, "months": 12}
RESOLUTIONS = {"hourly": "hours", "daily": "days", "weekly": "weeks", "monthly": "months"}
MAX_RANGE_SECONDS = 10 * 366 * 86_400
MAX_BUCKETS = 10_000
MAX_TIMESTAMP = int(datetime(9998, 1, 1, tzinfo=UTC).timestamp())
"""The latest end of a range; a bucket and a time zone more must fit Python's calendar."""

BucketEdges = Sequence[int]
"""The start of each bucket, and the end of the last one, in Unix seconds."""


def period_edges(request: Request) -> BucketEdges:
    """Return the buckets of `period` and `steps`, up to the current one (app facts, 5.7)."""
    period = request.query.get("period", "days")
    if period not in PERIODS:
        raise ApiError(400, "invalid period")
    steps = request.query_int("steps", DEFAULT_STEPS[period])
    if not 1 <= steps <= MAX_STEPS_BY_PERIOD[period]:
        raise ApiError(400, f"steps must be 1 to {MAX_STEPS_BY_PERIOD[period]} for {period}")
    start = _bucket_start(request, datetime.fromtimestamp(request.now, UTC), period)
    starts = [start]
    for _ in range(steps - 1):
        starts.append(_shift_buckets(starts[-1], period, -1))
    edges = [*reversed(starts), _shift_buckets(start, period, 1)]
    return [int(each.timestamp()) for each in edges]


def range_edges(request: Request) -> BucketEdges:
    """Return the buckets of `res` and `tz` from `start` to `end` inclusive, at most ten years."""
    period = requested_period(request)
    first, last = request.query_int("start", -1), request.query_int("end", -1)
    if not 0 <= first <= last <= MAX_TIMESTAMP or last - first > MAX_RANGE_SECONDS:
        raise ApiError(400, "start and end must be unix seconds at most 10 years apart")
    zone = _time_zone(request.query.get("tz", "UTC"))
    edges = [_bucket_start(request, datetime.fromtimestamp(first, zone), period)]
    while edges[-1].timestamp() <= last:
        edges.append(_shift_buckets(edges[-1], period, 1))
        if len(edges) > MAX_BUCKETS:
            raise ApiError(400, "too many steps between start and end")
    return [int(each.timestamp()) for each in edges]


def requested_period(request: Request) -> str:
    """Return the period that `res` selects; journey metrics have `resolution` for it.

    Source: corrections 2026-11, row 16.
    """
    name = "resolution" if request.path.endswith("/journey_metrics") else "res"
    resolution = request.query.get(name, "")
    period = RESOLUTIONS.get(resolution, resolution)
    if period not in PERIODS:
        raise ApiError(400, "invalid resolution")
    return period


def bucket_index(edges: BucketEdges, timestamp: int) -> int | None:
    """Return the index of the bucket that a time is in; None if it is outside of all."""
    index = bisect_right(edges, timestamp) - 1
    return index if 0 <= index < len(edges) - 1 else None


def _bucket_start(request: Request, moment: datetime, period: str) -> datetime:
    if period == "hours":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "weeks":
        days_into_week = day.weekday() + (request.behavior.week_start == "sunday")
        return day - timedelta(days=days_into_week % 7)
    return day.replace(day=1) if period == "months" else day


def _shift_buckets(moment: datetime, period: str, count: int) -> datetime:
    """Return the start of the bucket `count` buckets later; a day may have 23 or 25 hours."""
    if period == "hours":
        # Hours are counted in UTC, because local time has one hour twice in autumn.
        later = moment.astimezone(UTC) + timedelta(hours=count)
        return later.astimezone(moment.tzinfo)
    if period != "months":
        return moment + timedelta(days=count * (7 if period == "weeks" else 1))
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    return moment.replace(year=year, month=month + 1)


def _time_zone(name: str) -> tzinfo:
    zone = find_time_zone(name)
    if zone is None:
        raise ApiError(400, f"unknown time zone {name!r}")
    return zone
