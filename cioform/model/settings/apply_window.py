"""The times when plans may be applied: hours on days of the week, outside of blackouts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cioform.core.dataclasses import dataclass
from cioform.core.text.quoted import quoted

_HORIZON: Final = timedelta(days=400)
"""How far the next opening is looked for: a year, and some weeks."""
_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = "24:00"


@dataclass(frozen=True, slots=True)
class WindowStatus:
    """Whether plans may be applied at a moment, and until when that holds."""

    is_open: bool
    until: int | None
    """Unix seconds; None if nothing changes within a year."""
    time_zone: str
    because: str = ""
    """Why it is closed, for a blackout with a reason."""

    def __post_init__(self) -> None:
        """Raise ValueError if `until` cannot be shown, as in a plan file that somebody edited."""
        try:
            _ = self._until
        except (KeyError, OSError, OverflowError, ValueError):
            raise ValueError(f"no moment in {quoted(self.time_zone)}: {self.until}") from None

    @property
    def text(self) -> str:
        """Whether plans may be applied, and until when: `may be applied until Fri ...`."""
        if self.is_open:
            return f"may be applied until {self._until}" if self.until else "may be applied now"
        reason = f" ({self.because})" if self.because else ""
        end = f"until {self._until}" if self.until else "and does not open within a year"
        return f"the apply window is closed{reason} {end}"

    @property
    def _until(self) -> str:
        moment = datetime.fromtimestamp(self.until or 0, ZoneInfo(self.time_zone))
        return f"{moment:%a %Y-%m-%d %H:%M} ({self.time_zone})"


@dataclass(frozen=True, slots=True)
class ApplyHours:
    """The hours of some days of the week. Hours that end before they begin end the next day."""

    days: frozenset[int]
    """Monday is 0."""
    begin: str
    end: str
    """Times of day: `09:00`, `24:00`."""
    time_zone: str

    def intervals(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield when the hours begin and end on each day from `first` to `last`.

        Where clocks change at a time of day, the hours are the shorter ones.
        """
        zone = ZoneInfo(self.time_zone)
        day = first
        while day <= last:
            if day.weekday() in self.days:
                last_day = day if self.end > self.begin else day + _DAY
                yield max(_moments(day, self.begin, zone)), min(_moments(last_day, self.end, zone))
            day += _DAY


@dataclass(frozen=True, slots=True)
class Blackout:
    """A time in which nothing is applied."""

    begin: int
    end: int
    """Unix seconds; the end is not part of it."""
    because: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class ApplyWindow:
    """The hours in which plans may be applied, and the blackouts in which they may not."""

    hours: ApplyHours | None = None
    """None for any time."""
    blackouts: tuple[Blackout, ...] = ()

    def is_open(self, now: float) -> bool:
        """Return whether plans may be applied at `now`, in Unix seconds."""
        if self._blackout(now) is not None:
            return False
        if self.hours is None:
            return True
        moment = datetime.fromtimestamp(now, UTC)
        around = self.hours.intervals(moment.date() - 2 * _DAY, moment.date() + _DAY)
        return any(begin <= moment < end for begin, end in around)

    def status(self, now: float) -> WindowStatus | None:
        """Return whether plans may be applied at `now`, in Unix seconds; None without limits."""
        if self.hours is None and not self.blackouts:
            return None
        blackout = self._blackout(now)
        is_open = self.is_open(now)
        later = (moment for moment in self._boundaries(now) if self.is_open(moment) != is_open)
        zone = blackout.time_zone if blackout is not None else self._time_zone
        return WindowStatus(
            is_open, next(later, None), zone, blackout.because if blackout is not None else ""
        )

    @property
    def _time_zone(self) -> str:
        return self.hours.time_zone if self.hours is not None else self.blackouts[0].time_zone

    def _blackout(self, now: float) -> Blackout | None:
        return next((each for each in self.blackouts if each.begin <= now < each.end), None)

    def _boundaries(self, now: float) -> list[int]:
        """Return when hours and blackouts begin or end after `now`, within a year, sorted."""
        moments = {moment for each in self.blackouts for moment in (each.begin, each.end)}
        if self.hours is not None:
            today = datetime.fromtimestamp(now, UTC).date()
            for begin, end in self.hours.intervals(today - 2 * _DAY, today + _HORIZON):
                moments |= {int(begin.timestamp()), int(end.timestamp())}
        latest = now + _HORIZON.total_seconds()
        return sorted(moment for moment in moments if now < moment <= latest)


def _moments(day: date, text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a time of day on a day in UTC, before and after clocks change if they do then."""
    if text == _MIDNIGHT:
        day, text = day + _DAY, "00:00"
    local = datetime.combine(day, time.fromisoformat(text), zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
