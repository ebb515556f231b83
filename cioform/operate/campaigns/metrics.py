"""Parse metrics: counts per period of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.text.quoted import quoted

Series = Mapping[str, tuple[int, ...]]


class Period(StrEnum):
    """The length of one period."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


_MAX_STEPS: Final = {Period.HOURS: 24, Period.DAYS: 45, Period.WEEKS: 12, Period.MONTHS: 120}
"""What the older version of the endpoint returns (app facts, section 5.7)."""
_DEFAULT_STEPS: Final = {Period.HOURS: 24, Period.DAYS: 14, Period.WEEKS: 12, Period.MONTHS: 12}
RESOLUTION: Final = {
    Period.HOURS: "hourly",
    Period.DAYS: "daily",
    Period.WEEKS: "weekly",
    Period.MONTHS: "monthly",
}


@dataclass(frozen=True, slots=True)
class TimeRange:
    """The time that metrics cover: the last `steps` periods including the current one."""

    period: Period = Period.DAYS
    steps: int = 14
    zone: str = "UTC"

    @classmethod
    def of(cls, period: str = "days", steps: int | None = None, zone: str = "UTC") -> TimeRange:
        """Return a time range. Raises UsageError if Customer.io does not support it."""
        length = _parse_period(period)
        wanted = _DEFAULT_STEPS[length] if steps is None else steps
        if not 2 <= wanted <= _MAX_STEPS[length]:
            raise UsageError.of(
                "Invalid number of periods",
                f"{wanted} {length} are not possible. Choose 2 to {_MAX_STEPS[length]}.",
            )
        _load_zone(zone)
        return cls(length, wanted, zone)

    def starts(self, now: float) -> tuple[datetime, ...]:
        """Return the start of each period, the oldest first."""
        zone = _load_zone(self.zone)
        current = _period_start(datetime.fromtimestamp(now, zone), self.period)
        return tuple(
            _periods_earlier(current, self.period, n) for n in range(self.steps - 1, -1, -1)
        )


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of one subject."""

    subject: str
    """`campaign#3`, or its address."""
    period: Period
    zone: str
    starts: tuple[str, ...]
    """The start of each period in ISO 8601."""
    series: Series
    """By name of the metric, one number per period."""

    @property
    def totals(self) -> dict[str, int]:
        """The sum of each metric over all periods."""
        return {name: sum(numbers) for name, numbers in self.series.items()}


@dataclass(frozen=True, slots=True)
class LinkMetrics:
    """How often one link was clicked."""

    href: str
    series: Series

    @property
    def total(self) -> int:
        """The number of clicks over all periods."""
        return sum(self.series.get("clicked", ()))


def parse_metrics(subject: str, span: TimeRange, body: Json, member: str, now: float) -> Metrics:
    """Return the metrics under `member` of a response.

    What a step is follows from the length of the series, which may differ from what was asked for.
    """
    series = _parse_series(as_mapping(body).get(member))
    steps = max(map(len, series.values()), default=span.steps)
    starts = TimeRange(span.period, steps, span.zone).starts(now)
    return Metrics(
        subject,
        span.period,
        span.zone,
        tuple(_format_start(each, span.period) for each in starts),
        series,
    )


def parse_links(body: Json) -> tuple[LinkMetrics, ...]:
    """Return the links of a response, the most clicked first."""
    links = []
    for row in map(as_mapping, as_list(as_mapping(body).get("links"))):
        link = as_mapping(row.get("link"))
        href = str(link.get("href") or row.get("href") or "")
        links.append(LinkMetrics(href, _parse_series(row.get("metric") or row)))
    return tuple(sorted(links, key=lambda each: (-each.total, each.href)))


def _parse_series(value: Json) -> Series:
    """Return the lists of numbers in a metric: in its `series`, or in the metric itself."""
    metric = as_mapping(value)
    inner = as_mapping(metric.get("series")) or metric
    return {
        str(name): tuple(int(number) for number in numbers)
        for name, numbers in inner.items()
        if isinstance(numbers, list)
        and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
    }


def _parse_period(text: str) -> Period:
    try:
        return Period(text)
    except ValueError:
        raise UsageError.of(
            "Unknown period",
            f"{quoted(text)} is not a period. Use one of {', '.join(Period)}.",
        ) from None


def _load_zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError.of(
            "Unknown time zone",
            f"{quoted(name)} is not a time zone. Use a name such as Europe/Berlin or UTC.",
        ) from None


def _period_start(moment: datetime, period: Period) -> datetime:
    """Return the start of the period at a moment. That weeks begin on Sunday is an open fact."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if period is Period.HOURS:
        return hour
    day = hour.replace(hour=0)
    if period is Period.MONTHS:
        return day.replace(day=1)
    return day - timedelta(days=(day.weekday() + 1) % 7) if period is Period.WEEKS else day


def _periods_earlier(moment: datetime, period: Period, count: int) -> datetime:
    if period is Period.MONTHS:
        months = moment.year * 12 + moment.month - 1 - count
        return moment.replace(year=months // 12, month=months % 12 + 1)
    if period is Period.HOURS:
        return (moment.astimezone(UTC) - timedelta(hours=count)).astimezone(moment.tzinfo)
    return moment - timedelta(days=count * (7 if period is Period.WEEKS else 1))


def _format_start(moment: datetime, period: Period) -> str:
    if period is Period.HOURS:
        return moment.isoformat(timespec="minutes")
    return moment.date().isoformat()
