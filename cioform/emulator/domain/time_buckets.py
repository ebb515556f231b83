"""Stretches of time that metrics are counted in, in a time zone."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from cioform.emulator.protocol.request import Call
from cioform.emulator.wire.errors import Refusal
from cioform.emulator.wire.time_zones import zone_of

PERIODS = ("hours", "days", "weeks", "months")
MOST = {"hours": 24, "days": 45, "weeks": 12, "months": 121}
USUAL = {"hours": 24, "days": 45, "weeks": 12, "months": 12}
RESOLUTIONS = {"hourly": "hours", "daily": "days", "weekly": "weeks", "monthly": "months"}
LONGEST = 10 * 366 * 86_400
MOST_STEPS = 10_000
LATEST = int(datetime(9998, 1, 1, tzinfo=UTC).timestamp())
"""A step and a time zone before the calendar of Python ends."""

Edges = Sequence[int]
"""Where the steps begin, and at last where the last one ends: unix seconds."""


def by_period(call: Call) -> Edges:
    """`period` and `steps`, the oldest first and the current one last (app facts, 5.7)."""
    period = call.query.get("period", "days")
    if period not in PERIODS:
        raise Refusal(400, "invalid period")
    steps = call.number("steps", USUAL[period])
    if not 1 <= steps <= MOST[period]:
        raise Refusal(400, f"steps must be 1 to {MOST[period]} for {period}")
    start = _floor(call, datetime.fromtimestamp(call.now, UTC), period)
    starts = [start]
    for _ in range(steps - 1):
        starts.append(_step(starts[-1], period, -1))
    edges = [*reversed(starts), _step(start, period, 1)]
    return [int(each.timestamp()) for each in edges]


def by_range(call: Call) -> Edges:
    """`res`, `tz`, `start` and `end`: at most ten years, both ends inside."""
    period = resolution(call)
    first, last = call.number("start", -1), call.number("end", -1)
    if not 0 <= first <= last <= LATEST or last - first > LONGEST:
        raise Refusal(400, "start and end must be unix seconds at most 10 years apart")
    zone = _zone(call.query.get("tz", "UTC"))
    edges = [_floor(call, datetime.fromtimestamp(first, zone), period)]
    while edges[-1].timestamp() <= last:
        edges.append(_step(edges[-1], period, 1))
        if len(edges) > MOST_STEPS:
            raise Refusal(400, "too many steps between start and end")
    return [int(each.timestamp()) for each in edges]


def resolution(call: Call) -> str:
    """The period that `res` asks for; `resolution` is what the official clients send."""
    named = call.query.get("res") or call.query.get("resolution") or ""
    period = RESOLUTIONS.get(named, named)
    if period not in PERIODS:
        raise Refusal(400, "invalid resolution")
    return period


def place(edges: Edges, at: int) -> int | None:
    """The step that a moment is in, None for one outside."""
    found = bisect_right(edges, at) - 1
    return found if 0 <= found < len(edges) - 1 else None


def _floor(call: Call, moment: datetime, period: str) -> datetime:
    if period == "hours":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "weeks":
        passed = day.weekday() + (call.rules.week_begins == "sunday")
        return day - timedelta(days=passed % 7)
    return day.replace(day=1) if period == "months" else day


def _step(moment: datetime, period: str, count: int) -> datetime:
    """The start of the next step, or of the one before; days have the hours their zone gives."""
    if period == "hours":
        # Hours are counted on the clock of the world: one is twice there in autumn.
        later = moment.astimezone(UTC) + timedelta(hours=count)
        return later.astimezone(moment.tzinfo)
    if period != "months":
        return moment + timedelta(days=count * (7 if period == "weeks" else 1))
    year, month = divmod(moment.year * 12 + moment.month - 1 + count, 12)
    return moment.replace(year=year, month=month + 1)


def _zone(name: str) -> tzinfo:
    zone = zone_of(name)
    if zone is None:
        raise Refusal(400, f"unknown time zone {name!r}")
    return zone
