"""Filters that the service documents and python-liquid lacks or does otherwise (content facts,
1.2). One that is not here and not in python-liquid fails the message, and says so."""

import base64
import calendar
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from liquid.filter import sequence_filter
from liquid.undefined import Undefined

from cioform.emulator.wire.json_input import parse_integer, parse_json
from cioform.emulator.wire.time_zones import find_time_zone

FilterFunction = Callable[..., Any]
MAX_DECIMALS = 100
"""After the point; as many as JavaScript writes."""


def build_filters(now: int) -> Mapping[str, FilterFunction]:
    """Filter name -> function. `now` stands for the word now."""

    def date(value: Any, form: str = "%Y-%m-%d", zone: Any = None) -> Any:
        moment = _parse_datetime(_require_defined(value), now)
        placed = _in_time_zone(moment, _parse_time_zone(zone))
        if moment is None or placed is None:
            return value
        return str(int(moment.timestamp())) if form == "%s" else placed.strftime(form)

    return {"date": date, **TIME_INDEPENDENT_FILTERS, **_date_shift_filters(now)}


def _date_shift_filters(now: int) -> dict[str, FilterFunction]:
    """`add_day`, `subtract_month` and so on: unix seconds moved by a number of units."""

    def shift(unit: str, sign: int) -> FilterFunction:
        def work(value: Any, amount: Any) -> int:
            moment = _parse_datetime(_require_defined(value), now) or datetime.fromtimestamp(
                now, UTC
            )
            return int(_shift_date(moment, unit, sign * int(amount)).timestamp())

        return work

    words = {"add": 1, "subtract": -1}
    units = ("day", "month", "year")
    return {f"{word}_{unit}": shift(unit, sign) for word, sign in words.items() for unit in units}


def _shift_date(moment: datetime, unit: str, amount: int) -> datetime:
    if unit == "day":
        return moment + timedelta(days=amount)
    months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _parse_datetime(value: Any, now: int) -> datetime | None:
    if value in ("now", "today"):
        return datetime.fromtimestamp(now, UTC)
    text = str(value)
    try:
        number = parse_integer(text)
        if number is not None:
            return datetime.fromtimestamp(number, UTC)
        parsed = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _in_time_zone(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """A moment on the clocks of a zone; None for one that no calendar of Python has there."""
    try:
        return moment.astimezone(zone) if moment else None
    except OverflowError:
        return None


def _parse_time_zone(zone: Any) -> tzinfo:
    """A named zone, or minutes to the west of Greenwich (content facts, 1.1); UTC otherwise."""
    if isinstance(zone, int):
        return timezone(timedelta(minutes=-zone))
    return (find_time_zone(str(zone)) if zone else None) or UTC


def _require_defined(value: Any) -> Any:
    """The value; one that is missing raises, as any use of it does."""
    if isinstance(value, Undefined):
        str(value)
    return value


def _text_filter(work: Callable[[str], Any]) -> FilterFunction:
    def filter_(value: Any) -> Any:
        return work(str(_require_defined(value)))

    return filter_


def _to_json(value: Any) -> str:
    return json.dumps(_require_defined(value), ensure_ascii=False, default=str)


def _pluralize(count: Any, singular: str, plural: str = "") -> str:
    return singular if float(_require_defined(count)) == 1 else plural or singular + "s"


def _format_number(value: Any, places: Any = 0) -> str:
    digits = int(places)
    if not 0 <= digits <= MAX_DECIMALS:
        raise ValueError(f"no number has {digits} places")
    return f"{float(_require_defined(value)):,.{digits}f}"


def _currency(value: Any, *_: Any) -> str:
    return f"${float(_require_defined(value)):,.2f}"


def _rounded_currency(value: Any, *_: Any) -> str:
    return f"${float(_require_defined(value)):,.0f}"


@sequence_filter
def _sort(items: Any, key: Any = None) -> list[Any]:
    """In ascending order, by a member where one is named. A list with a null, or with what does
    not compare, stays as it is (content facts, 1.1)."""
    values: list[Any] = [
        each.get(key) if isinstance(each, Mapping) and key else each for each in items
    ]
    if any(each is None for each in values):
        return list(items)
    try:
        order = sorted(range(len(values)), key=values.__getitem__)
    except TypeError:
        return list(items)
    return [items[place] for place in order]


def _hmac_filter(name: str) -> FilterFunction:
    def filter_(value: Any, key: Any = "") -> str:
        return hmac.new(str(key).encode(), str(_require_defined(value)).encode(), name).hexdigest()

    return filter_


TIME_INDEPENDENT_FILTERS: Mapping[str, FilterFunction] = {
    "sort": _sort,
    "to_json": _to_json,
    "from_json": _text_filter(parse_json),
    "titlecase": _text_filter(str.title),
    "md5": _text_filter(lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()),
    "sha1": _text_filter(
        lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    ),
    "sha256": _text_filter(lambda text: hashlib.sha256(text.encode()).hexdigest()),
    "base64": _text_filter(lambda text: base64.b64encode(text.encode()).decode()),
    "hmac_sha1": _hmac_filter("sha1"),
    "hmac_sha256": _hmac_filter("sha256"),
    "number_of_words": _text_filter(lambda text: len(text.split())),
    "normalize_whitespace": _text_filter(lambda text: " ".join(text.split())),
    "pluralize": _pluralize,
    "format_number": _format_number,
    "currency": _currency,
    "rounded_currency": _rounded_currency,
}
