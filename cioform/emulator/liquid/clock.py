"""Dates as "latest" reads and prints them, without the limits of Python's own dates."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import floor
from typing import Any

from cioform.core.dataclasses import dataclass

MAX_SECONDS = 8.64e12
"""The furthest time that JavaScript can represent, in seconds from 1970."""
DAY = 86_400
_DIGITS = re.compile(r"[0-9]+")
_CODE = re.compile(r"%([-_0^#:]+)?(\d+)?[EO]?(.)", re.DOTALL)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_WIDTHS = dict.fromkeys("CdeHIklmMSUWy", 2) | {"j": 3, "L": 3, "Y": 4}
_PADDED_WITH_BLANKS = frozenset("aAbBceklpP")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, and how it is shown: minutes west of UTC, and the name of the time zone."""

    seconds: float
    """Seconds since 1970 in UTC."""
    offset: float = 0
    zone: str = ""

    @property
    def _shown(self) -> float:
        return self.seconds - self.offset * 60

    @property
    def day_number(self) -> int:
        """The days from 1970-01-01 to its date."""
        return floor(self._shown / DAY)

    @property
    def date(self) -> tuple[int, int, int]:
        """Its year, month and day."""
        return civil_date(self.day_number)

    @property
    def time(self) -> tuple[int, int, int, int]:
        """Its hour, minute, second and millisecond."""
        milliseconds = floor(self._shown * 1000) - self.day_number * DAY * 1000
        minutes, rest = divmod(milliseconds, 60_000)
        return *divmod(minutes, 60), *divmod(rest, 1000)

    @property
    def weekday(self) -> int:
        """The number of its day of the week, from Sunday."""
        return (self.day_number + 4) % 7

    @property
    def day_of_year(self) -> int:
        """The number of its day in the year, from 1."""
        return self.day_number - day_number(self.date[0], 1, 1) + 1


def civil_date(days: int) -> tuple[int, int, int]:
    """Return year, month and day of a number of days since 1970, in the Gregorian calendar."""
    era, of_era = divmod(days + 719_468, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day


def day_number(year: int, month: int, day: int) -> int:
    """Return the days from 1970 to a date; a day past the end of its month is in the next one."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5
    of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + of_year
    return era * 146_097 + of_era - 719_468 + day - 1


def parse_time(value: Any, now: int) -> float | None:
    """Return a value as seconds since 1970; None if it is no time."""
    seconds: float | None = None
    if value in ("now", "today"):
        return now
    if isinstance(value, bool):
        seconds = int(value) / 1000
    elif isinstance(value, int | float):
        seconds = value
    elif isinstance(value, str):
        seconds = float(value) if _DIGITS.fullmatch(value) else _parse_text(value)
    return seconds if seconds is not None and abs(seconds) <= MAX_SECONDS else None


def _parse_text(text: str) -> float | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text.strip())
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return None


def format_time(moment: Moment, form: str) -> str:
    """Return a time in a form with codes such as `%d`; an unknown code is printed as it is."""
    return _CODE.sub(lambda match: _format_code(moment, match), form)


def _format_code(moment: Moment, match: re.Match[str]) -> str:
    flags, width, code = match[1] or "", match[2], match[3]
    if len(width or "") > 3:
        raise ValueError(f"a width of {width} in a date is too large")
    text = _code(moment, code, flags, width)
    if text is None:
        return match[0]
    filler = " " if code in _PADDED_WITH_BLANKS else "0"
    if "^" in flags:
        text = text.upper()
    elif "#" in flags:
        text = text.lower() if any(each.isupper() for each in text) else text.upper()
    if "_" in flags:
        filler = " "
    elif "0" in flags:
        filler = "0"
    size = 0 if "-" in flags else int(width or 0) or _WIDTHS.get(code, 0)
    if filler == "0" and text.startswith("-"):
        return "-" + text[1:].rjust(size - 1, filler)
    return text.rjust(size, filler)


def _code(moment: Moment, code: str, flags: str, width: str | None) -> str | None:
    """Return what a code stands for, before it is padded; None if there is no such code."""
    if code in "aAbBhpPqzZtnN%":
        return _text_code(moment, code, flags, width)
    year, month, day = moment.date
    hour, minute, second, millisecond = moment.time
    numbers = {
        "C": year // 100,
        "d": day,
        "e": day,
        "H": hour,
        "I": hour % 12 or 12,
        "j": moment.day_of_year,
        "k": hour,
        "l": hour % 12 or 12,
        "L": millisecond,
        "m": month,
        "M": minute,
        "s": floor(moment.seconds),
        "S": second,
        "u": moment.weekday or 7,
        "U": _week(moment, 0),
        "w": moment.weekday,
        "W": _week(moment, 1),
        "y": year % 100,
        "Y": year,
    }
    return str(numbers[code]) if code in numbers else None


def _text_code(moment: Moment, code: str, flags: str, width: str | None) -> str:
    hour, *_, millisecond = moment.time
    day_name, month_name = _DAYS[moment.weekday], _MONTHS[moment.date[1] - 1]
    if code in "aA":
        return day_name if code == "A" else day_name[:3]
    if code in "bBh":
        return month_name if code == "B" else month_name[:3]
    if code in "pP":
        half = "AM" if hour < 12 else "PM"
        return half if code == "p" else half.lower()
    if code in "zZ":
        return moment.zone if code == "Z" and moment.zone else _offset_text(moment, ":" in flags)
    if code == "N":
        digits = int(width or 9)
        return f"{millisecond:03}"[:digits].ljust(digits, "0")
    return {"t": "\t", "n": "\n", "%": "%"}.get(code) or ordinal_suffix(moment.date[2])


def _offset_text(moment: Moment, with_colon: bool) -> str:
    hours, minutes = divmod(int(abs(moment.offset)), 60)
    sign = "-" if moment.offset > 0 else "+"
    return f"{sign}{hours:02}{':' if with_colon else ''}{minutes:02}"


def _week(moment: Moment, first_day: int) -> int:
    since_first_day = (moment.weekday - first_day) % 7
    return (moment.day_of_year - 1 - since_first_day + 7) // 7


def ordinal_suffix(day: int) -> str:
    """Return `st` for 1, `nd` for 2 and so on."""
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
