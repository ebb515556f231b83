"""The documented filters that python-liquid lacks or implements differently (content facts, 1.2).

A filter that is neither here nor in python-liquid fails the message with an error that names it.
"""

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
"""The maximum number of decimals, which is that of JavaScript."""


def build_filters(now: int) -> Mapping[str, FilterFunction]:
    """Return the filters by name. `now` is the time, in Unix seconds, of the input `now`."""

    def date(value: Any, form: str = "%Y-%m-%d", zone: Any = None) -> Any:
        moment = _parse_datetime(_require_defined(value), now)
        local_time = _in_time_zone(moment, _parse_time_zone(zone))
        if moment is None or local_time is None:
            return value
        return str(int(moment.timestamp())) if form == "%s" else local_time.strftime(form)

    return {"date": date, **TIME_INDEPENDENT_FILTERS, **_date_shift_filters(now)}


def _date_shift_filters(now: int) -> dict[str, FilterFunction]:
    """Return `add_day`, `subtract_month` and so on, which shift a time and return Unix seconds."""

    def shift(unit: str, sign: int) -> FilterFunction:
        def filter_function(value: Any, amount: Any) -> int:
            parsed = _parse_datetime(_require_defined(value), now)
            moment = parsed or datetime.fromtimestamp(now, UTC)
            return int(_shift_date(moment, unit, sign * int(amount)).timestamp())

        return filter_function

    signs = {"add": 1, "subtract": -1}
    units = ("day", "month", "year")
    return {f"{verb}_{unit}": shift(unit, sign) for verb, sign in signs.items() for unit in units}


def _shift_date(moment: datetime, unit: str, amount: int) -> datetime:
    if unit == "day":
        return moment + timedelta(days=amount)
    months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last_day))


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
    """Return `moment` in a time zone, or None if Python cannot represent it there."""
    try:
        return moment.astimezone(zone) if moment else None
    except OverflowError:
        return None


def _parse_time_zone(zone: Any) -> tzinfo:
    """Return the zone of a name, or of minutes west of UTC (content facts, 1.1); UTC otherwise."""
    if isinstance(zone, int):
        return timezone(timedelta(minutes=-zone))
    return (find_time_zone(str(zone)) if zone else None) or UTC


def _require_defined(value: Any) -> Any:
    """Return the value; raise UndefinedError if it is missing, as any use of it does."""
    if isinstance(value, Undefined):
        str(value)
    return value


def _text_filter(convert: Callable[[str], Any]) -> FilterFunction:
    def filter_function(value: Any) -> Any:
        return convert(str(_require_defined(value)))

    return filter_function


def _to_json(value: Any) -> str:
    return json.dumps(_require_defined(value), ensure_ascii=False, default=str)


def _pluralize(count: Any, singular: str, plural: str = "") -> str:
    return singular if float(_require_defined(count)) == 1 else plural or singular + "s"


def _format_number(value: Any, precision: Any = 0) -> str:
    decimals = int(precision)
    if not 0 <= decimals <= MAX_DECIMALS:
        raise ValueError(f"a number cannot have {decimals} decimals")
    return f"{float(_require_defined(value)):,.{decimals}f}"


def _currency(value: Any, *_: Any) -> str:
    return f"${float(_require_defined(value)):,.2f}"


def _rounded_currency(value: Any, *_: Any) -> str:
    return f"${float(_require_defined(value)):,.0f}"


@sequence_filter
def _sort(items: Any, key: Any = None) -> list[Any]:
    """Return the items in ascending order, by the property `key` if it is given.

    A list with a null or with values that do not compare keeps its order (content facts, 1.1).
    """
    values: list[Any] = [
        item.get(key) if isinstance(item, Mapping) and key else item for item in items
    ]
    if any(value is None for value in values):
        return list(items)
    try:
        order = sorted(range(len(values)), key=values.__getitem__)
    except TypeError:
        return list(items)
    return [items[index] for index in order]


def _hmac_filter(name: str) -> FilterFunction:
    def filter_function(value: Any, key: Any = "") -> str:
        return hmac.new(str(key).encode(), str(_require_defined(value)).encode(), name).hexdigest()

    return filter_function


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
