"""Metrics: how often each thing happened, in steps of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cioform.core.errors import UsageWrong
from cioform.core.json_value import Plain
from cioform.operate.pagination import mapping

Series = Mapping[str, tuple[int, ...]]


class Period(StrEnum):
    """The length of a step."""

    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


_MOST: Final = {Period.HOURS: 24, Period.DAYS: 45, Period.WEEKS: 12, Period.MONTHS: 120}
"""Steps that the older form of the call gives (app facts, section 5.7)."""
_USUAL: Final = {Period.HOURS: 24, Period.DAYS: 14, Period.WEEKS: 12, Period.MONTHS: 12}
RESOLUTION: Final = {
    Period.HOURS: "hourly",
    Period.DAYS: "daily",
    Period.WEEKS: "weekly",
    Period.MONTHS: "monthly",
}


@dataclass(frozen=True, slots=True)
class Span:
    """What time metrics are asked for: the last `steps` periods, the current one among them."""

    period: Period = Period.DAYS
    steps: int = 14
    zone: str = "UTC"

    @classmethod
    def of(cls, period: str = "days", steps: int | None = None, zone: str = "UTC") -> Span:
        """Give a span, or raise UsageWrong for one that no call takes."""
        length = _period(period)
        wanted = _USUAL[length] if steps is None else steps
        if not 2 <= wanted <= _MOST[length]:
            raise UsageWrong.of(
                "Steps out of range",
                f"Metrics by {length} come in 2 to {_MOST[length]} steps, and {wanted} were asked "
                "for.",
            )
        _zone(zone)
        return cls(length, wanted, zone)

    def starts(self, now: float) -> tuple[datetime, ...]:
        """Give when each step begins, the oldest first."""
        zone = _zone(self.zone)
        current = _floor(datetime.fromtimestamp(now, zone), self.period)
        return tuple(_back(current, self.period, n) for n in range(self.steps - 1, -1, -1))


@dataclass(frozen=True, slots=True)
class Metrics:
    """What was counted of one subject."""

    subject: str
    """As in `campaign#3`, or its address."""
    period: Period
    zone: str
    starts: tuple[str, ...]
    """When each step begins, ISO 8601."""
    series: Series
    """By what happened, one number a step."""

    @property
    def totals(self) -> dict[str, int]:
        """How often each thing happened in the whole time."""
        return {name: sum(numbers) for name, numbers in self.series.items()}


@dataclass(frozen=True, slots=True)
class LinkMetrics:
    """How often one link was followed."""

    href: str
    series: Series

    @property
    def total(self) -> int:
        """How often in the whole time."""
        return sum(self.series.get("clicked", ()))


def read_metrics(subject: str, span: Span, body: Plain, member: str, now: float) -> Metrics:
    """Give the metrics under `member` of an answer. What a step is follows from the length of the
    series, which may differ from what was asked for."""
    series = _series(mapping(body).get(member))
    steps = max(map(len, series.values()), default=span.steps)
    starts = Span(span.period, steps, span.zone).starts(now)
    return Metrics(
        subject,
        span.period,
        span.zone,
        tuple(_spelled(each, span.period) for each in starts),
        series,
    )


def read_links(body: Plain) -> tuple[LinkMetrics, ...]:
    """Give the links of an answer, the most followed first."""
    links = []
    for row in map(mapping, mapping(body).get("links") or ()):
        link = mapping(row.get("link"))
        href = str(link.get("href") or row.get("href") or "")
        links.append(LinkMetrics(href, _series(row.get("metric") or row)))
    return tuple(sorted(links, key=lambda each: (-each.total, each.href)))


def _series(value: Plain) -> Series:
    """Give the lists of numbers in a metric: under `series`, or where that is missing beside it."""
    metric = mapping(value)
    inner = mapping(metric.get("series")) or metric
    return {
        str(name): tuple(int(number) for number in numbers)
        for name, numbers in inner.items()
        if isinstance(numbers, list)
        and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
    }


def _period(text: str) -> Period:
    try:
        return Period(text)
    except ValueError:
        raise UsageWrong.of(
            "No such period",
            f"Metrics come by {', '.join(Period)}, and not by {text!r}.",
        ) from None


def _zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageWrong.of(
            "Unknown time zone",
            f"{name!r} is not the name of a time zone, such as Europe/Berlin or UTC.",
        ) from None


def _floor(moment: datetime, period: Period) -> datetime:
    """Give when the period of a moment began. That weeks begin on Sunday is an open fact."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if period is Period.HOURS:
        return hour
    day = hour.replace(hour=0)
    if period is Period.MONTHS:
        return day.replace(day=1)
    return day - timedelta(days=(day.weekday() + 1) % 7) if period is Period.WEEKS else day


def _back(moment: datetime, period: Period, count: int) -> datetime:
    if period is Period.MONTHS:
        months = moment.year * 12 + moment.month - 1 - count
        return moment.replace(year=months // 12, month=months % 12 + 1)
    if period is Period.HOURS:
        return (moment.astimezone(UTC) - timedelta(hours=count)).astimezone(moment.tzinfo)
    return moment - timedelta(days=count * (7 if period is Period.WEEKS else 1))


def _spelled(moment: datetime, period: Period) -> str:
    if period is Period.HOURS:
        return moment.isoformat(timespec="minutes")
    return moment.date().isoformat()
